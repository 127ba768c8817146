import { portsOf, type Topology } from '../topology/index'
import type { SpeakerNetwork } from './network'

/** State of a link as control planes see it. */
export interface LinkState {
  /** Both ends see a carrier. */
  readonly carrier: boolean
  /** Frames get through. */
  readonly frames: boolean
}

const NOT_REACHED = -1

/**
 * The lab's own fabric between speakers: messages take the shortest way through switches, with the links' delays; those of a
 * session between addresses of one link, whose TTL is 1, that link and no detour. Speakers are the topology's elements by a map;
 * interfaces of a speaker are its links, in order, and a link's number is its segment.
 */
export class FabricNetwork implements SpeakerNetwork {
  private readonly topology: Topology
  private readonly elementOf: readonly number[]
  private readonly links: LinkState[]
  private readonly separated = new Map<number, number>()
  private readonly delays = new Map<number, Float64Array>()

  /** `elementOf` gives the element of each speaker. */
  constructor(topology: Topology, elementOf: readonly number[]) {
    this.topology = topology
    this.elementOf = elementOf
    this.links = topology.links.map(() => ({ carrier: true, frames: true }))
  }

  delayNs(from: number, to: number, segment?: number): number | undefined {
    const [a, b] = [this.elementOf[from]!, this.elementOf[to]!]
    if ((this.separated.get(a) ?? 0) !== (this.separated.get(b) ?? 0)) return undefined
    const links = segment === undefined ? [] : this.linksOf(a, b, segment)
    if (links.length > 0) return links.map((link) => this.delayOf(link)).find((delay) => delay !== undefined)
    const delay = this.delaysFrom(a)[b]!
    return delay < 0 ? undefined : delay
  }

  hasCarrier(speaker: number, interfaceIndex: number): boolean {
    const element = this.elementOf[speaker]!
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    const port = ports[interfaceIndex]
    const bridged = port === undefined ? ports : this.bridgedWith(element, port, ports)
    return bridged.some((other) => this.links[other >> 1]!.carrier)
  }

  /** The ports that one interface of an element stands for: all to nodes where a switch bridges them, else one. */
  private bridgedWith(element: number, port: number, ports: readonly number[]): readonly number[] {
    const { adjacency, switches } = this.topology
    const leadsToHost = (other: number): boolean => adjacency.peer[other]! >= switches.length
    return switches[element]?.bridges === true && leadsToHost(port) ? ports.filter(leadsToHost) : [port]
  }

  /** Changes a link. */
  setLink(link: number, state: Partial<LinkState>): void {
    this.links[link] = { ...this.links[link]!, ...state }
    this.delays.clear()
  }

  /** Puts an element into a part of the network that does not reach the others; part 0 is the rest. */
  setPart(element: number, part: number): void {
    this.separated.set(element, part)
  }

  /**
   * The links that a direct session takes: of a switch's link with a subnet of its own that one alone, whatever others lead there,
   * else all between the two, as a bond does. None where a switch between them bridges.
   */
  private linksOf(a: number, b: number, segment: number): number[] {
    const { adjacency, switches } = this.topology
    if (a < switches.length && segment >= 0) return [segment]
    return Array.from(portsOf(adjacency, a)).filter((port) => adjacency.peer[port] === b).map((port) => port >> 1)
  }

  /** A link's delay, ns; undefined while it passes no frames. */
  private delayOf(link: number): number | undefined {
    const { carrier, frames } = this.links[link]!
    return carrier && frames ? this.topology.links[link]!.properties.delay : undefined
  }

  /** Delay to every element over links that work, ns; −1 where none leads there. Hosts do not forward. */
  private delaysFrom(start: number): Float64Array {
    const known = this.delays.get(start)
    if (known !== undefined) return known
    const { adjacency, switches, hosts, links } = this.topology
    const delays = new Float64Array(switches.length + hosts.length).fill(NOT_REACHED)
    delays[start] = 0
    const queue = [start]
    for (let head = 0; head < queue.length; head++) {
      const at = queue[head]!
      if (at !== start && at >= switches.length) continue
      for (const port of portsOf(adjacency, at)) {
        const peer = adjacency.peer[port]!
        const { carrier, frames } = this.links[port >> 1]!
        if (!carrier || !frames || delays[peer]! >= 0) continue
        delays[peer] = delays[at]! + links[port >> 1]!.properties.delay
        queue.push(peer)
      }
    }
    this.delays.set(start, delays)
    return delays
  }
}
