/** What lies between speakers: who reaches whom, and which interfaces have a carrier. Speakers by number. */
export interface SpeakerNetwork {
  /** One-way delay between two speakers, ns; undefined while packets between them are lost. */
  delayNs(from: number, to: number): number | undefined
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

/**
 * Speakers on broadcast segments. Routers carry packets from segment to segment; nodes do not. Each interface may lose
 * its carrier, or pass no frames while the carrier stays.
 */
export class SegmentNetwork implements SpeakerNetwork {
  private readonly ports: readonly (readonly Port[])[]
  private readonly isRouter: readonly boolean[]
  private readonly bySegment = new Map<number, { speaker: number; port: Port }[]>()
  private hops = new Map<number, Int32Array>()

  constructor(speakers: readonly { readonly segments: readonly number[]; readonly isRouter: boolean }[]) {
    this.isRouter = speakers.map(({ isRouter }) => isRouter)
    this.ports = speakers.map(({ segments }, speaker) =>
      segments.map((segment) => {
        const port: Port = { segment, carrier: true, frames: true }
        this.bySegment.set(segment, [...(this.bySegment.get(segment) ?? []), { speaker, port }])
        return port
      }),
    )
  }

  delayNs(from: number, to: number): number | undefined {
    const hops = this.hopsFrom(from)[to]!
    return hops < 0 ? undefined : hops * HOP_NS
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

  private hopsFrom(from: number): Int32Array {
    const known = this.hops.get(from)
    if (known !== undefined) return known
    const hops = new Int32Array(this.ports.length).fill(-1)
    hops[from] = 0
    const queue = [from]
    for (let head = 0; head < queue.length; head++) {
      const at = queue[head]!
      if (at !== from && !this.isRouter[at]) continue
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
      if (!port.carrier || !port.frames) continue
      for (const other of this.bySegment.get(port.segment) ?? []) {
        if (other.port.carrier && other.port.frames) yield other.speaker
      }
    }
  }
}
