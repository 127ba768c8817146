import type { Lab, Variant } from '#shared/lab/index'
import { formatIpv4Prefix, ipv4PrefixContains, ipv4PrefixCovers, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import type { ControlPlane } from '../agents/index'
import { prefixOfKey, type FibEntry, type PrefixKey } from '../bgp/index'
import { interfacesOf, portsOf, type LearnedRoutes, type Topology } from '../topology/index'

/** Changes of switches' routes within this time come to one: the forwarding of all switches is made anew for each. */
const STEP_NS = 1_000_000

/**
 * What the switches of a lab that speak BGP have learnt of pods, in the course of a run. Their routes to each other's subnets
 * are not among it: these follow the links that are left (`timeline.ts`).
 */
export class SwitchRoutes {
  /** When some of it changes, ns, in order. */
  readonly times: readonly number[]
  private readonly plane: ControlPlane
  private readonly topology: Topology
  private readonly pool: Ipv4Prefix
  /** Speakers that are switches. */
  private readonly speakers: readonly number[]

  constructor(lab: Lab, variant: Variant, topology: Topology, plane: ControlPlane) {
    this.plane = plane
    this.topology = topology
    this.pool = variant.cni === 'calico' ? (variant.settings.ipPool.cidr ?? lab.cluster.podCIDR) : lab.cluster.podCIDR
    this.speakers = plane.bgp === undefined ? [] : plane.bgp.speakers.flatMap((_, speaker) => (speaker < lab.nodes.length ? [] : [speaker]))
    const changes = this.speakers.length === 0 ? [] : plane.changesAfter(0)
    const steps = changes.filter(({ speaker, key }) => this.speakers.includes(speaker) && this.isOfPods(key)).map(({ atNs }) => Math.ceil(atNs / STEP_NS) * STEP_NS)
    this.times = [...new Set(steps)]
  }

  /** By element, what each switch that speaks BGP has at a time; `topology` has the links that are there. */
  at(atNs: number, topology: Topology = this.topology): Map<number, LearnedRoutes> {
    return new Map(this.speakers.map((speaker) => {
      const element = this.plane.speakers!.elementOf[speaker]!
      const routes = [...this.plane.fibAt(speaker, atNs)].flatMap(([key, entry]) => {
        if (!this.isOfPods(key)) return []
        const [prefix, ports] = [prefixOfKey(key), this.portsTowards(speaker, element, entry, topology)]
        return ports.length === 0 ? [] : [[formatIpv4Prefix(prefix), { prefix, ports }] as const]
      })
      return [element, new Map(routes)]
    }))
  }

  private isOfPods(key: PrefixKey): boolean {
    return ipv4PrefixCovers(this.pool, prefixOfKey(key))
  }

  /** The ports by which a switch sends to the gateways of a route, in the order of its ports. */
  private portsTowards(speaker: number, element: number, entry: FibEntry, topology: Topology): number[] {
    if (entry.kind !== 'via') return []
    const isTowards = (port: number): boolean => entry.gateways.some((gateway) => this.isBehind(speaker, element, port, gateway))
    return Array.from(portsOf(topology.adjacency, element)).filter(isTowards)
  }

  /** Whether the neighbour at a port has an address: a host one of its interfaces', a switch that of its end of the link. */
  private isBehind(speaker: number, element: number, port: number, gateway: Ipv4Address): boolean {
    const host = this.topology.hosts[this.topology.adjacency.peer[port]! - this.topology.switches.length]
    if (host !== undefined) return interfacesOf(host)[this.topology.links[port >> 1]!.interfaceNumber ?? 0]!.address === gateway
    // A speaker's interfaces are its ports, in order, whatever carriers they have.
    const place = Array.from(portsOf(this.topology.adjacency, element)).indexOf(port)
    const { address, prefix } = this.plane.bgp!.speakers[speaker]!.config.interfaces[place]!
    return address !== gateway && ipv4PrefixContains(prefix, gateway)
  }
}
