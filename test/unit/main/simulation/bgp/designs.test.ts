import { describe, expect, it } from 'vitest'

import { loadVector, nextHops, observe, tablesAt, type VectorFile } from '../../../../support/bgp-vectors'

const seeds = [1, 2, 3]

/** All nodes and the top-of-rack switch of a rack in its AS; the switch reflects between its nodes. */
function asPerRack(): VectorFile {
  const vector = loadVector('rack8')
  for (const [tor, asn, members] of [['tor1', 65_001, ['n1', 'n2', 'n3', 'n4']], ['tor2', 65_002, ['n5', 'n6', 'n7', 'n8']]] as const) {
    const { rid } = vector.topology.nodes[tor]!
    for (const name of members) {
      const node = vector.topology.nodes[name]!
      node.as = asn
      const peer = vector.topology.nodes[tor]!.peers.find(({ ip }) => ip === node.rid)!
      Object.assign(peer, { as: asn, rr: rid })
    }
  }
  return vector
}

describe.each(seeds)('AS per rack (seed %i)', (seed) => {
  it('leads within the rack straight to the node, elsewhere through the switch', () => {
    const fibs = observe(asPerRack(), seed, 20)
    expect(nextHops(fibs, 'n1', '10.244.2.0/26')).toEqual(['10.1.1.12'])
    expect(nextHops(fibs, 'n1', '10.244.8.0/26')).toEqual(['10.1.1.1'])
    expect(nextHops(fibs, 'tor1', '10.244.8.0/26')).toEqual(['172.16.11.2', '172.16.12.2'])
    expect(nextHops(fibs, 'n8', '10.244.1.0/26')).toEqual(['10.1.2.1'])
  })

  it('names the switch as reflector and cluster', () => {
    const [route] = tablesAt(asPerRack(), seed, 20).routes('n1', '10.244.2.0/26')
    expect(route).toMatchObject({ asPath: [], originatorId: '10.1.1.12', clusterList: ['10.1.1.1'] })
  })
})

describe.each(seeds)('one AS for all nodes of a routed fabric (seed %i)', (seed) => {
  it('needs nodes to accept their own AS in a path', () => {
    const refused = loadVector('rack8_sameas')
    expect(nextHops(observe(refused, seed, 20), 'n1', '10.244.5.0/26')).toBeUndefined()
    const allowed = loadVector('rack8_sameas')
    for (const node of Object.values(allowed.topology.nodes)) node.opts = { allowLocalAs: 1 }
    expect(nextHops(observe(allowed, seed, 20), 'n1', '10.244.5.0/26')).toEqual(['10.1.1.1'])
  })
})

describe.each(seeds)('paths in an AS per node (seed %i)', (seed) => {
  it('carry every AS on the way, and the next hop of the rack stays the node', () => {
    const tables = tablesAt(loadVector('rack8'), seed, 20)
    expect(tables.routes('n1', '10.244.8.0/26')[0]).toMatchObject({ asPath: [65_001, 65_000, 65_002, 64_520], nextHop: '10.1.1.1' })
    expect(tables.routes('n1', '10.244.2.0/26')[0]).toMatchObject({ asPath: [65_001, 64_514], nextHop: '10.1.1.12' })
  })
})

describe.each(seeds)('route reflectors (seed %i)', (seed) => {
  it('of one cluster leave a client two paths per prefix, the best by the reflector with the lower address', () => {
    const routes = tablesAt(loadVector('rr12'), seed, 20).routes('n5', '10.244.7.0/26')
    expect(routes.map(({ peer, nextHop }) => [peer, nextHop])).toEqual([['10.0.0.1', '10.0.0.7'], ['10.0.0.2', '10.0.0.7']])
    expect(routes[0]).toMatchObject({ originatorId: '10.0.0.7', clusterList: ['244.0.0.1'] })
  })

  it('of two clusters give it the paths through both as well', () => {
    const vector = loadVector('rr12')
    for (const peer of vector.topology.nodes['n2']!.peers) if (peer.rr) peer.rr = '244.0.0.2'
    const routes = tablesAt(vector, seed, 20).routes('n5', '10.244.7.0/26')
    expect(routes.map(({ peer, clusterList }) => [peer, clusterList.length])).toEqual([
      ['10.0.0.1', 1], ['10.0.0.2', 1], ['10.0.0.1', 2], ['10.0.0.2', 2],
    ])
  })

  it('that are all gone take every route with them, but keep them while they restart', () => {
    const events = (kind: 'agent-stop' | 'agent-kill') => ['n1', 'n2'].map((node) => ({ atSeconds: 60, kind, node }))
    expect(nextHops(observe(loadVector('rr12', { events: events('agent-stop') }), seed, 70), 'n5', '10.244.7.0/26')).toBeUndefined()
    const killed = loadVector('rr12', { events: events('agent-kill') })
    expect(nextHops(observe(killed, seed, 170), 'n5', '10.244.7.0/26')).toEqual(['10.0.0.7'])
    expect(nextHops(observe(killed, seed, 190), 'n5', '10.244.7.0/26')).toBeUndefined()
  })
})

describe('a session that does not come up', () => {
  it.each([
    ['with another AS than configured', (vector: VectorFile) => { vector.topology.nodes['n2']!.peers[0]!.as = 64_999 }],
    ['with different passwords', (vector: VectorFile) => { vector.topology.nodes['n2']!.peers[0]!.password = 'secret' }],
    ['that both ends leave to the other', (vector: VectorFile) => { vector.topology.nodes['n2']!.peers[0]!.passive = true }],
  ])('%s leaves the two without each other’s routes', (_, change) => {
    const vector = loadVector('mesh5')
    change(vector)
    const fibs = observe(vector, 1, 30)
    expect(nextHops(fibs, 'n1', '10.244.2.0/26')).toBeUndefined()
    expect(nextHops(fibs, 'n1', '10.244.3.0/26')).toEqual(['10.0.0.3'])
  })
})
