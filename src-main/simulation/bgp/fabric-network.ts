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
 * The lab's own fabric between speakers: messages take the shortest way through switches, with the links' delays. Speakers
 * are the topology's elements by a map; interfaces of a speaker are its links, in order.
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

  delayNs(from: number, to: number): number | undefined {
    const [a, b] = [this.elementOf[from]!, this.elementOf[to]!]
    if ((this.separated.get(a) ?? 0) !== (this.separated.get(b) ?? 0)) return undefined
    const delay = this.delaysFrom(a)[b]!
    return delay < 0 ? undefined : delay
  }

  hasCarrier(speaker: number, interfaceIndex: number): boolean {
    const ports = portsOf(this.topology.adjacency, this.elementOf[speaker]!)
    const port = ports[interfaceIndex]
    return port === undefined ? ports.some((other) => this.links[other >> 1]!.carrier) : this.links[port >> 1]!.carrier
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
