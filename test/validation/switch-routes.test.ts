/** Switches that speak BGP forward what is for pods by what they have learnt, measured on traffic. */
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'

import { payloadBetween } from '../support/payload-between'
import { runLab } from '../support/run-lab'

const peers = [
  { node: 'node-1', peerIP: '10.1.0.1', asNumber: 65001 },
  { node: 'node-2', peerIP: '10.1.0.1', asNumber: 65001 },
  { node: 'node-3', peerIP: '10.2.0.1', asNumber: 65002 },
]
const LINKS = [['tor-a', 'spine-1'], ['tor-a', 'spine-2'], ['tor-b', 'spine-1'], ['tor-b', 'spine-2']]

/** Two racks under two spines, an AS to each switch and node; who peers, and whether nodes have a mesh beside it. */
function fabric({ bgpPeers = peers, mesh = false, faults = [], bfd = false }: { bgpPeers?: object[]; mesh?: boolean; faults?: object[]; bfd?: boolean }): string {
  const alike = bfd ? { bfd: { interval: '50ms', multiplier: 3 } } : {}
  const stream = (name: string, from: string, to: string) => ({
    name, kind: 'udp-stream', from: { pod: `default/${from}` }, to: { pod: `default/${to}`, port: 9000 }, rate: '4Mbit', payload: '500B', streams: 4,
  })
  return stringify({
    apiVersion: 'cnilab.dev/v1alpha1', kind: 'Lab', metadata: { name: 'fabric' },
    spec: {
      fabric: {
        racks: [{ name: 'a' }, { name: 'b' }],
        switches: [
          { name: 'tor-a', rack: 'a', asn: 65001, ...alike }, { name: 'tor-b', rack: 'b', asn: 65002, ...alike },
          { name: 'spine-1', role: 'spine', asn: 65000, ...alike }, { name: 'spine-2', role: 'spine', asn: 65000, ...alike },
        ],
        links: LINKS.map((ends) => ({ ends, rate: '100Gbit', delay: '1us' })),
      },
      nodes: [['node-1', 'tor-a', 64513], ['node-2', 'tor-a', 64514], ['node-3', 'tor-b', 64515]].map(([name, tor, asn]) => ({ name, asn, uplinks: [{ switch: tor }] })),
      cluster: { workloads: ['one', 'two', 'three'].map((name, node) => ({ name, nodes: [`node-${node + 1}`], ports: [{ name: 'data', port: 9000, protocol: 'UDP' }] })) },
      variants: [{
        name: 'v', cni: 'calico',
        settings: { ipPool: { ipipMode: 'Never' }, bgpConfiguration: { nodeToNodeMeshEnabled: mesh }, bgpPeers },
      }],
      traffic: [stream('near', 'one-0', 'two-0'), stream('there', 'one-0', 'three-0'), stream('back', 'three-0', 'two-0')],
      faults,
      run: { duration: '4s', warmup: '100ms' },
    },
  })
}

/** Share of each entry's payload that arrived in a part of the run. */
function arrived(text: string, from: number, to: number): Record<string, number> {
  const outcome = runLab(text, 'v')
  return Object.fromEntries(['near', 'there', 'back'].map((name) => [name, payloadBetween(outcome, name, from, to) / ((to - from) * 2e6)]))
}

const all = { near: 1, there: 1, back: 1 }
const reset = (node: string, peer: string) => [{ at: '1s', kind: 'session-reset', node, peer }]

describe('switches that have learnt all blocks', () => {
  it('forward to them as nodes do without a mesh', () => {
    expect(arrived(fabric({}), 0.2, 4)).toEqual(all)
  })

  it('lose one with the session that it came by, and have it again with that', () => {
    const text = fabric({ faults: reset('node-3', 'tor-b') })
    expect(arrived(text, 1.2, 2.4)).toEqual({ ...all, there: 0, back: 0 })
    expect(arrived(text, 3.5, 4)).toEqual(all)
  })

  it('drop what a node still has a route for by its mesh', () => {
    const text = fabric({ mesh: true, faults: reset('node-3', 'tor-b') })
    expect(arrived(text, 1.2, 2.4)).toEqual({ ...all, there: 0 })
    const { result, series } = runLab(text, 'v')
    expect(Object.keys(result.drops)).toEqual(['no-route'])
    // And it is known whose packets they were.
    expect(series.droppedOf!.map(({ name, reason, packets }) => [name, reason, packets.reduce((sum, value) => sum + value, 0)])).toEqual([['there', 'no-route', result.drops['no-route']]])
  })

  it('hear of a node from its neighbour in the rack, too, where that has a mesh', () => {
    expect(arrived(fabric({ mesh: true, faults: reset('node-2', 'tor-a') }), 1.2, 2.4)).toEqual(all)
  })

  it('go by the spine that is left', () => {
    const text = fabric({ faults: [{ at: '1s', kind: 'link-down', link: ['tor-a', 'spine-1'] }] })
    const { result } = runLab(text, 'v')
    expect(arrived(text, 1.2, 4)).toEqual(all)
    // A few milliseconds of the flows that were hashed to the other.
    const { 'link-down': down = 0, 'no-route': none = 0 } = result.drops
    expect(down + none).toBeGreaterThan(0)
    expect(down + none).toBeLessThan(0.02 * 4 * 3000)
  })

  it('send into a silent link until BFD notices it', () => {
    const faults = [{ at: '1s', kind: 'link-silent', link: ['tor-a', 'spine-1'] }]
    expect(arrived(fabric({ faults, bfd: true }), 1.4, 4)).toEqual(all)
    const held = arrived(fabric({ faults }), 1.4, 4)
    expect(held['there']! + held['back']!).toBeLessThan(2)
  })
})

describe('switches that have not learnt a block', () => {
  it('have no way to it, whatever nodes know of each other, and bridge within a rack all the same', () => {
    expect(arrived(fabric({ mesh: true, bgpPeers: peers.slice(0, 2) }), 0.2, 4)).toEqual({ ...all, there: 0 })
    expect(arrived(fabric({ mesh: true, bgpPeers: peers.slice(2) }), 0.2, 4)).toEqual({ ...all, back: 0 })
  })
})
