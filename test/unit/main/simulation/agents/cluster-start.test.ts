import { ciliumAgentMiB, ClusterTooLarge, nodeLostTimeline, serviceSyncSeconds, startCluster, typhaReplicas, watchEvents } from '#main/simulation/agents/index'
import { bgpVectorSchema, readVector, runVector } from '#main/simulation/bgp/index'
import { describe, expect, it } from 'vitest'

import { loadVector } from '../../../../support/bgp-vectors'

const large = { nodes: 1000, pods: 20_000, seed: 1 }

describe('the start of a large cluster', () => {
  it('with reflectors takes seconds and few sessions', () => {
    const outcome = startCluster(large, { kind: 'bgp-reflectors', reflectors: 3 })
    expect(outcome).toMatchObject({ sessions: 2994, sessionsPerNode: 3, routesPerNode: 999 })
    expect(outcome.knownSeconds.p50).toBeGreaterThan(1.5)
    expect(outcome.knownSeconds.last).toBeLessThan(2.1)
    // Every reflector tells every client of every other one by one: their attributes differ.
    expect(outcome.updates).toBeGreaterThan(3 * 996 * 997)
  })

  it('by watches delivers every pod to every node', () => {
    const outcome = startCluster(large, { kind: 'watch' })
    expect(outcome.updates).toBe(0)
    expect(watchEvents(large, 'pods')).toBe(1000 * 999 + 1000 * 20_000)
    // Flanneld is told of nodes alone, and of slices there are one for fifty pods at that pace.
    expect(watchEvents(large, 'nodes')).toBe(1000 * 999)
    expect(watchEvents(large, 'slices')).toBe(1000 * 999 + 1000 * 400)
    expect(outcome.knownSeconds.p50).toBeGreaterThan(0.02)
    expect(outcome.knownSeconds.p50).toBeLessThan(0.06)
    expect(outcome.podKnownSeconds!.p99).toBeLessThan(2)
    // Of a million draws the latest is far out, and not at infinity.
    expect(outcome.knownSeconds.last).toBeGreaterThan(3)
    expect(outcome.knownSeconds.last).toBeLessThan(20)
  })

  it('in a full mesh is refused with the arithmetic', () => {
    const mesh = () => startCluster({ ...large, nodes: 5000 }, { kind: 'bgp-mesh' })
    expect(mesh).toThrow(ClusterTooLarge)
    expect(mesh).toThrow(/5,000·4,999\/2 = 12,497,500 sessions/u)
  })
})

describe('counts of the large model', () => {
  const sent = (name: string): number =>
    runVector(readVector(bgpVectorSchema.parse(loadVector(name))), 1).nodes.reduce((sum, { messages }) => sum + messages.UPDATE, 0)

  it('are those of the speakers one by one', () => {
    expect(startCluster({ nodes: 5, pods: 0, seed: 1 }, { kind: 'bgp-mesh' }).updates).toBe(sent('mesh5'))
    expect(startCluster({ nodes: 12, pods: 0, seed: 1 }, { kind: 'bgp-reflectors', reflectors: 2 }).updates).toBe(sent('rr12'))
  })
})

describe('agents', () => {
  it('lose a silent node in the time Kubernetes takes', () => {
    const { endpointsGoneSeconds, podsEvictedSeconds } = nodeLostTimeline()
    expect(endpointsGoneSeconds).toEqual([41.5, 56.5])
    expect(podsEvictedSeconds).toEqual([340, 355])
    // Ten lost nodes are evicted one after another.
    expect(nodeLostTimeline(10).podsEvictedSeconds[0]).toBe(440)
  })

  it('write services in times that grow with their number, a partial sync hardly', () => {
    expect(serviceSyncSeconds('iptables', 10_000, 20_000, false)).toBeCloseTo(2.4, 1)
    expect(serviceSyncSeconds('iptables', 10_000, 20_000, true)).toBeCloseTo(0.41, 2)
    expect(serviceSyncSeconds('nftables', 10_000, 20_000, false)).toBeGreaterThan(200)
    expect(serviceSyncSeconds('nftables', 10_000, 20_000, true)).toBeLessThan(1)
  })

  it('of Typha grow with the nodes', () => {
    expect([typhaReplicas(100), typhaReplicas(1000), typhaReplicas(5000)]).toEqual([3, 5, 20])
  })

  it('of Cilium hold what was measured, and more with every pod', () => {
    expect(ciliumAgentMiB(50_000)).toBe(438)
    expect(ciliumAgentMiB(100_000)).toBeCloseTo(950.7, 1)
    expect(ciliumAgentMiB(100)).toBe(260)
  })
})
