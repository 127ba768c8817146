import type { LinkProperties } from '#shared/lab/index'
import type { Ipv4Address, Ipv4Prefix } from '#shared/units/index'

/**
 * The physical network with dense numbers: switches 0 … S − 1, then hosts S … S + H − 1 (nodes in the lab's order, then
 * external hosts). Link `l` has ports 2l (its first end sends) and 2l + 1.
 */
export interface Topology {
  readonly switches: readonly SwitchElement[]
  readonly hosts: readonly HostElement[]
  readonly links: readonly PhysicalLink[]
  readonly adjacency: Adjacency
}

/** A switch. */
interface SwitchElement {
  readonly name: string
  /** Whether it bridges its nodes in one subnet (a top-of-rack switch) or only routes. */
  readonly bridges: boolean
}

/** A node or an external host. */
export interface HostElement {
  readonly name: string
  readonly kind: 'node' | 'external'
  readonly address: Ipv4Address
  /** The subnet its interface is in; of length 32 where it has no neighbours on its link. */
  readonly subnet: Ipv4Prefix
  /** Further interfaces, of uplinks with an address of their own; absent where all uplinks share the address. */
  readonly others?: readonly HostInterface[]
}

/** An interface of a host. */
export interface HostInterface {
  /** What the host calls it. */
  readonly device: string
  readonly address: Ipv4Address
  readonly subnet: Ipv4Prefix
}

/** A link between two elements; the lab's links first, then uplinks in the order of nodes, then external hosts'. */
export interface PhysicalLink {
  readonly ends: readonly [number, number]
  /** Of both directions, except that the port of a node sends no larger packet than its NIC. */
  readonly properties: LinkProperties
  /** Largest IP packet that each end sends. */
  readonly endMtu: readonly [number, number]
  /** Which of its first end's interfaces it is of, where that is not the first (0). */
  readonly interfaceNumber?: number
  /** Carries nothing while the bond that it belongs to has another: no element knows of its ports. */
  readonly standby?: true
}

/** The ports of each element that it may use: `ports[first[e] … first[e + 1] − 1]`, and who is at any port's far end. */
export interface Adjacency {
  readonly first: Int32Array
  readonly ports: Int32Array
  /** By port number: sender and receiver. */
  readonly owner: Int32Array
  readonly peer: Int32Array
}

/** Addresses of pods that appear on the wire as they are. */
export interface PodRoute {
  readonly prefix: Ipv4Prefix
  /** The host that they are on. */
  readonly host: number
  /** Whether all switches know the way (routes by BGP), or only whom the host shares a subnet or a link with. */
  readonly announced: boolean
  /** Which of the host's interfaces they are behind, where that is not the first (0). */
  readonly interfaceNumber?: number
}

/** The ports of one of a host's interfaces; links to other hosts are of the first. */
export function portsOfInterface({ switches, adjacency, links }: Topology, host: number, number: number): number[] {
  const ports = Array.from(portsOf(adjacency, switches.length + host))
  return ports.filter((port) => (links[port >> 1]!.interfaceNumber ?? 0) === number)
}

/** The first link that joins two elements by their names. Requires: there is one. */
export function linkBetween({ switches, hosts, links }: Topology, [one, other]: readonly [string, string]): number {
  const names = [...switches, ...hosts].map(({ name }) => name)
  return links.findIndex(({ ends: [a, b] }) => {
    const ends = [names[a], names[b]]
    return ends.includes(one) && ends.includes(other)
  })
}

/** Whether two hosts are in one subnet, so that frames get from one to the other. */
export function shareSubnet(a: Pick<HostElement, 'subnet'>, b: Pick<HostElement, 'subnet'>): boolean {
  return a.subnet.length < 32 && a.subnet.length === b.subnet.length && a.subnet.network === b.subnet.network
}

/** Finds the ports of every element. */
export function buildAdjacency(elements: number, links: readonly PhysicalLink[]): Adjacency {
  const owner = new Int32Array(links.length * 2)
  const peer = new Int32Array(links.length * 2)
  const first = new Int32Array(elements + 1)
  links.forEach(({ ends: [a, b], standby }, link) => {
    owner[2 * link] = peer[2 * link + 1] = a
    owner[2 * link + 1] = peer[2 * link] = b
    if (standby) return
    first[a + 1]!++
    first[b + 1]!++
  })
  for (let element = 0; element < elements; element++) first[element + 1]! += first[element]!
  const ports = new Int32Array(first[elements]!)
  const next = first.slice()
  owner.forEach((element, port) => {
    if (!links[port >> 1]!.standby) ports[next[element]!++] = port
  })
  return { first, ports, owner, peer }
}

/** The ports of an element. */
export function portsOf(adjacency: Adjacency, element: number): Int32Array {
  return adjacency.ports.subarray(adjacency.first[element], adjacency.first[element + 1])
}
