/** What nodes remember of connections: sizes by settings, what becomes of connections when there is no place, and what it costs. */
import { describe, expect, it } from 'vitest'

import { ProgressSlab, type NodeResult, type SeedResult } from '#shared/metrics/index'
import { noTracking, type RunPlan } from '#shared/plan/index'
import { runTask } from '#worker/run-task'

import { makeLab, nodesOn } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'
import { runInTwoShares } from '../../../../support/run-in-two-shares'

const toServer = { pod: 'default/server-0' }
const fromClient = { pod: 'default/client-0' }

function labOf(variant: object, more: object = {}) {
  return makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: nodesOn(['tor'], 2, { cpu: { cores: 2 } }),
    cluster: {
      workloads: [
        { name: 'client', labels: { app: 'client' }, nodes: ['node-1'] },
        { name: 'server', labels: { app: 'server' }, nodes: ['node-2'] },
      ],
    },
    external: [{ name: 'api', address: '203.0.113.10', attach: 'tor' }],
    variants: [{ name: 'v', ...variant }],
    traffic: [{ name: 'new', kind: 'tcp-crr', from: fromClient, to: toServer }],
    run: { duration: '20ms', warmup: '0ms' },
    ...more,
  })
}

function run(plan: RunPlan): SeedResult {
  const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
  return runTask({ plan, seed: 1, progress }, () => 0).result
}

const resultOf = (variant: object, more: object = {}): SeedResult => run(planOf(labOf(variant, more), 'v'))
const tableOf = (nodes: readonly NodeResult[], table: string, node = 0) => nodes[node]!.tracking?.find((each) => each.table === table)

/** Limits of the first node's tables. */
function limitsOf(variant: object): Record<string, number> {
  const { tracking, hosts } = planOf(labOf(variant), 'v')
  return Object.fromEntries(tracking.names.map((name, kind) => [name, tracking.limit[kind * hosts.count]!]))
}

const calico = (settings: object = {}) => ({ cni: 'calico', settings })
const ebpf = (felix: object = {}) => calico({ felixConfiguration: { bpfEnabled: true, ...felix } })
const cilium = (settings: object = {}) => ({ cni: 'cilium', settings })
const conntrack = (maxPerCore: number, min: number) => ({ kubeProxy: { conntrack: { maxPerCore, min } } })

describe('the size of nodes’ tables', () => {
  it.each([
    ['kube-proxy’s minimum', calico(), { nf_conntrack: 131_072, 'nf_nat ports': 64_512 }],
    ['kube-proxy’s by core', calico(conntrack(100_000, 131_072)), { nf_conntrack: 200_000 }],
    ['the kernel’s where kube-proxy leaves it', { cni: 'flannel', settings: conntrack(0, 131_072) }, { nf_conntrack: 262_144 }],
    ['Felix’s map and ports', ebpf({ natPortRange: '20000:20099' }), { nf_conntrack: 262_144, 'nf_nat ports': 100, cali_v4_ct: 512_000 }],
    // A share of 0.25 % of 8 GiB would be 75,350: below the least.
    ['Cilium’s by memory', cilium(), { cilium_ct4_global: 131_072, cilium_ct_any4_global: 65_536, cilium_snat_v4_external: 65_536, 'cilium_snat ports': 32_768 }],
    ['Cilium’s by a larger share', cilium({ bpf: { mapDynamicSizeRatio: 0.01 } }), { cilium_ct4_global: 301_401, cilium_ct_any4_global: 150_700 }],
    ['Cilium’s as given', cilium({ bpf: { ctTcpMax: 5000, ctAnyMax: 6000, natMax: 7000 } }), {
      cilium_ct4_global: 5000, cilium_ct_any4_global: 6000, cilium_snat_v4_external: 3500,
    }],
  ])('is %s', (_, variant, limits) => {
    expect(limitsOf(variant)).toMatchObject(limits)
  })
})

describe('connections', () => {
  it('have one entry on each node of netfilter and of Calico’s programs, two of Cilium’s on one node', () => {
    const near = { traffic: [{ name: 'near', kind: 'tcp-rr', from: fromClient, to: { pod: 'default/near-0' } }, { name: 'far', kind: 'tcp-rr', from: fromClient, to: toServer }] }
    const lab = (variant: object) =>
      labOf(variant, {
        ...near,
        cluster: {
          workloads: [
            { name: 'client', nodes: ['node-1'] },
            { name: 'near', nodes: ['node-1'] },
            { name: 'server', nodes: ['node-2'] },
          ],
        },
      })
    const peaks = (variant: object, table: string) => [0, 1].map((node) => tableOf(run(planOf(lab(variant), 'v')).nodes, table, node)?.peak)
    expect(peaks(calico(), 'nf_conntrack')).toEqual([2, 1])
    expect(peaks(ebpf(), 'cali_v4_ct')).toEqual([2, 1])
    expect(peaks(cilium(), 'cilium_ct4_global')).toEqual([3, 1])
  })

  it('that are over stay until their time is, so that short ones pile up', () => {
    const { nodes, traffic } = resultOf(calico())
    const { peak, made } = tableOf(nodes, 'nf_conntrack')!
    expect(peak).toBe(made)
    expect(made).toBeGreaterThanOrEqual(traffic[0]!.transactionsPerSecond! * 0.02)
    expect(made).toBeGreaterThan(20)
  })

  it('find no place in a full table, while those that are there go on', () => {
    const result = resultOf(calico(conntrack(4, 8)), {
      traffic: [
        { name: 'old', kind: 'tcp-rr', from: fromClient, to: toServer },
        { name: 'new', kind: 'tcp-crr', from: fromClient, to: toServer, start: '1ms' },
      ],
    })
    const [old, fresh] = result.traffic
    expect(tableOf(result.nodes, 'nf_conntrack')).toMatchObject({ peak: 8, limit: 8, made: 8, refused: 1, evicted: 0 })
    expect(result.drops).toEqual({ 'conntrack-full': 1 })
    expect(old!.transactionsPerSecond! * 0.02).toBeGreaterThan(100)
    // Seven found a place; the eighth SYN is tried again in a second.
    expect(fresh!.transactionsPerSecond! * 0.02).toBeCloseTo(7, 6)
  })

  it('take the place of others in a program’s map, and nothing is lost', () => {
    const result = resultOf(cilium({ bpf: { ctTcpMax: 8 } }))
    expect(tableOf(result.nodes, 'cilium_ct4_global')).toMatchObject({ peak: 8, limit: 8, refused: 0 })
    expect(tableOf(result.nodes, 'cilium_ct4_global')!.evicted).toBeGreaterThan(10)
    expect(result.drops['conntrack-full']).toBeUndefined()
  })

  it('of datagrams find no place until one is free', () => {
    const { drops, packets } = resultOf(
      calico(conntrack(1, 1)),
      {
        traffic: [
          { name: 'first', kind: 'udp-stream', from: fromClient, to: toServer, rate: '10Mbit', payload: '1000B' },
          { name: 'second', kind: 'udp-stream', from: fromClient, to: toServer, rate: '10Mbit', payload: '1000B', start: '1ms' },
          { name: 'third', kind: 'udp-stream', from: fromClient, to: toServer, rate: '10Mbit', payload: '1000B', start: '1ms' },
        ],
      },
    )
    // Two cores are two entries: every datagram of the third stream is a try of its own.
    expect(drops['conntrack-full']).toBeGreaterThan(20)
    expect(drops['conntrack-full']).toBeLessThan(packets.sent / 2)
  })

  it('are the same on two threads', () => {
    const plan = planOf(labOf(calico(conntrack(8, 16))), 'v')
    const whole = run(plan)
    const partOf = Uint8Array.from({ length: plan.switchCount + plan.hosts.count }, (_, element) => (element === plan.switchCount + 1 ? 1 : 0))
    const { result } = runInTwoShares(plan, 1, { partOf, lookaheadNs: 100 })
    expect(result.drops['conntrack-full']).toBeGreaterThan(0)
    expect({ ...result, wallSeconds: 0 }).toEqual({ ...whole, wallSeconds: 0 })
  })
})

describe('ports of a node’s address', () => {
  const outside = (streams: number) => ({ traffic: [{ name: 'out', kind: 'tcp-rr', from: fromClient, to: { external: 'api' }, streams }] })

  it.each([
    ['netfilter', 'nf_nat ports', calico({ felixConfiguration: { natPortRange: '40000:40009' } })],
    ['netfilter behind Calico’s programs', 'nf_nat ports', ebpf({ natPortRange: '40000:40009' })],
    ['Cilium', 'cilium_snat ports', cilium({ kubeProxyReplacement: true, bpf: { masquerade: true }, nodePort: { range: '30000,65525' } })],
  ])('run out towards one destination: %s', (_, table, variant) => {
    const { nodes, drops } = resultOf(variant, outside(12))
    expect(tableOf(nodes, table)).toMatchObject({ peak: 10, limit: 10, made: 10, refused: 2 })
    expect(drops).toEqual({ 'nat-ports-exhausted': 2 })
  })

  it.each([
    ['kube-proxy', 'nf_nat ports', 64_512, { cni: 'flannel' }],
    ['Cilium’s programs', 'cilium_snat ports', 32_768, cilium({ kubeProxyReplacement: true, bpf: { masquerade: true } })],
  ])('are needed of the node that hands a service’s connections on to another one: %s', (_, table, limit, variant) => {
    const { nodes } = resultOf(variant, {
      cluster: {
        workloads: [
          { name: 'idle', nodes: ['node-1'] },
          { name: 'server', labels: { app: 'server' }, nodes: ['node-2'], ports: [{ name: 'http', port: 8080 }] },
        ],
        manifests: [
          { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { type: 'NodePort', selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] } },
        ],
      },
      traffic: [{ name: 'in', kind: 'tcp-rr', from: { external: 'api' }, to: { node: 'node-1', port: 30_080 }, streams: 5 }],
    })
    expect(tableOf(nodes, table)).toMatchObject({ peak: 5, limit, made: 5, refused: 0 })
    expect(tableOf(nodes, table, 1)).toBeUndefined()
  })

  it('are not needed where pods keep their addresses', () => {
    const { nodes, drops } = resultOf(calico({ ipPool: { natOutgoing: false }, felixConfiguration: { natPortRange: '40000:40009' } }), outside(12))
    expect(tableOf(nodes, 'nf_nat ports')).toBeUndefined()
    expect(drops['nat-ports-exhausted']).toBeUndefined()
  })
})

describe('what tracking costs', () => {
  const denied = {
    cluster: {
      workloads: [
        { name: 'client', labels: { app: 'client' }, nodes: ['node-1'] },
        { name: 'server', labels: { app: 'server' }, nodes: ['node-2'] },
      ],
      manifests: [
        {
          apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'default' },
          spec: { podSelector: { matchLabels: { app: 'client' } }, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: { matchLabels: { app: 'nobody' } } }] }] },
        },
      ],
    },
    traffic: [{ name: 'stream', kind: 'udp-stream', from: fromClient, to: toServer, rate: '10Mbit', payload: '1000B' }],
  }

  it('is paid again by every try of a connection that is denied, which leaves no entry', () => {
    const { nodes, drops, packets } = resultOf(calico(), denied)
    expect(drops).toEqual({ 'policy-default-deny': packets.sent })
    expect(nodes[0]!.tracking).toBeUndefined()
    const untracked = run({ ...planOf(labOf(calico(), denied), 'v'), tracking: noTracking() })
    expect(nodes[0]!.cpuByStage['nf-policy']! / untracked.nodes[0]!.cpuByStage['nf-policy']!).toBeCloseTo(packets.sent, 6)
  })

  it('is nothing for packets of connections that are there', () => {
    const traffic = [{ name: 'stream', kind: 'tcp-stream', from: fromClient, to: toServer }]
    const plan = planOf(labOf(calico(), { traffic }), 'v')
    const tracked = run(plan)
    const untracked = run({ ...plan, tracking: noTracking() })
    expect(tracked.trajectoryHash).toBe(untracked.trajectoryHash)
    expect(tracked.nodes[0]!.tracking).toHaveLength(1)
  })
})
