import type { External, Finding, Lab, LinkProperties, Node } from '#shared/lab/index'
import { bitsPerSecond, ipv4Prefix } from '#shared/units/index'

import { assignNodeAddresses } from './addresses'
import { buildAdjacency, type HostElement, type PhysicalLink, type Topology } from './topology'

/**
 * Numbers the lab's elements, gives them addresses and links them.
 * Requires: names that links and uplinks refer to exist (a validated lab).
 */
export function buildTopology(lab: Lab): { topology: Topology; findings: Finding[] } {
  const switches = lab.fabric.switches.map(({ name, role }) => ({ name, bridges: role === 'tor' }))
  const { addresses, findings } = assignNodeAddresses(lab)
  const hosts: HostElement[] = [
    ...lab.nodes.map(({ name }, index): HostElement => {
      const { others, ...first } = addresses[index]!
      return { name, kind: 'node', ...first, ...(others.length > 0 && { others }) }
    }),
    ...lab.external.map(({ name, address }) => ({
      name,
      kind: 'external' as const,
      address,
      subnet: ipv4Prefix(address, 32),
    })),
  ]
  const links = [...switchLinks(lab), ...uplinks(lab), ...externalLinks(lab)]
  const adjacency = buildAdjacency(switches.length + hosts.length, links)
  return { topology: { switches, hosts, links, adjacency }, findings }
}

function switchNumbers(lab: Lab): Map<string, number> {
  return new Map(lab.fabric.switches.map(({ name }, index) => [name, index]))
}

function numberOf(numbers: ReadonlyMap<string, number>, name: string): number {
  const number = numbers.get(name)
  if (number === undefined) throw new Error(`The lab is not validated: nothing is named ${name}`)
  return number
}

/** The fabric's own links; an end that is no switch is a node, which makes a direct link to it. */
function switchLinks(lab: Lab): PhysicalLink[] {
  const numbers = new Map([
    ...lab.nodes.map(({ name }, index) => [name, lab.fabric.switches.length + index] as const),
    ...switchNumbers(lab),
  ])
  return lab.fabric.links.map((link) => {
    const ends = [numberOf(numbers, link.ends[0]), numberOf(numbers, link.ends[1])] as const
    const mtuAt = (end: number): number => {
      const node = lab.nodes[end - lab.fabric.switches.length]
      return node === undefined ? link.mtu : Math.min(link.mtu, node.nic.mtu)
    }
    return { ends, properties: link, endMtu: [mtuAt(ends[0]), mtuAt(ends[1])] }
  })
}

function uplinks(lab: Lab): PhysicalLink[] {
  const numbers = switchNumbers(lab)
  return lab.nodes.flatMap((node, index) => {
    const further = node.uplinks.filter(({ address }) => address !== undefined)
    return node.uplinks.map((uplink, number): PhysicalLink => {
      const interfaceNumber = further.indexOf(uplink) + 1
      const standsBy = node.nic.bond.mode === 'active-backup' && number > 0 && interfaceNumber === 0
      return {
        ends: [lab.fabric.switches.length + index, numberOf(numbers, uplink.switch)],
        properties: atRateOf(node, uplink),
        endMtu: [Math.min(uplink.mtu, node.nic.mtu), uplink.mtu],
        ...(interfaceNumber > 0 && { interfaceNumber }),
        ...(standsBy && { standby: true }),
      }
    })
  })
}

/** Both ends of a link run at one speed: that of the slower. */
function atRateOf(node: Node, uplink: LinkProperties): LinkProperties {
  return { ...uplink, rate: bitsPerSecond(Math.min(uplink.rate, node.nic.rate)) }
}

function externalLinks(lab: Lab): PhysicalLink[] {
  const numbers = switchNumbers(lab)
  const first = lab.fabric.switches.length + lab.nodes.length
  return lab.external.map((external: External, index) => ({
    ends: [first + index, numberOf(numbers, external.attach)],
    properties: external,
    endMtu: [external.mtu, external.mtu],
  }))
}
