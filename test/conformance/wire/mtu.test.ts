import { ProgressSlab } from '#shared/metrics/index'
import { ETHERNET_FRAMING_BYTES, IPV4, TCP } from '#shared/wire/index'
import { runTask } from '#worker/run-task'
import { describe, expect, it } from 'vitest'

import rows from '../../fixture/wire/mtu.json'
import { makeLab } from '../../support/make-lab'
import { planOf } from '../../support/plan-of'

const pool = (ipipMode: string, vxlanMode: string, felixConfiguration: object = {}) => ({
  cni: 'calico',
  settings: { ipPool: { ipipMode, vxlanMode }, felixConfiguration },
})
const wireguard = { wireguardEnabled: true }
const cilium = (settings: object) => ({ cni: 'cilium', settings })
const native = { routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true }
const encrypted = (type: string) => ({ encryption: { enabled: true, type } })
const geneveDsr = { tunnelProtocol: 'geneve', loadBalancer: { mode: 'dsr', dsrDispatch: 'geneve' } }

/**
 * The variant of each row. Rows without one: nodes have no IPv6 addresses here, and the 95 bytes that a later version of
 * Cilium reserves are known from notes only.
 */
const MODES: Readonly<Record<string, object>> = {
  'calico BGP / no encap': pool('Never', 'Never'),
  'calico IPIP Always': pool('Always', 'Never'),
  'calico IPIP CrossSubnet, same subnet (no encap on wire)': pool('CrossSubnet', 'Never'),
  'calico VXLAN Always': pool('Never', 'Always'),
  'calico VXLAN CrossSubnet, same subnet (no encap on wire)': pool('Never', 'CrossSubnet'),
  'calico WireGuard IPv4': pool('Never', 'Never', wireguard),
  'calico WireGuard + VXLAN pool': pool('Never', 'Always', wireguard),
  'calico IPIP + VXLAN pools both enabled, IPIP traffic': pool('Always', 'Never', { vxlanEnabled: true }),
  'cilium native routing': cilium(native),
  'cilium VXLAN': cilium({}),
  'cilium Geneve': cilium({ tunnelProtocol: 'geneve' }),
  'cilium native + WireGuard (80)': cilium({ ...native, ...encrypted('wireguard') }),
  'cilium VXLAN + WireGuard (80+50)': cilium(encrypted('wireguard')),
  'cilium native + IPsec AES-GCM-128': cilium({ ...native, ...encrypted('ipsec') }),
  'cilium VXLAN + IPsec AES-GCM-128': cilium(encrypted('ipsec')),
}

const variantOf = ({ cni, mode }: (typeof rows)[number]) => MODES[`${cni} ${mode}`]
const modelled = rows.filter((row) => variantOf(row) !== undefined)

/** Two nodes on one switch, whose hosts cost no time: the wire is the limit. */
function transferLab(mtu: number, variant: object) {
  const nic = { mtu, rate: '1Gbit' }
  const uplinks = [{ switch: 'tor', rate: '1Gbit', mtu }]
  return makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: [
      { name: 'node-1', nic, uplinks },
      { name: 'node-2', nic, uplinks },
    ],
    cluster: { workloads: [{ name: 'client', nodes: ['node-1'] }, { name: 'server', nodes: ['node-2'] }] },
    variants: [{ name: 'tested', ...variant }],
    traffic: [{ name: 'bulk', kind: 'tcp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/server-0' } }],
    run: { duration: '60ms', warmup: '20ms', hostCosts: false },
  })
}

describe('a transfer over a link of one gigabit', () => {
  it.each(modelled)('with $cni $mode at MTU $underlay_mtu has the sizes and reaches the goodput of the table', (row) => {
    const plan = planOf(transferLab(row.underlay_mtu, variantOf(row)!), 'tested')
    const payload = plan.flows.mssBytes[0]!
    expect(payload).toBe(row.tcp_payload_with_timestamps)
    expect(payload + IPV4.length + TCP.length).toBe(row.pod_route_mtu)
    expect(payload + plan.flows.forwardHeaderBytes[0]!).toBe(row.outer_ip_len_full_packet)
    const progress = ProgressSlab.create(1).buffer
    const { result } = runTask({ plan, seed: 1, progress }, () => 0)
    // Applications read in trains of 64 KiB, of which a run of 40 ms has some eighty.
    const share = result.traffic[0]!.goodputBps / 1e9
    expect(Math.abs(share / row.goodput_fraction_with_timestamps - 1)).toBeLessThan(0.002)
  })

  it('is in packets whose size and framing say how much of it is payload', () => {
    for (const row of rows) {
      const wire = row.outer_ip_len_full_packet + ETHERNET_FRAMING_BYTES
      expect(row.tcp_payload_with_timestamps / wire).toBeCloseTo(row.goodput_fraction_with_timestamps, 6)
    }
  })

  it('leaves room for the Geneve option of answers that bypass the balancer', () => {
    const row = rows.find(({ mode }) => mode === 'Geneve + DSR option packets')!
    const plan = planOf(transferLab(row.underlay_mtu, cilium(geneveDsr)), 'tested')
    expect(plan.flows.mssBytes[0]! + IPV4.length + TCP.length).toBe(row.pod_route_mtu)
  })
})
