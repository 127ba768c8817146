import { describe, expect, it } from 'vitest'

import { CALIBRATION } from '#main/simulation/plan/calibration'
import { runTask } from '#worker/run-task'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'

import { DATAPATH_VARIANTS } from '../../../../support/datapath-lab'
import { makeLab, nodesOn } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'

const enforcing = DATAPATH_VARIANTS.filter(({ cni }) => cni === 'calico' || cni === 'cilium')

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'default' }, spec,
})
const isolates = (app: string, direction: 'Ingress' | 'Egress') =>
  policy(`${app}-${direction.toLowerCase()}`, { podSelector: { matchLabels: { app } }, policyTypes: [direction] })

function run(variant: string, manifests: readonly object[], more: object = {}): SeedResult {
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: nodesOn(['tor'], 2),
    cluster: {
      workloads: [
        { name: 'client', labels: { app: 'client' }, nodes: ['node-1'] },
        { name: 'near', labels: { app: 'near' }, nodes: ['node-1'] },
        { name: 'far', labels: { app: 'far' }, nodes: ['node-2'] },
      ],
      manifests,
    },
    variants: DATAPATH_VARIANTS.filter(({ name }) => name === variant),
    traffic: [
      { name: 'near', kind: 'udp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/near-0' }, rate: '10Mbit', payload: '1000B' },
      { name: 'far', kind: 'udp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/far-0' }, rate: '10Mbit', payload: '1000B' },
    ],
    run: { duration: '5ms', warmup: '0ms' },
    ...more,
  })
  const plan = planOf(lab, variant)
  const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
  return runTask({ plan, seed: 1, progress }, () => 0).result
}

const received = ({ traffic }: SeedResult) => traffic.map(({ name, packetsDelivered }) => `${name} ${packetsDelivered > 0 ? 'arrives' : 'is lost'}`)

describe('policies in the data path', () => {
  it.each(enforcing.map(({ name }) => name))('drop what they deny where %s enforces them', (variant) => {
    const egress = run(variant, [isolates('client', 'Egress')])
    expect(received(egress)).toEqual(['near is lost', 'far is lost'])
    expect(egress.drops['policy-default-deny']).toBe(egress.packets.sent)
    // Nothing of it got onto the wire.
    expect(egress.packetHops).toBe(0)

    const ingress = run(variant, [isolates('far', 'Ingress')])
    expect(received(ingress)).toEqual(['near arrives', 'far is lost'])
    expect(ingress.drops['policy-default-deny']).toBeGreaterThan(0)

    expect(received(run(variant, [isolates('near', 'Ingress')]))).toEqual(['near is lost', 'far arrives'])
  })

  it.each(['host', 'flannel-vxlan'])('let everything through where nobody enforces them: %s', (variant) => {
    expect(received(run(variant, [isolates('client', 'Egress')]))).toEqual(['near arrives', 'far arrives'])
  })

  it('tell denials by a rule from those by default', () => {
    const rule = { action: 'Deny', destination: { selector: "app == 'far'" } }
    const deny = { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'd' }, spec: { selector: "app == 'client'", types: ['Egress'], egress: [rule, { action: 'Allow' }] } }
    const { drops, traffic } = run('calico-ipip', [deny])
    expect(traffic[0]!.packetsDelivered).toBeGreaterThan(0)
    expect(Object.keys(drops).filter((reason) => drops[reason]! > 0)).toEqual(['policy-deny'])
  })

  it('cost a first packet by the rules that are tried, and later ones nothing', () => {
    const rules = (count: number) =>
      policy('many', {
        podSelector: { matchLabels: { app: 'far' } },
        ingress: [...Array.from({ length: count }, (_, port) => ({ ports: [{ port: 1000 + port }] })), { from: [{ podSelector: {} }] }],
      })
    const cost = (variant: string, count: number) => {
      const { nodes } = run(variant, [rules(count)])
      return nodes.reduce((sum, { cpuByStage }) => sum + (cpuByStage['nf-policy'] ?? 0) + (cpuByStage['bpf-policy'] ?? 0), 0) * 1e9
    }
    for (const variant of ['calico-ipip', 'calico-ebpf-vxlan']) {
      const [few, more, most] = [10, 110, 310].map((count) => cost(variant, count)) as [number, number, number]
      // One connection in 20 ms: tens of nanoseconds a rule, and the same for each.
      expect((more - few) / 100).toBeGreaterThan(15)
      expect((more - few) / 100).toBeLessThan(200)
      expect((most - more) / (more - few)).toBeCloseTo(2, 6)
    }
    expect([cost('cilium-vxlan', 10), cost('cilium-vxlan', 310)]).toEqual([0, 0])
  })

  it.each([
    // A jump to the policy's chain and the return behind it; two rules for each that allows or passes, one that denies.
    ['the first rule allows', [{ action: 'Allow' }], 2 + 2],
    ['the second does', [{ action: 'Allow', destination: { selector: "app == 'other'" } }, { action: 'Allow' }], 2 + 4],
    ['one that denies comes before', [{ action: 'Deny', destination: { selector: "app == 'other'" } }, { action: 'Allow' }], 2 + 3],
    ['one that writes to the log comes before', [{ action: 'Log' }, { action: 'Allow' }], 2 + 3],
    ['the second rule denies', [{ action: 'Deny', destination: { selector: "app == 'other'" } }, { action: 'Deny' }], 2 + 2],
  ])('take a packet through the rules that Felix renders until %s', (_, egress, rendered) => {
    const only = (variant: string, stage: string) => {
      const gnp = { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'd' }, spec: { selector: "app == 'client'", types: ['Egress'], egress } }
      const { nodes, packets, drops } = run(variant, [gnp], { traffic: [{ name: 'far', kind: 'udp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/far-0' }, rate: '10Mbit', payload: '1000B' }] })
      // What is denied is tried with every datagram.
      const tries = Object.keys(drops).length === 0 ? 1 : packets.sent
      return (nodes[0]!.cpuByStage[stage]! / tries) * 1e9
    }
    // Costs are cycles at the 3 GHz of these nodes. A program holds the rules themselves, without jumps and marks.
    const cost = (stage: 'nf-policy' | 'bpf-policy') => CALIBRATION.costs.of(stage).firstPerPacket / 3
    expect(only('calico-ipip', 'nf-policy') / cost('nf-policy')).toBeCloseTo(rendered, 6)
    expect(only('calico-nftables-vxlan', 'nf-policy') / cost('nf-policy')).toBeCloseTo(rendered, 6)
    expect(only('calico-ebpf-bgp', 'bpf-policy') / cost('bpf-policy')).toBeCloseTo(egress.length, 6)
  })

  it('are refused where the API server refuses them', () => {
    const broken = policy('broken', { podSelector: {}, ingress: [{ ports: [{ port: 70_000 }] }] })
    expect(() => run('calico-ipip', [broken])).toThrow('invalid-object (error): The API server refuses NetworkPolicy default/broken: spec.ingress[0].ports[0].port')
  })
})
