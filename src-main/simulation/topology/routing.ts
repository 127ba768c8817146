import { PrefixTrieBuilder, type PrefixRoute } from '#shared/lookup/index'
import type { ForwardingTable } from '#shared/plan/index'
import { formatIpv4Prefix, ipv4Prefix, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import type { Attachment, Place } from './attachment'
import { NextHopGroups } from './next-hop-groups'
import { interfacesOf } from './interfaces'
import { portsOf, portsOfInterface, type PodRoute, type Topology } from './topology'

/** A destination that routes are made for: a subnet, a host that hangs elsewhere than its subnet, or pods. */
interface Target {
  readonly prefix: Ipv4Prefix
  /** The prefix that the tries hold instead: see {@link widen}. */
  readonly route: Ipv4Prefix
  readonly place: Place
  /** Pods' addresses, which switches that speak BGP have from their neighbours. */
  readonly isOfPods?: true
}

/** What a switch has learnt of pods by BGP: prefixes, as text, with the ports of their next hops. */
export type LearnedRoutes = ReadonlyMap<string, { readonly prefix: Ipv4Prefix; readonly ports: readonly number[] }>

/**
 * Compiles shortest-path routing by hop count, with all equal paths, into the tries of all elements. A subnet is one
 * route towards the switches that most of its hosts hang on; hosts of it that hang elsewhere have routes of their own.
 * Pods are known to the switches of their host, and everywhere where they are announced; to a switch among `learned`, by its
 * element, as it has learnt of them.
 */
export function compileRouting(
  topology: Topology,
  attachment: Attachment,
  podRoutes: readonly PodRoute[] = [],
  learned: ReadonlyMap<number, LearnedRoutes> = new Map(),
): ForwardingTable {
  const compiler = new RoutingCompiler(topology, attachment, podRoutes, learned)
  const tries = new PrefixTrieBuilder()
  const root = Int32Array.from([
    ...topology.switches.map((_, element) => tries.add(compiler.switchRoutes(element))),
    ...topology.hosts.map((_, host) => tries.add(compiler.hostRoutes(host))),
  ])
  return { tries: tries.finish(), root, ...compiler.groups.finish() }
}

class RoutingCompiler {
  readonly groups = new NextHopGroups()
  private readonly topology: Topology
  private readonly attachment: Attachment
  private readonly targets: readonly Target[]
  private readonly subnetRoutes: ReadonlyMap<string, Ipv4Prefix>
  /** Routes of multi-homed hosts by their place and target; ports differ from host to host, the choice does not. */
  private readonly nearest = new Map<Place, readonly (readonly number[])[]>()

  private readonly podsOf = new Map<number, PodRoute[]>()

  private readonly learned: ReadonlyMap<number, LearnedRoutes>

  constructor(topology: Topology, attachment: Attachment, podRoutes: readonly PodRoute[], learned: ReadonlyMap<number, LearnedRoutes>) {
    this.topology = topology
    this.learned = learned
    this.attachment = attachment
    this.targets = [...findTargets(topology, attachment), ...announcedPods(podRoutes, attachment)]
    for (const route of podRoutes) this.podsOf.set(route.host, [...(this.podsOf.get(route.host) ?? []), route])
    this.subnetRoutes = new Map(this.targets.map(({ prefix, route }) => [formatIpv4Prefix(prefix), route]))
  }

  /** Routes of a switch: its own hosts one by one, everything else towards its place. */
  switchRoutes(element: number): PrefixRoute[] {
    const routes: PrefixRoute[] = []
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    const learned = this.learned.get(element)
    for (const { route, place, isOfPods } of this.targets) {
      const distance = place.distance[element]!
      if (distance <= 0 || (isOfPods && learned !== undefined)) continue
      const onward = ports.filter((port) => place.distance[this.peerOf(port)] === distance - 1)
      routes.push(this.entry(route, onward, false))
    }
    for (const [host, hostPorts] of this.portsByHost(ports)) {
      for (const [number, { subnet }] of interfacesOf(this.topology.hosts[host]!).entries()) {
        const own = hostPorts.filter((port) => this.interfaceAt(port) === number)
        const bridged = this.topology.switches[element]!.bridges && subnet.length < 32
        if (own.length === 0) continue
        const [address, ...pods] = this.prefixesBehind(host, number)
        routes.push(this.entry(address!, own, bridged))
        for (const prefix of pods) {
          if (learned === undefined) routes.push(this.entry(prefix, own, bridged))
          else if (!learned.has(formatIpv4Prefix(prefix)) && bridged) routes.push(this.entry(prefix, own, true, true))
        }
      }
    }
    for (const route of learned?.values() ?? []) routes.push(this.learnedEntry(element, route))
    return routes
  }

  /** What a switch has learnt of pods; those behind its own hosts are in a subnet that it bridges. */
  private learnedEntry(element: number, { prefix, ports }: { readonly prefix: Ipv4Prefix; readonly ports: readonly number[] }): PrefixRoute {
    const isOwn = ports.every((port) => {
      const host = this.topology.hosts[this.peerOf(port) - this.topology.switches.length]
      return host !== undefined && this.topology.switches[element]!.bridges && interfacesOf(host)[this.interfaceAt(port)]!.subnet.length < 32
    })
    return this.entry(prefix, ports, isOwn)
  }

  /** The address of a host's interface, and the pods that are reached by it. */
  private prefixesBehind(host: number, number: number): Ipv4Prefix[] {
    const { address } = interfacesOf(this.topology.hosts[host]!)[number]!
    const pods = (this.podsOf.get(host) ?? []).filter(({ interfaceNumber = 0 }) => interfaceNumber === number)
    return [ipv4Prefix(address, 32), ...pods.map(({ prefix }) => prefix)]
  }

  private interfaceAt(port: number): number {
    return this.topology.links[port >> 1]!.interfaceNumber ?? 0
  }

  /** Routes of a host: a default, its subnet, its direct neighbours, and where not every uplink is on a shortest path. */
  hostRoutes(host: number): PrefixRoute[] {
    const element = this.topology.switches.length + host
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    const uplinks = ports.filter((port) => this.peerOf(port) < this.topology.switches.length && this.interfaceAt(port) === 0)
    const { subnet } = this.topology.hosts[host]!
    const routes: PrefixRoute[] = []
    if (uplinks.length > 0) {
      routes.push({ address: 0, length: 0, value: this.groups.numberOf(uplinks) << 1 })
      const ownRoute = this.subnetRoutes.get(formatIpv4Prefix(subnet))!
      if (subnet.length < 32) routes.push(this.entry(ownRoute, uplinks, true))
    }
    const place = this.attachment.places[this.attachment.placeOf[host]!]!
    if (place.switches.length > 1) routes.push(...this.detours(place, uplinks, subnet))
    routes.push(...this.furtherSubnets(host))
    for (const [peer, hostPorts] of this.portsByHost(ports)) {
      for (const prefix of this.prefixesBehind(peer, 0)) routes.push(this.entry(prefix, hostPorts, true))
    }
    return routes
  }

  /** Routes out of a host's further interfaces: to their subnets, and to pods behind an address in one of them. */
  private furtherSubnets(host: number): PrefixRoute[] {
    const { others = [] } = this.topology.hosts[host]!
    return others.flatMap(({ subnet }, index) => {
      const ports = portsOfInterface(this.topology, host, index + 1)
      if (ports.length === 0) return []
      const near = Array.from(this.podsOf.values()).flatMap((routes) =>
        routes.filter((route) => {
          const gateway = interfacesOf(this.topology.hosts[route.host]!)[route.interfaceNumber ?? 0]!
          return route.host !== host && covers(subnet, { network: gateway.address, length: 32 })
        }),
      )
      return [subnet, ...near.map(({ prefix }) => prefix)].map((prefix) => this.entry(prefix, ports, true))
    })
  }

  /** Routes to the targets that only some uplinks of a multi-homed host are nearest to. */
  private detours(place: Place, uplinks: readonly number[], subnet: Ipv4Prefix): PrefixRoute[] {
    const choices = this.nearestSwitches(place)
    return this.targets.flatMap(({ prefix, route }, index) => {
      const nearest = choices[index]!
      if (nearest.length === 0) return []
      // A host's own route is needed even where it takes all uplinks: its subnet's route may not.
      if (nearest.length === place.switches.length && prefix.length < 32) return []
      const ports = uplinks.filter((port) => nearest.includes(this.peerOf(port)))
      return [this.entry(route, ports, subnet.length < 32 && covers(subnet, prefix))]
    })
  }

  /** Per target, the switches of a place that are nearest to it; none where none reaches it. */
  private nearestSwitches(place: Place): readonly (readonly number[])[] {
    let choices = this.nearest.get(place)
    if (choices === undefined) {
      choices = this.targets.map((target) => {
        const reaching = place.switches.filter((element) => target.place.distance[element]! >= 0)
        const least = Math.min(...reaching.map((element) => target.place.distance[element]!))
        return reaching.filter((element) => target.place.distance[element] === least)
      })
      this.nearest.set(place, choices)
    }
    return choices
  }

  private peerOf(port: number): number {
    return this.topology.adjacency.peer[port]!
  }

  /** The ports that lead straight to a host, by host. */
  private portsByHost(ports: readonly number[]): Map<number, number[]> {
    const byHost = new Map<number, number[]>()
    for (const port of ports) {
      const host = this.peerOf(port) - this.topology.switches.length
      if (host >= 0) byHost.set(host, [...(byHost.get(host) ?? []), port])
    }
    return byHost
  }

  private entry({ network, length }: { network: number; length: number }, ports: readonly number[], bridged: boolean, onlyBridged = false) {
    return { address: network, length, value: (this.groups.numberOf(ports, onlyBridged) << 1) | (bridged ? 1 : 0) }
  }
}

function covers(subnet: Ipv4Prefix, prefix: Ipv4Prefix): boolean {
  return (
    prefix.length >= subnet.length &&
    prefix.network >>> (32 - subnet.length) === subnet.network >>> (32 - subnet.length)
  )
}

/** The subnets with their places, and the hosts that hang elsewhere. */
function findTargets(topology: Topology, attachment: Attachment): Target[] {
  const subnets = new Map<string, { prefix: Ipv4Prefix; members: { address: Ipv4Address; place: number }[] }>()
  topology.hosts.forEach((element, host) => {
    for (const [number, { address, subnet }] of interfacesOf(element).entries()) {
      const key = formatIpv4Prefix(subnet)
      const entry = subnets.get(key) ?? { prefix: subnet, members: [] }
      entry.members.push({ address, place: placeAt(attachment, host, number) })
      subnets.set(key, entry)
    }
  })
  const routes = widen(Array.from(subnets.values(), ({ prefix }) => prefix))
  return Array.from(subnets.values()).flatMap(({ prefix, members }, index) => {
    const usual = mostFrequent(members.map(({ place }) => place))
    const elsewhere = members.filter(({ place }) => place !== usual)
    return [
      { prefix, route: routes[index]!, place: attachment.places[usual]! },
      ...elsewhere.map(({ address, place }) => {
        const own = ipv4Prefix(address, 32)
        return { prefix: own, route: own, place: attachment.places[place]! }
      }),
    ]
  })
}

/** The place of one of a host's interfaces. */
function placeAt({ placeOf, placesOfOthers }: Attachment, host: number, number: number): number {
  return number === 0 ? placeOf[host]! : placesOfOthers[host]![number - 1]!
}

function announcedPods(podRoutes: readonly PodRoute[], attachment: Attachment): Target[] {
  return podRoutes
    .filter(({ announced }) => announced)
    .map(({ prefix, host, interfaceNumber = 0 }) => ({ prefix, route: prefix, place: attachment.places[placeAt(attachment, host, interfaceNumber)]!, isOfPods: true }))
}

/** Lengths at which a trie begins a new level, shortest first. */
const LEVEL_LENGTHS = [8, 16, 24] as const

/**
 * For each of several subnets apart, the shortest prefix of whole bytes around it that holds no other: packets go to
 * hosts only, so the rest of it is never asked for. It saves levels of the tries, which with thousands of hosts are
 * megabytes.
 */
function widen(subnets: readonly Ipv4Prefix[]): Ipv4Prefix[] {
  const levels = LEVEL_LENGTHS.map((length) => {
    const counts = new Map<number, number>()
    for (const subnet of subnets) {
      const { network } = ipv4Prefix(subnet.network, Math.min(length, subnet.length))
      counts.set(network, (counts.get(network) ?? 0) + 1)
    }
    return { length, counts }
  })
  return subnets.map((subnet) => {
    const around = levels.flatMap(({ length, counts }) => {
      const wider = ipv4Prefix(subnet.network, length)
      return length < subnet.length && counts.get(wider.network) === 1 ? [wider] : []
    })
    return around[0] ?? subnet
  })
}

/** The value that occurs most often; of several, the first. Requires: at least one value. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]
}
