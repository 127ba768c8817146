import { describe, expect, it } from 'vitest'

import { labChanges, recordControlPlane, scaleControlPlane } from '#main/simulation/agents/index'
import type { Lab, Variant } from '#shared/lab/index'
import { parseLab } from '#shared/lab/index'

/** A pod comes after a second; node-2's agent must learn of its address. */
function labOf(settings: string, faults = ''): { readonly lab: Lab; readonly variant: Variant } {
  const { lab, problems } = parseLab(`
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: distribution}
spec:
  fabric: {switches: [{name: tor}]}
  nodes: [{name: node-1, uplinks: [{switch: tor}]}, {name: node-2, uplinks: [{switch: tor}]}]
  cluster: {workloads: [{name: client, nodes: [node-1]}, {name: server, nodes: [node-2]}]}
  variants: [{name: cilium, cni: cilium, settings: ${settings}}]
  faults: [{at: 1s, kind: pod-add, pod: default/client-0}${faults}]
  run: {duration: 20s}
`)
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return { lab: lab!, variant: lab!.variants[0]! }
}

/** Seconds from the address's being stored to node-2's being told. */
function lateSeconds(settings: string, seed: number, faults?: string): number {
  const { lab, variant } = labOf(settings, faults)
  const change = labChanges(lab, variant, seed).find(({ subject }) => subject.kind === 'address')!
  return (change.deliveries.find(({ node }) => node === 1)!.knownNs - change.atNs) / 1e9
}

const SEEDS = Array.from({ length: 30 }, (_, seed) => seed)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const SLICES = '{ciliumEndpointSlice: {enabled: true}}'
const KVSTORE = '{identityAllocationMode: kvstore}'

describe('Cilium’s agents learn of a pod on another node', () => {
  it('later by slices than by an object each, and soonest by the kvstore', () => {
    const [kvstore, endpoints, slices] = [KVSTORE, '{}', SLICES].map((settings) => mean(SEEDS.map((seed) => lateSeconds(settings, seed))))
    expect(kvstore).toBeLessThan(0.5 * endpoints!)
    // Half a second of gathering, and a second watch.
    expect(slices).toBeGreaterThan(endpoints! + 0.5)
    expect(slices).toBeLessThan(endpoints! + 1)
  })

  it('by slices only when the operator is there to write them', () => {
    const outage = ', {at: 500ms, until: 12s, kind: agent-kill, node: node-1, agent: cilium-operator}'
    expect(lateSeconds('{}', 1, outage)).toBeLessThan(3)
    expect(lateSeconds(SLICES, 1, outage)).toBeGreaterThan(7)
  })

  it.each([
    ['{}', 'watch', 'CiliumEndpoint'],
    [SLICES, 'watch', 'CiliumEndpointSlice'],
    [KVSTORE, 'etcd', 'cilium/state/ip'],
    ['{identityAllocationMode: doublewrite-readkvstore}', 'etcd', 'cilium/state/ip'],
    ['{identityAllocationMode: doublewrite-readcrd}', 'watch', 'CiliumEndpoint'],
  ])('from the store that %s names', (settings, protocol, kind) => {
    const { lab, variant } = labOf(settings)
    const { record } = recordControlPlane(lab, variant, { seed: 1 })
    expect(record.nodes[1]!.messages).toContainEqual({ protocol, kind, count: 1 })
    expect(record.identities).toEqual({ inUse: 1, limit: 65_280, podsWithout: 0 })
  })

  it('with fewer events in a large cluster where operators gather them', () => {
    const messages = (settings: string): number => {
      const { lab, variant } = labOf(settings)
      return scaleControlPlane(lab, variant, { sizes: [100], podsPerNode: 20, seed: 1 })[0]!.messages
    }
    expect(messages('{}')).toBe(100 * 99 + 100 * 2000)
    expect(messages(SLICES)).toBe(100 * 99 + 100 * 40)
  })
})
