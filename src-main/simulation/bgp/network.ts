/** What lies between speakers: who reaches whom, and which interfaces have a carrier. Speakers by number. */
export interface SpeakerNetwork {
  /**
   * One-way delay between two speakers, ns; undefined while packets between them are lost. With a segment, over that alone:
   * packets of sessions that are bound to an interface have TTL 1.
   */
  delayNs(from: number, to: number, segment?: number): number | undefined
  /** Whether an interface of a speaker has its carrier. */
  hasCarrier(speaker: number, interfaceIndex: number): boolean
}

/** Delay of one hop over a segment: what two daemons on one machine see, ns. */
const HOP_NS = 50_000

/** An interface's state. */
interface Port {
  readonly segment: number
  carrier: boolean
  frames: boolean
}

/** A speaker's place in a network of segments. */
interface SegmentMember {
  readonly segments: readonly number[]
  readonly isRouter: boolean
  /** Has a way off its segments: a default route, or those of a router. */
  readonly leavesSegments: boolean
}

/**
 * Speakers on broadcast segments. Routers carry packets from segment to segment; nodes do not. Each interface may lose
 * its carrier, or pass no frames while the carrier stays.
 */
export class SegmentNetwork implements SpeakerNetwork {
  private readonly ports: readonly (readonly Port[])[]
  private readonly members: readonly SegmentMember[]
  private readonly bySegment = new Map<number, { speaker: number; port: Port }[]>()
  private hops = new Map<number, Int32Array>()

  constructor(members: readonly SegmentMember[]) {
    this.members = members
    this.ports = members.map(({ segments }, speaker) =>
      segments.map((segment) => {
        const port: Port = { segment, carrier: true, frames: true }
        this.bySegment.set(segment, [...(this.bySegment.get(segment) ?? []), { speaker, port }])
        return port
      }),
    )
  }

  delayNs(from: number, to: number, segment?: number): number | undefined {
    if (segment !== undefined) return this.passesOn(segment, from) && this.passesOn(segment, to) ? HOP_NS : undefined
    const hops = this.hopsFrom(from)[to]!
    const isFar = hops > 1 && !(this.members[from]!.leavesSegments && this.members[to]!.leavesSegments)
    return hops < 0 || isFar ? undefined : hops * HOP_NS
  }

  hasCarrier(speaker: number, interfaceIndex: number): boolean {
    return this.ports[speaker]![interfaceIndex]!.carrier
  }

  /** Changes all interfaces of a speaker, or those on one segment. */
  setPorts(speaker: number, state: { readonly carrier?: boolean; readonly frames?: boolean }, segment?: number): void {
    for (const port of this.ports[speaker]!) {
      if (segment !== undefined && port.segment !== segment) continue
      port.carrier = state.carrier ?? port.carrier
      port.frames = state.frames ?? port.frames
    }
    this.hops = new Map()
  }

  /** A segment that two speakers share. */
  sharedSegment(a: number, b: number): number | undefined {
    return this.ports[a]!.find(({ segment }) => this.ports[b]!.some((other) => other.segment === segment))?.segment
  }

  /** How many speakers are on a segment. */
  membersOf(segment: number): number {
    return this.bySegment.get(segment)?.length ?? 0
  }

  /** Whether a speaker's interface on a segment passes frames. */
  private passesOn(segment: number, speaker: number): boolean {
    return this.ports[speaker]!.some((port) => port.segment === segment && passes(port))
  }

  private hopsFrom(from: number): Int32Array {
    const known = this.hops.get(from)
    if (known !== undefined) return known
    const hops = new Int32Array(this.ports.length).fill(-1)
    hops[from] = 0
    const queue = [from]
    for (let head = 0; head < queue.length; head++) {
      const at = queue[head]!
      if (at !== from && !this.members[at]!.isRouter) continue
      for (const next of this.neighbours(at)) {
        if (hops[next]! >= 0) continue
        hops[next] = hops[at]! + 1
        queue.push(next)
      }
    }
    this.hops.set(from, hops)
    return hops
  }

  private *neighbours(speaker: number): Generator<number> {
    for (const port of this.ports[speaker]!) {
      if (!passes(port)) continue
      for (const other of this.bySegment.get(port.segment) ?? []) {
        if (passes(other.port)) yield other.speaker
      }
    }
  }
}

function passes({ carrier, frames }: Port): boolean {
  return carrier && frames
}
