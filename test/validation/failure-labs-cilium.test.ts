/** Labs of resources/labs/failures about identities, maps and keys: symptom and counters, as their pages say. */
import { describe, expect, it } from 'vitest'

import { recordControlPlane } from '#main/simulation/agents/index'
import type { RecordedTable } from '#shared/contract/control-plane'
import { parseLab } from '#shared/lab/index'

import { failureText, runFailure as run } from '../support/failure-lab'

describe('a map of connections that is full', () => {
  it.each([
    ['cilium-small', 'cilium_ct4_global', 'policy-default-deny'],
    ['calico-ebpf-small', 'cali_v4_ct', 'no-connection'],
  ])('forgets one that is quiet, and its next packet ends: %s', (variant, table, reason) => {
    const { drops, nodes, traffic } = run('connections-forgotten', variant)
    const [pushed, fresh] = traffic
    expect(drops[reason]).toBeGreaterThan(2)
    expect(Object.keys(drops)).toEqual([reason])
    // Two of seven packets came before the short connections.
    expect(pushed!.goodputBps).toBeLessThan(40_000)
    expect(nodes[1]!.tracking).toContainEqual(expect.objectContaining({ table, peak: 256, limit: 256 }))
    expect(fresh!.transactionsPerSecond).toBeGreaterThan(3000)
  })

  it.each(['cilium-default', 'calico-ebpf-default'])('is not that of the usual size: %s', (variant) => {
    const { drops, traffic } = run('connections-forgotten', variant)
    expect(drops).toEqual({})
    expect(traffic[0]!.goodputBps).toBeGreaterThan(60_000)
  })
})

describe('identities that run out', () => {
  it('leave a pod with new labels without policy, which denies all, and one with known labels alone', () => {
    const { drops, traffic } = run('identities-exhausted', 'cilium-mesh')
    const [known, fresh] = traffic
    expect(known!.transactionsPerSecond).toBeCloseTo(50, 0)
    expect(fresh!.packetsDelivered).toBe(0)
    // The SYN and its retransmission after one second.
    expect(drops).toEqual({ 'policy-default-deny': 2 })
  })

  it.each(['cilium', 'cilium-mesh-labels', 'calico'])('do not where there are more, or labels that take none: %s', (variant) => {
    const { drops, traffic } = run('identities-exhausted', variant)
    expect(drops).toEqual({})
    expect(traffic[1]!.transactionsPerSecond).toBeCloseTo(50, 0)
  })
})

describe('an address that another pod has now', () => {
  it('has the identity of the pod before it where the agent was told of neither', () => {
    const { drops, packets } = run('address-reused', 'cilium-native')
    // The stranger is up after some three seconds, and the agent back after eight of twelve.
    const denied = drops['policy-default-deny']! / packets.sent
    expect(Object.keys(drops)).toEqual(['policy-default-deny'])
    expect(denied).toBeGreaterThan(0.4)
    expect(denied).toBeLessThan(0.5)
  })

  it('does not where a tunnel says the sender’s own', () => {
    const { drops, packets } = run('address-reused', 'cilium-vxlan')
    expect(drops).toEqual({ 'policy-default-deny': packets.sent })
  })
})

describe('a policy map that is full', () => {
  it('denies peers that a policy allows', () => {
    const { drops, traffic } = run('policy-map-full', 'cilium-small')
    expect(Object.keys(drops)).toEqual(['policy-default-deny'])
    // 32 clients at ten requests a second, and about half of their entries at the server's port.
    expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(100)
    expect(traffic[0]!.transactionsPerSecond).toBeLessThan(220)
    expect(policyMap('cilium-small')).toMatchObject({ entries: 128, capacity: 128, missing: 32 * 8 + 2 - 128 })
  })

  it('locks the endpoint where the agent is told to', () => {
    expect(run('policy-map-full', 'cilium-lockdown').traffic[0]!.packetsDelivered).toBe(0)
  })

  it.each([
    ['cilium', 32 * 8 + 2],
    ['cilium-labels', 8 + 2],
  ])('is not where it is large enough, or entries are few: %s', (variant, entries) => {
    const { drops, traffic } = run('policy-map-full', variant)
    expect(drops).toEqual({})
    expect(traffic[0]!.transactionsPerSecond).toBeCloseTo(320, -1)
    expect(policyMap(variant)).toMatchObject({ entries })
    expect(policyMap(variant)).not.toHaveProperty('missing')
  })
})

/** The policy map of the server in a lab's record. */
function policyMap(variant: string): RecordedTable | undefined {
  const { lab } = parseLab(failureText('policy-map-full'))
  const { record } = recordControlPlane(lab!, lab!.variants.find(({ name }) => name === variant)!, { seed: 1, nodes: ['node-2'] })
  return record.nodes[0]!.tables.find(({ table }) => table === 'cilium_policy_v2')
}
