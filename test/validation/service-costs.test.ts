/**
 * What finding a service's backend costs, measured in runs: a connection's first packet pays for the rules tried (Kubernetes
 * blog 2025-02-28: 22 to 31 ns a rule with iptables), later ones pay the same whatever the number of services.
 */
import { describe, expect, it } from 'vitest'

import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'

import { makeLab, nodesOn } from '../support/make-lab'
import { planOf } from '../support/plan-of'

const VARIANTS = {
  iptables: { cni: 'flannel', settings: { kubeProxy: { mode: 'iptables' } } },
  nftables: { cni: 'calico', settings: { kubeProxy: { mode: 'nftables' } } },
  ipvs: { cni: 'flannel', settings: { kubeProxy: { mode: 'ipvs' } } },
  'Cilium’s eBPF on packets': { cni: 'cilium' },
  'Cilium’s eBPF at connect()': { cni: 'cilium', settings: { kubeProxyReplacement: true } },
  'Calico’s eBPF': { cni: 'calico', settings: { felixConfiguration: { bpfEnabled: true } } },
} as const
type Mode = keyof typeof VARIANTS

const MEASURED_SECONDS = 0.02
const SERVICE_STAGES = ['nf-service', 'bpf-service', 'bpf-connect'] as const

interface Asked {
  readonly mode: Mode
  readonly kind: 'tcp-crr' | 'tcp-rr'
  readonly services: number
  readonly endpoints?: number
  readonly streams?: number
}

/** Traffic to the last of some services, each of them with the same endpoints. */
function run({ mode, kind, services, endpoints = 1, streams = 1 }: Asked): SeedResult {
  const names = Array.from({ length: services }, (_, index) => `service-${index}`)
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: nodesOn(['tor'], 2),
    cluster: {
      workloads: [
        { name: 'client', nodes: ['node-1'] },
        { name: 'server', labels: { app: 'server' }, nodes: ['node-2'], replicas: endpoints, ports: [{ name: 'http', port: 8080 }] },
      ],
      manifests: names.map((name) => ({
        apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' },
        spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] },
      })),
    },
    variants: [{ name: 'v', ...VARIANTS[mode] }],
    traffic: [{ name: 'asks', kind, streams, from: { pod: 'default/client-0' }, to: { service: `default/${names.at(-1)!}`, port: 80 } }],
    run: { duration: `${MEASURED_SECONDS * 1e3}ms`, warmup: '0ms' },
  })
  const plan = planOf(lab, 'v')
  return runTask({ plan, seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0).result
}

/** Core time that finding backends cost, ns; and connections that were begun. */
function found({ nodes, traffic }: SeedResult): { readonly spentNs: number; readonly connections: number } {
  const spent = nodes.reduce((sum, { cpuByStage }) => sum + SERVICE_STAGES.reduce((of, stage) => of + (cpuByStage[stage] ?? 0), 0), 0)
  return { spentNs: spent * 1e9, connections: Math.round(traffic[0]!.transactionsPerSecond! * MEASURED_SECONDS) }
}

/** Nanoseconds that finding the backend of one connection costs. */
function perConnection(asked: Omit<Asked, 'kind'>): number {
  const { spentNs, connections } = found(run({ ...asked, kind: 'tcp-crr' }))
  return spentNs / connections
}

const medianNs = ({ traffic }: SeedResult): number => traffic[0]!.latencyNs!.p50
const FEW = 10
const MANY = 1010

describe('the first packet of a connection to a service', () => {
  it('costs 22 to 31 ns more for each service before it with iptables', () => {
    const slope = (perConnection({ mode: 'iptables', services: MANY }) - perConnection({ mode: 'iptables', services: FEW })) / (MANY - FEW)
    expect(slope).toBeGreaterThan(22)
    expect(slope).toBeLessThan(31)
  })

  it('makes a transaction on a connection of its own take so much longer', () => {
    const [few, many] = [FEW, MANY].map((services) => medianNs(run({ mode: 'iptables', kind: 'tcp-crr', services })))
    const slope = (many! - few!) / (MANY - FEW)
    expect(slope).toBeGreaterThan(20)
    expect(slope).toBeLessThan(33)
  })

  it('costs half of that for each endpoint, as the one that answers is drawn', () => {
    const costs = [1, 41].map((endpoints) => perConnection({ mode: 'iptables', services: 1, endpoints, streams: 80 }))
    const slope = (costs[1]! - costs[0]!) / 40
    expect(slope).toBeGreaterThan(22 / 2 * 0.8)
    expect(slope).toBeLessThan(31 / 2 * 1.2)
  })

  it.each(['nftables', 'ipvs', 'Cilium’s eBPF on packets', 'Cilium’s eBPF at connect()', 'Calico’s eBPF'] as const)(
    'costs the same whatever the number of services and endpoints: %s',
    (mode) => {
      const one = perConnection({ mode, services: 1 })
      expect(one).toBeGreaterThan(0)
      // The last connection may be counted before it is complete: one in some hundred.
      expect(perConnection({ mode, services: 500 }) / one).toBeCloseTo(1, 1)
      expect(perConnection({ mode, services: 1, endpoints: 30, streams: 4 }) / one).toBeCloseTo(1, 1)
    },
  )
})

describe('later packets of a connection to a service', () => {
  it.each(Object.keys(VARIANTS) as Mode[])('cost the same whatever the number of services: %s', (mode) => {
    const [few, many] = [1, 500].map((services) => run({ mode, kind: 'tcp-rr', services }))
    expect(medianNs(many!)).toBe(medianNs(few!))
    // One connection was begun; what else there is, is looked up on every packet of pods by Cilium without its replacement.
    const more = found(many!).spentNs - found(few!).spentNs
    expect(more).toBeLessThan(mode === 'iptables' ? 500 * 31 : 500)
  })
})
