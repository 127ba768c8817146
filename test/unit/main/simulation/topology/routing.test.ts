import { buildTopology, compileRouting, findAttachment, pathExists } from '#main/simulation/topology/index'
import type { Lab } from '#shared/lab/index'
import { prefixLookup } from '#shared/lookup/index'
import { formatIpv4Address, formatIpv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

import { leafSpine, makeLab, nodesOn } from '../../../../support/make-lab'
import { walkRoutes } from '../../../../support/walk-routes'

function route(lab: Lab) {
  const { topology, findings } = buildTopology(lab)
  expect(findings).toEqual([])
  const attachment = findAttachment(topology)
  return { topology, attachment, table: compileRouting(topology, attachment) }
}

describe('routes in a leaf-spine fabric', () => {
  const { switches, links, leafNames } = leafSpine(3, 4)
  const lab = makeLab({ fabric: { switches, links }, nodes: nodesOn(leafNames, 6) })

  it('go over every spine between leaves', () => {
    const { topology, table } = route(lab)
    const paths = walkRoutes(topology, table, 0, 1)
    expect(paths).toHaveLength(4)
    expect(new Set(paths.map((path) => path[2]))).toEqual(new Set([3, 4, 5, 6]))
    for (const path of paths) expect(path).toHaveLength(5)
  })

  it('stay on the leaf inside a rack', () => {
    const { topology, table } = route(lab)
    expect(walkRoutes(topology, table, 0, 3)).toEqual([[7, 0, 10]])
  })

  it('mark what is bridged: hosts towards their subnet, a leaf towards its hosts', () => {
    const { topology, table } = route(lab)
    const value = (element: number, host: number) =>
      prefixLookup(table.tries, table.root[element]!, topology.hosts[host]!.address)
    expect(value(7, 3) & 1).toBe(1)
    expect(value(7, 1) & 1).toBe(0)
    expect(value(0, 3) & 1).toBe(1)
    expect(value(0, 1) & 1).toBe(0)
    expect(value(3, 1) & 1).toBe(0)
  })
})

describe('addresses', () => {
  const addressesOf = (lab: Lab) =>
    buildTopology(lab).topology.hosts.map(({ address, subnet }) => [
      formatIpv4Address(address),
      formatIpv4Prefix(subnet),
    ])

  it('are in a subnet per top-of-rack switch, in order', () => {
    const lab = makeLab({
      fabric: {
        switches: [{ name: 'a' }, { name: 's', role: 'spine' }, { name: 'b' }],
        links: [{ ends: ['a', 's'] }, { ends: ['b', 's'] }],
      },
      nodes: nodesOn(['a', 'b'], 3),
    })
    expect(addressesOf(lab)).toEqual([
      ['10.1.0.11', '10.1.0.0/24'],
      ['10.2.0.11', '10.2.0.0/24'],
      ['10.1.0.12', '10.1.0.0/24'],
    ])
  })

  it('follow an address with a mask, and avoid it elsewhere', () => {
    const lab = makeLab({
      fabric: { switches: [{ name: 'a' }, { name: 'b' }], links: [{ ends: ['a', 'b'] }] },
      nodes: [
        { name: 'n1', uplinks: [{ switch: 'a' }], address: '10.1.5.200/23' },
        { name: 'n2', uplinks: [{ switch: 'a' }] },
        { name: 'n3', uplinks: [{ switch: 'b' }] },
      ],
    })
    expect(addressesOf(lab)).toEqual([
      ['10.1.5.200', '10.1.4.0/23'],
      ['10.1.4.11', '10.1.4.0/23'],
      ['10.1.0.11', '10.1.0.0/24'],
    ])
  })

  it('keep the subnets in order where an address has no mask', () => {
    const nodes = nodesOn(['a', 'b'], 3).map((node, index) => (index === 0 ? { ...node, address: '10.1.0.200' } : node))
    const lab = makeLab({ fabric: { switches: [{ name: 'a' }, { name: 'b' }], links: [{ ends: ['a', 'b'] }] }, nodes })
    expect(addressesOf(lab)).toEqual([
      ['10.1.0.200', '10.1.0.0/24'],
      ['10.2.0.11', '10.2.0.0/24'],
      ['10.1.0.11', '10.1.0.0/24'],
    ])
  })

  it('of nodes on a routing switch are subnets of their own', () => {
    const lab = makeLab({ fabric: { switches: [{ name: 's', role: 'spine' }] }, nodes: nodesOn(['s'], 2) })
    expect(addressesOf(lab)).toEqual([
      ['10.1.0.11', '10.1.0.11/32'],
      ['10.1.0.12', '10.1.0.12/32'],
    ])
  })

  it('run out of a subnet only after all 253 are taken', () => {
    const many = (count: number) =>
      buildTopology(makeLab({ fabric: { switches: [{ name: 'a' }] }, nodes: nodesOn(['a'], count) }))
    const { topology, findings } = many(253)
    expect(findings).toEqual([])
    expect(new Set(topology.hosts.map(({ address }) => address)).size).toBe(253)
  })
})

describe('hosts with several links', () => {
  const pair = {
    switches: [{ name: 'a' }, { name: 'b' }, { name: 's', role: 'spine' }],
    links: [{ ends: ['a', 's'] }, { ends: ['b', 's'] }],
  }

  it('use both uplinks, and are reached through both', () => {
    const both = { uplinks: [{ switch: 'a' }, { switch: 'b' }] }
    const lab = makeLab({
      fabric: pair,
      nodes: [
        { name: 'n1', ...both },
        { name: 'n2', ...both },
      ],
    })
    const { topology, table } = route(lab)
    expect(walkRoutes(topology, table, 0, 1)).toEqual([
      [3, 0, 4],
      [3, 1, 4],
    ])
  })

  it('take the uplink that is nearer where the other end has one only', () => {
    const lab = makeLab({
      fabric: pair,
      nodes: [
        { name: 'n1', uplinks: [{ switch: 'a' }, { switch: 'b' }] },
        { name: 'n2', uplinks: [{ switch: 'b' }] },
        { name: 'n3', uplinks: [{ switch: 'a' }] },
      ],
    })
    const { topology, table } = route(lab)
    expect(walkRoutes(topology, table, 0, 1)).toEqual([[3, 1, 4]])
    expect(walkRoutes(topology, table, 0, 2)).toEqual([[3, 0, 5]])
    expect(walkRoutes(topology, table, 1, 0)).toEqual([[4, 1, 3]])
  })
})

describe('external hosts', () => {
  it('are reached at the switch they are attached to', () => {
    const lab = makeLab({
      fabric: { switches: [{ name: 'a' }, { name: 's', role: 'spine' }], links: [{ ends: ['a', 's'] }] },
      nodes: nodesOn(['a'], 1),
      external: [{ name: 'client', address: '203.0.113.10', attach: 's' }],
    })
    const { topology, table } = route(lab)
    expect(walkRoutes(topology, table, 0, 1)).toEqual([[2, 0, 1, 3]])
    expect(walkRoutes(topology, table, 1, 0)).toEqual([[3, 1, 0, 2]])
  })
})

describe('a fabric in two parts', () => {
  it('has no path between them', () => {
    const lab = makeLab({ fabric: { switches: [{ name: 'a' }, { name: 'b' }] }, nodes: nodesOn(['a', 'b'], 4) })
    const { topology, attachment } = route(lab)
    expect(pathExists(topology, attachment, 0, 2)).toBe(true)
    expect(pathExists(topology, attachment, 0, 1)).toBe(false)
  })
})

describe('a bond of two uplinks', () => {
  const bonded = (mode: string): Lab =>
    makeLab({
      fabric: {
        switches: [{ name: 'a' }, { name: 'b' }, { name: 's', role: 'spine' }],
        links: [{ ends: ['a', 's'] }, { ends: ['b', 's'] }],
      },
      nodes: [
        { name: 'node-1', nic: { bond: { mode } }, uplinks: [{ switch: 'a' }, { switch: 'b' }] },
        { name: 'node-2', uplinks: [{ switch: 'a' }] },
        { name: 'node-3', uplinks: [{ switch: 'b' }] },
      ],
    })

  it('uses the first and leaves the backup alone, in both directions', () => {
    const { topology, table } = route(bonded('active-backup'))
    const [host, far] = [3, 5]
    expect(walkRoutes(topology, table, 0, 2)).toEqual([[host, 0, 2, 1, far]])
    expect(walkRoutes(topology, table, 2, 0)).toEqual([[far, 1, 2, 0, host]])
  })

  it('uses both where it balances', () => {
    const { topology, table } = route(bonded('802.3ad'))
    expect(walkRoutes(topology, table, 2, 0)).toEqual([[5, 1, 3]])
    expect(walkRoutes(topology, table, 1, 0)).toEqual([[4, 0, 3]])
  })
})
