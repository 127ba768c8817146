import { ipv4Address, ipv4Prefix, ipv4PrefixesOverlap, type Ipv4Interface, type Ipv4Prefix } from '#shared/units/index'

import type { DocumentPath } from '../document-path'
import type { Lab } from '../record/lab'
import type { Node } from '../record/node'

/** The subnet of a top-of-rack switch. */
export interface SwitchSubnet {
  readonly prefix: Ipv4Prefix
  /** The address that says so; without one the subnet is the next of the usual ones. */
  readonly givenBy?: GivenInterface
}

/** The top-of-rack switch that bridges a node: where its first uplink goes. */
export function bridgeOf(lab: Lab, node: Node): string | undefined {
  const name = node.uplinks[0]?.switch
  return lab.fabric.switches.find((candidate) => candidate.name === name && candidate.role === 'tor')?.name
}

/** An address that the lab gives an interface of a node, and where it says so. */
export interface GivenInterface {
  readonly node: number
  /** The switch that the interface's first link leads to. */
  readonly switch: string | undefined
  readonly address: Ipv4Interface
  readonly path: DocumentPath
}

/** The addresses that a lab gives interfaces of nodes: of their NICs, and of uplinks that are interfaces of their own. */
export function givenInterfaces(nodes: readonly Node[]): GivenInterface[] {
  return nodes.flatMap(({ address, uplinks }, node) => {
    const path = ['spec', 'nodes', node]
    const own = address === undefined ? [] : [{ node, switch: uplinks[0]?.switch, address, path: [...path, 'address'] }]
    const further = uplinks.flatMap((uplink, index) =>
      uplink.address === undefined ? [] : [{ node, switch: uplink.switch, address: uplink.address, path: [...path, 'uplinks', index, 'address'] }],
    )
    return [...own, ...further]
  })
}

/**
 * The subnet of each top-of-rack switch, by name: what the first address with a mask on it says, else the next that no
 * address says of 10.1.0.0/24, 10.2.0.0/24, … 10.255.0.0/24, 10.1.1.0/24, …, in the order of the switches.
 */
export function switchSubnets(lab: Lab): Map<string, SwitchSubnet> {
  const bridges = lab.fabric.switches.filter(({ role }) => role === 'tor')
  const given = new Map<string, SwitchSubnet>()
  for (const each of givenInterfaces(lab.nodes)) {
    const bridge = bridges.find(({ name }) => name === each.switch)?.name
    const { address, prefixLength } = each.address
    if (bridge === undefined || prefixLength === undefined || given.has(bridge)) continue
    given.set(bridge, { prefix: ipv4Prefix(address, prefixLength), givenBy: each })
  }
  const usual = usualSubnets([...given.values()].map(({ prefix }) => prefix))
  return new Map(bridges.map(({ name }) => [name, given.get(name) ?? { prefix: usual.next().value }]))
}

/** How many usual subnets there are: 10.1.0.0/24 to 10.255.255.0/24. */
const USUAL_SUBNETS = 255 * 256

/** The usual subnets apart from those given; when there are no more, any, which overlap then and are reported. */
function* usualSubnets(given: readonly Ipv4Prefix[]): Generator<Ipv4Prefix, never> {
  for (let number = 0; ; number += 1) {
    const second = 1 + (number % 255)
    const third = Math.floor(number / 255) % 256
    const subnet = ipv4Prefix(ipv4Address(0x0a00_0000 + second * 0x1_0000 + third * 0x100), 24)
    if (number >= USUAL_SUBNETS || !given.some((other) => ipv4PrefixesOverlap(other, subnet))) yield subnet
  }
}
