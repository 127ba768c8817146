/** Labs of resources/labs/failures in which nodes are configured differently: symptom and counters, as their pages say. */
import { describe, expect, it } from 'vitest'

import { arrived, cost, runFailure as run } from '../support/failure-lab'

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
