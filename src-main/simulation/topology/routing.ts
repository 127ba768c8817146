import { PrefixTrieBuilder, type PrefixRoute } from '#shared/lookup/index'
import type { ForwardingTable } from '#shared/plan/index'
import { formatIpv4Prefix, type Ipv4Prefix } from '#shared/units/index'

import type { Attachment, Place } from './attachment'
import { NextHopGroups } from './next-hop-groups'
import { portsOf, type Topology } from './topology'

/** A destination that routes are made for: a subnet, or a host that hangs elsewhere than its subnet. */
interface Target {
  readonly prefix: Ipv4Prefix
  readonly place: Place
}

/**
 * Compiles shortest-path routing by hop count, with all equal paths, into the tries of all elements. A subnet is one
 * route towards the switches that most of its hosts hang on; hosts of it that hang elsewhere have routes of their own.
 */
export function compileRouting(topology: Topology, attachment: Attachment): ForwardingTable {
  const compiler = new RoutingCompiler(topology, attachment)
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
  /** Routes of multi-homed hosts by their place and target; ports differ from host to host, the choice does not. */
  private readonly nearest = new Map<Place, readonly (readonly number[])[]>()

  constructor(topology: Topology, attachment: Attachment) {
    this.topology = topology
    this.attachment = attachment
    this.targets = findTargets(topology, attachment)
  }

  /** Routes of a switch: its own hosts one by one, everything else towards its place. */
  switchRoutes(element: number): PrefixRoute[] {
    const routes: PrefixRoute[] = []
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    for (const { prefix, place } of this.targets) {
      const distance = place.distance[element]!
      if (distance <= 0) continue
      const onward = ports.filter((port) => place.distance[this.peerOf(port)] === distance - 1)
      routes.push(this.route(prefix, onward, false))
    }
    for (const [host, hostPorts] of this.portsByHost(ports)) {
      const { address, subnet } = this.topology.hosts[host]!
      const bridged = this.topology.switches[element]!.bridges && subnet.length < 32
      routes.push(this.route({ network: address, length: 32 }, hostPorts, bridged))
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
      if (subnet.length < 32) routes.push(this.route(subnet, uplinks, true))
    }
    const place = this.attachment.places[this.attachment.placeOf[host]!]!
    if (place.switches.length > 1) routes.push(...this.detours(place, uplinks, subnet))
    for (const [peer, hostPorts] of this.portsByHost(ports)) {
      routes.push(this.route({ network: this.topology.hosts[peer]!.address, length: 32 }, hostPorts, true))
    }
    return routes
  }

  /** Routes to the targets that only some uplinks of a multi-homed host are nearest to. */
  private detours(place: Place, uplinks: readonly number[], subnet: Ipv4Prefix): PrefixRoute[] {
    const choices = this.nearestSwitches(place)
    return this.targets.flatMap(({ prefix }, index) => {
      const nearest = choices[index]!
      if (nearest.length === 0 || nearest.length === place.switches.length) return []
      const ports = uplinks.filter((port) => nearest.includes(this.peerOf(port)))
      return [this.route(prefix, ports, subnet.length < 32 && covers(subnet, prefix))]
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

  private route({ network, length }: { network: number; length: number }, ports: readonly number[], bridged: boolean) {
    return { address: network, length, value: (this.groups.numberOf(ports) << 1) | (bridged ? 1 : 0) }
  }
}

function covers(subnet: Ipv4Prefix, prefix: Ipv4Prefix): boolean {
  return prefix.length >= subnet.length && prefix.network >>> (32 - subnet.length) === subnet.network >>> (32 - subnet.length)
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
  return Array.from(subnets.values()).flatMap(({ prefix, hosts }) => {
    const usual = mostFrequent(hosts.map((host) => attachment.placeOf[host]!))
    const elsewhere = hosts.filter((host) => attachment.placeOf[host] !== usual)
    return [
      { prefix, place: attachment.places[usual]! },
      ...elsewhere.map((host) => ({
        prefix: { network: topology.hosts[host]!.address, length: 32 },
        place: attachment.places[attachment.placeOf[host]!]!,
      })),
    ]
  })
}

/** The value that occurs most often; of several, the first. Requires: at least one value. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]
}
