import { describe, expect, it } from 'vitest'

import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { divide } from '#worker/parallel/division'
import { runTask } from '#worker/run-task'

import { makeLab, nodesOn } from '../../support/make-lab'
import { planOf } from '../../support/plan-of'
import { runInTwoShares } from '../../support/run-in-two-shares'

const native = { routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', bgpControlPlane: { enabled: true } }
const programs = { kubeProxyReplacement: true, bpf: { masquerade: true } }

const VARIANTS = Object.entries({
  host: { cni: 'none' },
  'calico-vxlan': { cni: 'calico', settings: { ipPool: { ipipMode: 'Never', vxlanMode: 'Always' } } },
  'calico-ebpf': { cni: 'calico', settings: { felixConfiguration: { bpfEnabled: true } } },
  'calico-ebpf-dsr': { cni: 'calico', settings: { felixConfiguration: { bpfEnabled: true, bpfExternalServiceMode: 'DSR' } } },
  'cilium-snat': { cni: 'cilium', settings: programs },
  'cilium-dsr': { cni: 'cilium', settings: { ...native, ...programs, loadBalancer: { mode: 'dsr' } } },
  'cilium-geneve': { cni: 'cilium', settings: { ...programs, tunnelProtocol: 'geneve', loadBalancer: { mode: 'dsr', dsrDispatch: 'geneve' } } },
  flannel: { cni: 'flannel' },
}).map(([name, variant]) => ({ name, ...variant }))

const to = { node: 'node-1', port: 30_080 }
const from = { external: 'client' }

/** Two racks with delay between them: clients outside and one in the other rack ask at a node that has no backend. */
function labOf(hostCosts: boolean) {
  return makeLab({
    fabric: {
      switches: [{ name: 'tor-a' }, { name: 'tor-b' }, { name: 'spine', role: 'spine' }],
      links: [{ ends: ['tor-a', 'spine'], delay: '20us' }, { ends: ['tor-b', 'spine'], delay: '20us' }],
    },
    nodes: nodesOn(['tor-a', 'tor-b'], 4),
    external: [{ name: 'client', address: '203.0.113.10', attach: 'spine', delay: '20us' }],
    cluster: {
      workloads: [
        { name: 'web', labels: { app: 'web' }, replicas: 2, ports: [{ port: 8080 }], nodes: ['node-2', 'node-4'] },
        { name: 'client', nodes: ['node-4'] },
      ],
      manifests: [
        {
          apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' },
          spec: {
            type: 'LoadBalancer', selector: { app: 'web' },
            ports: [{ name: 'a', port: 80, targetPort: 8080, nodePort: 30_080 }, { name: 'b', protocol: 'UDP', port: 80, targetPort: 8080, nodePort: 30_080 }],
          },
          status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
        },
      ],
    },
    variants: VARIANTS,
    traffic: [
      { name: 'connections', kind: 'tcp-crr', from, to, streams: 4, response: '20kB' },
      { name: 'stream', kind: 'tcp-stream', from, to, streams: 2 },
      { name: 'back', kind: 'tcp-stream', from, to: { service: 'default/web', port: 80 }, reverse: true, streams: 2 },
      // A pod of a backend's node, which without costs may not be asked by its neighbours.
      ...(hostCosts ? [{ name: 'requests', kind: 'http', from: { pod: 'default/client-0' }, to, streams: 2 }] : []),
      { name: 'datagrams', kind: 'udp-rr', from, to, streams: 2 },
      { name: 'flood', kind: 'udp-stream', from, to, rate: '200Mbit' },
    ],
    run: { duration: '3ms', warmup: '0ms', hostCosts },
  })
}

function run(plan: RunPlan): SeedOutcome {
  return runTask({ plan, seed: 7, progress: ProgressSlab.create(plan.labels.traffic.length).buffer }, () => 0)
}

describe('connections that nodes hand on', () => {
  const [costly, free] = [labOf(true), labOf(false)]

  it.each([...VARIANTS.map(({ name }) => [name, costly] as const), ['calico-vxlan', free] as const, ['cilium-dsr', free] as const])(
    'end every packet in one counter, carry every kind of traffic, and go the same way whole and in two shares: %s',
    (variant, lab) => {
      const plan = planOf(lab, variant)
      const whole = run(plan)
      const { sent, delivered, dropped, inFlight } = whole.result.packets
      expect(sent).toBe(delivered + dropped + inFlight)
      for (const { name, packetsDelivered } of whole.result.traffic) expect([name, packetsDelivered > 0]).toEqual([name, true])
      const division = divide(plan, 1000)
      expect(division).not.toBeNull()
      expect(runInTwoShares(plan, 7, division!)).toEqual(whole)
    },
  )
})
