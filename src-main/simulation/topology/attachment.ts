import { switchDistances } from './distances'
import { portsOf, portsOfInterface, shareSubnet, type Topology } from './topology'

/** How hosts hang on the fabric. Hosts with the same set of switches share a place. */
export interface Attachment {
  /** Per host: index into `places`; hosts without a switch share a place without one. */
  readonly placeOf: Int32Array
  /** The same for further interfaces, by host. */
  readonly placesOfOthers: readonly (readonly number[])[]
  readonly places: readonly Place[]
}

/** A set of switches that hosts are linked to, and how far every switch is from the nearest of them. */
export interface Place {
  /** Numbers of its switches, ascending, each once. */
  readonly switches: readonly number[]
  readonly distance: Int32Array
}

/** Finds the places of all hosts. */
export function findAttachment(topology: Topology): Attachment {
  const places: Place[] = []
  const known = new Map<string, number>()
  const placeOfInterface = (host: number, number: number): number => {
    const switches = attachedSwitches(topology, host, number)
    const key = switches.join(',')
    const place = known.get(key) ?? places.length
    if (place === places.length) {
      known.set(key, place)
      places.push({ switches, distance: switchDistances(topology, switches) })
    }
    return place
  }
  const placeOf = Int32Array.from(topology.hosts, (_, host) => placeOfInterface(host, 0))
  const placesOfOthers = topology.hosts.map(({ others = [] }, host) => others.map((_, index) => placeOfInterface(host, index + 1)))
  return { placeOf, placesOfOthers, places }
}

function attachedSwitches(topology: Topology, host: number, number: number): number[] {
  const peers = portsOfInterface(topology, host, number).map((port) => topology.adjacency.peer[port]!)
  return [...new Set(peers.filter((peer) => peer < topology.switches.length))].toSorted((a, b) => a - b)
}

/** Routers on the shortest ways between two hosts: none within a subnet, whose switch bridges. Requires: a path exists. */
export function routersBetween(topology: Topology, attachment: Attachment, from: number, to: number): number {
  const { hosts } = topology
  if (from === to || shareSubnet(hosts[from]!, hosts[to]!)) return 0
  const { distance } = attachment.places[attachment.placeOf[to]!]!
  const hops = attachment.places[attachment.placeOf[from]!]!.switches.map((element) => distance[element]!).filter((hop) => hop >= 0)
  return hops.length === 0 ? 0 : Math.min(...hops) + 1
}

/** Whether packets of one host can get to another: over a link of their own, or through switches. */
export function pathExists(topology: Topology, attachment: Attachment, from: number, to: number): boolean {
  const target = topology.switches.length + to
  const ports = portsOf(topology.adjacency, topology.switches.length + from)
  if (from === to || ports.some((port) => topology.adjacency.peer[port] === target)) return true
  const { distance } = attachment.places[attachment.placeOf[to]!]!
  return attachment.places[attachment.placeOf[from]!]!.switches.some((element) => distance[element]! >= 0)
}
