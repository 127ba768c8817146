import {
  buildTopology,
  compileRouting,
  findAttachment,
  pathExists,
  type Topology,
} from '#main/simulation/topology/index'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { makeLab } from '../support/make-lab'
import { walkRoutes } from '../support/walk-routes'

/** Fabrics of any shape: switches, links between them (parallel ones too), and hosts with one to three uplinks. */
const fabrics = fc
  .record({
    roles: fc.array(fc.constantFrom('tor', 'spine'), { minLength: 1, maxLength: 7 }),
    links: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 14 }),
    uplinks: fc.array(fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 6 }),
    external: fc.option(fc.nat(6), { nil: undefined }),
  })
  .map(({ roles, links, uplinks, external }) => {
    const name = (index: number) => `s${index % roles.length}`
    return makeLab({
      fabric: {
        switches: roles.map((role, index) => ({ name: name(index), role })),
        links: links.filter(([a, b]) => name(a) !== name(b)).map(([a, b]) => ({ ends: [name(a), name(b)] })),
      },
      nodes: uplinks.map((switches, index) => ({
        name: `n${index}`,
        uplinks: switches.map((each) => ({ switch: name(each) })),
      })),
      external: external === undefined ? [] : [{ name: 'x', address: '203.0.113.10', attach: name(external) }],
    })
  })

/** Every shortest way between two hosts through switches, found by trying all links breadth first. */
function naivePaths(topology: Topology, from: number, to: number): number[][] {
  const first = topology.switches.length
  const { owner, peer } = topology.adjacency
  let paths = [[first + from]]
  for (let length = 0; length <= first + 1 && paths.length > 0; length++) {
    const arrived = paths.filter((path) => path.at(-1) === first + to)
    if (arrived.length > 0) return arrived
    paths = paths.flatMap((path) =>
      Array.from(owner.keys()).flatMap((port) => {
        const next = peer[port]!
        const leadsOn = owner[port] === path.at(-1) && !path.includes(next) && (next < first || next === first + to)
        return leadsOn ? [[...path, next]] : []
      }),
    )
  }
  return []
}

const sorted = (paths: number[][]): string[] => paths.map((path) => path.join('-')).toSorted()

it('routes take exactly the shortest paths of the graph, all of them, between every pair of hosts', () => {
  fc.assert(
    fc.property(fabrics, (lab) => {
      const { topology } = buildTopology(lab)
      const attachment = findAttachment(topology)
      const table = compileRouting(topology, attachment)
      for (let from = 0; from < topology.hosts.length; from++) {
        for (let to = 0; to < topology.hosts.length; to++) {
          if (from === to) continue
          const expected = naivePaths(topology, from, to)
          expect(pathExists(topology, attachment, from, to)).toBe(expected.length > 0)
          if (expected.length > 0) expect(sorted(walkRoutes(topology, table, from, to))).toEqual(sorted(expected))
        }
      }
    }),
    { numRuns: 300 },
  )
})

it('addresses are unique and hosts are inside their subnets', () => {
  fc.assert(
    fc.property(fabrics, (lab) => {
      const { topology, findings } = buildTopology(lab)
      expect(findings).toEqual([])
      expect(new Set(topology.hosts.map(({ address }) => address)).size).toBe(topology.hosts.length)
      for (const { address, subnet } of topology.hosts) {
        const size = 2 ** (32 - subnet.length)
        expect(Math.floor(address / size) * size).toBe(subnet.network)
      }
    }),
  )
})
