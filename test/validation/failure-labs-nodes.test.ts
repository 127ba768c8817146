/** Labs of resources/labs/failures in which nodes are configured differently: symptom and counters, as their pages say. */
import { describe, expect, it } from 'vitest'

import { arrived, cost, perSecond, runFailure as run } from '../support/failure-lab'

describe('a node with another VXLAN port', () => {
  it('is cut off in both directions, and counts packets without a socket', () => {
    const result = run('vxlan-port', 'calico-vxlan')
    expect(arrived(result)).toEqual({ others: 1, 'to-odd': 0, 'from-odd': 0, nodes: 1 })
    const lost = result.traffic.filter(({ name }) => name.endsWith('odd')).reduce((sum, { packetsSent }) => sum + packetsSent, 0)
    expect(result.drops).toEqual({ 'no-socket': lost })
  })

  it('is not where pods travel in IPIP', () => {
    expect(arrived(run('vxlan-port', 'calico-ipip'))).toEqual({ others: 1, 'to-odd': 1, 'from-odd': 1, nodes: 1 })
  })
})

describe('nodes that disagree about their subnet’s mask', () => {
  it('talk both ways until something minds that packets go plain one way and in a tunnel the other', () => {
    const result = run('asymmetric-cross-subnet', 'cross-subnet')
    expect(arrived(result)).toEqual({ plain: expect.closeTo(0.5, 1) as number, tunnelled: 1, 'plain-to-strict': 0, 'tunnelled-from-strict': 1 })
    expect(Object.keys(result.drops).toSorted()).toEqual(['filtered', 'reverse-path'])
    expect(cost(result, 'reverse-path')).toBeCloseTo(1 / 4, 2)
    expect(cost(result, 'filtered')).toBeCloseTo(1 / 8, 1)
  })

  it('do no harm where everything is encapsulated', () => {
    const { drops, traffic } = run('asymmetric-cross-subnet', 'always')
    expect(drops).toEqual({})
    expect(traffic.every(({ packetsSent, packetsDelivered }) => packetsSent === packetsDelivered)).toBe(true)
  })
})

describe('nodes with two interfaces', () => {
  it('that check reverse paths strictly drop what comes by the one and would be answered by the other', () => {
    const result = run('rp-filter', 'calico-vxlan')
    expect(arrived(result)).toEqual({ 'to-strict': 0, 'from-strict': 1, 'to-loose': 1, neighbours: 1, nodes: 1 })
    expect(result.drops).toEqual({ 'reverse-path': result.traffic[0]!.packetsSent })
    expect(run('rp-filter', 'cilium-vxlan').drops).toEqual({})
  })

  it('send tunnels from the one that Calico does not know, unless the tunnel has the node’s address', () => {
    const result = run('unknown-host', 'calico-ipip')
    expect(arrived(result)).toEqual({ 'to-two': 0, 'from-two': 0, others: 1, nodes: 1 })
    expect(result.drops).toEqual({ 'unknown-host': result.traffic[0]!.packetsSent + result.traffic[1]!.packetsSent })
    expect(run('unknown-host', 'calico-vxlan').drops).toEqual({})
  })
})

describe('a pool that covers what is outside', () => {
  it('keeps packets there from being translated, so that answers find no way back, or no way that is expected', () => {
    const covered = run('pool-overlap', 'pool-covers')
    expect(perSecond(covered)).toMatchObject({ database: 0, 'strict-node': 0 })
    for (const name of ['internet', 'node', 'database-from-node']) expect(perSecond(covered)[name]).toBeGreaterThan(10_000)
    expect(Object.keys(covered.drops).toSorted()).toEqual(['no-route', 'reverse-path'])
    expect(covered.drops['no-route']).toBe(covered.drops['reverse-path'])
  })

  it('does nothing where it lies elsewhere', () => {
    const apart = run('pool-overlap', 'pool-apart')
    expect(apart.drops).toEqual({})
    for (const rate of Object.values(perSecond(apart))) expect(rate).toBeGreaterThan(10_000)
  })
})
