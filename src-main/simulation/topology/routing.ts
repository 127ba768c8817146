import { PrefixTrieBuilder, type PrefixRoute } from '#shared/lookup/index'
import type { ForwardingTable } from '#shared/plan/index'
import { formatIpv4Prefix, ipv4Prefix, type Ipv4Prefix } from '#shared/units/index'

import type { Attachment, Place } from './attachment'
import { NextHopGroups } from './next-hop-groups'
import { portsOf, type PodRoute, type Topology } from './topology'

/** A destination that routes are made for: a subnet, a host that hangs elsewhere than its subnet, or pods. */
interface Target {
  readonly prefix: Ipv4Prefix
  /** The prefix that the tries hold instead: see {@link widen}. */
  readonly route: Ipv4Prefix
  readonly place: Place
}

/**
 * Compiles shortest-path routing by hop count, with all equal paths, into the tries of all elements. A subnet is one
 * route towards the switches that most of its hosts hang on; hosts of it that hang elsewhere have routes of their own.
 * Pods are known to the switches of their host, and everywhere where they are announced.
 */
export function compileRouting(
  topology: Topology,
  attachment: Attachment,
  podRoutes: readonly PodRoute[] = [],
): ForwardingTable {
  const compiler = new RoutingCompiler(topology, attachment, podRoutes)
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

  private readonly podsOf = new Map<number, Ipv4Prefix[]>()

  constructor(topology: Topology, attachment: Attachment, podRoutes: readonly PodRoute[]) {
    this.topology = topology
    this.attachment = attachment
    this.targets = [...findTargets(topology, attachment), ...announcedPods(podRoutes, attachment)]
    for (const { prefix, host } of podRoutes) this.podsOf.set(host, [...(this.podsOf.get(host) ?? []), prefix])
    this.subnetRoutes = new Map(this.targets.map(({ prefix, route }) => [formatIpv4Prefix(prefix), route]))
  }

  /** Routes of a switch: its own hosts one by one, everything else towards its place. */
  switchRoutes(element: number): PrefixRoute[] {
    const routes: PrefixRoute[] = []
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    for (const { route, place } of this.targets) {
      const distance = place.distance[element]!
      if (distance <= 0) continue
      const onward = ports.filter((port) => place.distance[this.peerOf(port)] === distance - 1)
      routes.push(this.entry(route, onward, false))
    }
    for (const [host, hostPorts] of this.portsByHost(ports)) {
      const { address, subnet } = this.topology.hosts[host]!
      const bridged = this.topology.switches[element]!.bridges && subnet.length < 32
      const prefixes = [{ network: address, length: 32 }, ...(this.podsOf.get(host) ?? [])]
      for (const prefix of prefixes) routes.push(this.entry(prefix, hostPorts, bridged))
    }
    return routes
  }

  /** Routes of a host: a default, its subnet, its direct neighbours, and where not every uplink is on a shortest path. */
  hostRoutes(host: number): PrefixRoute[] {
    const element = this.topology.switches.length + host
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    const uplinks = ports.filter((port) => this.peerOf(port) < this.topology.switches.length)
    const { subnet } = this.topology.hosts[host]!
    const routes: PrefixRoute[] = []
    if (uplinks.length > 0) {
      routes.push({ address: 0, length: 0, value: this.groups.numberOf(uplinks) << 1 })
      const ownRoute = this.subnetRoutes.get(formatIpv4Prefix(subnet))!
      if (subnet.length < 32) routes.push(this.entry(ownRoute, uplinks, true))
    }
    const place = this.attachment.places[this.attachment.placeOf[host]!]!
    if (place.switches.length > 1) routes.push(...this.detours(place, uplinks, subnet))
    for (const [peer, hostPorts] of this.portsByHost(ports)) {
      const prefixes = [{ network: this.topology.hosts[peer]!.address, length: 32 }, ...(this.podsOf.get(peer) ?? [])]
      for (const prefix of prefixes) routes.push(this.entry(prefix, hostPorts, true))
    }
    return routes
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

  private entry({ network, length }: { network: number; length: number }, ports: readonly number[], bridged: boolean) {
    return { address: network, length, value: (this.groups.numberOf(ports) << 1) | (bridged ? 1 : 0) }
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
  const subnets = new Map<string, { prefix: Ipv4Prefix; hosts: number[] }>()
  topology.hosts.forEach(({ subnet }, host) => {
    const key = formatIpv4Prefix(subnet)
    const entry = subnets.get(key) ?? { prefix: subnet, hosts: [] }
    entry.hosts.push(host)
    subnets.set(key, entry)
  })
  const routes = widen(Array.from(subnets.values(), ({ prefix }) => prefix))
  return Array.from(subnets.values()).flatMap(({ prefix, hosts }, index) => {
    const usual = mostFrequent(hosts.map((host) => attachment.placeOf[host]!))
    const elsewhere = hosts.filter((host) => attachment.placeOf[host] !== usual)
    return [
      { prefix, route: routes[index]!, place: attachment.places[usual]! },
      ...elsewhere.map((host) => {
        const own = ipv4Prefix(topology.hosts[host]!.address, 32)
        return { prefix: own, route: own, place: attachment.places[attachment.placeOf[host]!]! }
      }),
    ]
  })
}

function announcedPods(podRoutes: readonly PodRoute[], attachment: Attachment): Target[] {
  return podRoutes
    .filter(({ announced }) => announced)
    .map(({ prefix, host }) => ({ prefix, route: prefix, place: attachment.places[attachment.placeOf[host]!]! }))
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
