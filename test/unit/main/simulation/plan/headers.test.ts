import {
  DONT_FRAGMENT,
  ETHERNET_FRAMING_BYTES,
  IPV4,
  readUint16,
  readUint32,
  UDP,
  VXLAN,
} from '#shared/wire/index'
import { DISCIPLINE } from '#shared/plan/index'
import { describe, expect, it } from 'vitest'

import mtuRows from '../../../../fixture/wire/mtu.json'
import { datapathLab } from '../../../../support/datapath-lab'
import { makeLab } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'

const MODES = {
  host: ['calico', 'BGP / no encap'],
  'calico-ipip': ['calico', 'IPIP Always'],
  'cilium-vxlan': ['cilium', 'VXLAN'],
} as const

const rows = Object.entries(MODES).flatMap(([variant, [cni, mode]]) =>
  mtuRows.filter((row) => row.cni === cni && row.mode === mode).map((row) => ({ ...row, variant })),
)

describe('packet sizes', () => {
  it.each(rows)('of $variant on an MTU of $underlay_mtu are those of the plugin', (row) => {
    const plan = planOf(datapathLab({ nic: { mtu: row.underlay_mtu } }), row.variant)
    const payload = plan.flows.mssBytes[0]!
    const packet = payload + plan.flows.forwardHeaderBytes[0]!
    expect(payload).toBe(row.tcp_payload_with_timestamps)
    expect(packet).toBe(row.outer_ip_len_full_packet)
    expect(payload / (packet + ETHERNET_FRAMING_BYTES)).toBeCloseTo(row.goodput_fraction_with_timestamps, 6)
  })

  it('inside a node need no encapsulation, but pods keep their MTU', () => {
    for (const [variant, mss] of [
      ['calico-ipip', 1428],
      ['cilium-vxlan', 1398],
      ['host', 65_483],
    ] as const) {
      const { flows } = planOf(datapathLab(), variant)
      expect([flows.mssBytes[2], flows.forwardHeaderBytes[2]]).toEqual([mss, 52])
    }
  })
})

describe('templates', () => {
  const firstTemplate = (variant: string, index = 0) => {
    const { templates } = planOf(datapathLab(), variant)
    return {
      bytes: templates.bytes.subarray(templates.first[index], templates.first[index + 1]),
      outerIp: templates.outerIp[index]!,
      outerUdp: templates.outerUdp[index]!,
      innerIp: templates.innerIp[index]!,
    }
  }

  it.each([
    ['host', 64, 64, true],
    ['calico-ipip', 63, 63, true],
    ['cilium-vxlan', 64, 64, false],
  ] as const)(
    'of %s leave the node with outer TTL %d, inner TTL %d and outer DF %s',
    (variant, outerTtl, innerTtl, df) => {
      const { bytes, outerIp, innerIp } = firstTemplate(variant)
      expect([bytes[outerIp + IPV4.ttl], bytes[innerIp + IPV4.ttl]]).toEqual([outerTtl, innerTtl])
      expect(readUint16(bytes, outerIp + IPV4.flagsFragment) === DONT_FRAGMENT).toBe(df)
      expect(readUint16(bytes, innerIp + IPV4.flagsFragment)).toBe(DONT_FRAGMENT)
    },
  )

  it('of Cilium carry the identity of whoever sends', () => {
    const identity = (index: number) => {
      const { bytes, outerUdp } = firstTemplate('cilium-vxlan', index)
      return readUint32(bytes, outerUdp + UDP.length + VXLAN.networkIdentifier) >>> 8
    }
    expect(identity(0)).toBeGreaterThanOrEqual(256)
    expect(identity(1)).toBe(identity(0))
    // Flow 3 comes from a node: identity "remote-node".
    expect(identity(6)).toBe(6)
  })

  it('fit the slab that engines have for headers', () => {
    for (const variant of Object.keys(MODES)) {
      const { first, count } = planOf(datapathLab(), variant).templates
      for (let index = 0; index < count; index++) expect(first[index + 1]! - first[index]!).toBeLessThanOrEqual(128)
    }
  })
})

describe('settings of Cilium', () => {
  const native = { routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true }
  const full = { kubeProxyReplacement: true, bpf: { masquerade: true } }
  const planWith = (settings: object) => {
    const lab = datapathLab()
    const [variant] = makeLab({ variants: [{ name: 'tested', cni: 'cilium', settings }] }).variants
    return planOf({ ...lab, variants: [variant!] }, 'tested')
  }

  it('make longer trains with BIG TCP, on both sides', () => {
    const usual = planWith({ ...native, ...full }).flows
    const big = planWith({ ...native, ...full, enableIPv4BIGTCP: true }).flows
    expect(big.gsoSegments[0]! / usual.gsoSegments[0]!).toBeCloseTo(3, 1)
    expect(big.groSegments[0]! / usual.groSegments[0]!).toBeCloseTo(3, 1)
    expect(big.mssBytes[0]).toBe(usual.mssBytes[0])
  })

  it('put fq on the nodes with the bandwidth manager, and not on external hosts', () => {
    const { hosts, disciplines } = planWith({ bandwidthManager: { enabled: true } })
    expect(hosts.qdisc[0]).toBeGreaterThanOrEqual(0)
    expect(hosts.qdisc[0]).toBe(hosts.qdisc[1])
    expect(disciplines.kind[hosts.qdisc[0]!]).toBe(DISCIPLINE.fq)
    expect(hosts.qdisc[2]).toBe(planWith({}).hosts.qdisc[2])
  })
})
