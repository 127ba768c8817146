/** Labs of resources/labs/failures about identities, maps and keys: symptom and counters, as their pages say. */
import { describe, expect, it } from 'vitest'

import { runFailure as run } from '../support/failure-lab'

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
