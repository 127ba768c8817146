import { assemblePacket, LOCAL_PORTS, macOfAddress, TCP_FLAG, type CapturedPacket } from '#shared/wire/index'
import { BGP_PORT } from '#shared/wire/bgp/index'

import type { LoggedConnection, Side, WireEvent } from './wire-log'

/** Payload of a segment on Ethernet without options. */
const SEGMENT_BYTES = 1460
/** The option that a SYN bears: maximum segment size (RFC 9293). */
const SYN_OPTIONS = Uint8Array.of(2, 4, SEGMENT_BYTES >> 8, SEGMENT_BYTES & 0xff)
const WINDOW = 65_535
/** CS6, which BIRD sets (TOS 0xc0). */
const TRAFFIC_CLASS = 0xc0
const TTL = 64
/** How many ports clients take theirs from. */
const PORTS = LOCAL_PORTS.last - LOCAL_PORTS.first + 1
const EMPTY = new Uint8Array()
/** Locally administered. */
const MAC_PREFIX = 0x02_00

/** A frame of a session. */
export interface SessionFrame extends CapturedPacket {
  /** It does not arrive. */
  readonly isLost: boolean
}

/**
 * The frames of BGP sessions as Ethernet would show them, in order of time: handshakes, messages with their acknowledgements,
 * closes; what a broken path loses is sent again. Each is taken down where it leaves its sender.
 */
export function sessionFrames(connections: readonly LoggedConnection[]): SessionFrame[] {
  return connections.flatMap((connection, number) => new ConnectionFrames(connection, number).all()).toSorted((a, b) => a.atNs - b.atNs)
}

/** What a segment says beside what its connection knows. */
interface Segment {
  readonly atNs: number
  readonly side: Side
  readonly flags: number
  readonly payload?: Uint8Array
  readonly options?: Uint8Array
  readonly isLost?: boolean
  /** All that its side has lost, once more. */
  readonly isAgain?: boolean
}

/** A segment that did not arrive, with its place in the stream. */
interface LostSegment extends Segment {
  readonly sequence: number
}

/** A segment's arrival. */
interface Arrival {
  readonly atNs: number
  readonly sequence: number
}

class ConnectionFrames {
  private readonly connection: LoggedConnection
  private readonly ports: readonly [number, number]
  /** Next sequence number of each side. */
  private readonly next: [number, number]
  /** What is on its way to each side: when it arrives, and what sequence number is behind it. */
  private readonly arriving: readonly [Arrival[], Arrival[]] = [[], []]
  /** What each side has got, and what of that it has said. */
  private readonly got: [number, number] = [0, 0]
  private readonly said: [number, number] = [0, 0]
  private readonly lost: [LostSegment[], LostSegment[]] = [[], []]
  private identification = 0

  constructor(connection: LoggedConnection, number: number) {
    this.connection = connection
    this.ports = [LOCAL_PORTS.first + (number % PORTS), BGP_PORT]
    // Any beginning will do: spread, so that connections differ.
    this.next = [Math.imul(number + 1, 0x9e3779b1) >>> 0, Math.imul(number + 1, 0x85ebca6b) >>> 0]
  }

  all(): SessionFrame[] {
    const { events, openedNs, delayNs } = this.connection
    // An application is handed a connection when the handshake is complete.
    const acceptedNs = openedNs + 2 * delayNs
    const segments = [
      ...this.handshake(),
      ...events.flatMap((event) => segmentsOf({ ...event, atNs: Math.max(event.atNs, acceptedNs) }, delayNs)),
    ].toSorted((a, b) => a.atNs - b.atNs)
    return segments.flatMap((segment) => (segment.isAgain === true ? this.repeated(segment) : this.frame(segment, this.next[segment.side])))
  }

  private handshake(): Segment[] {
    const { openedNs, delayNs } = this.connection
    return [
      { atNs: openedNs, side: 0, flags: TCP_FLAG.syn, options: SYN_OPTIONS },
      { atNs: openedNs + delayNs, side: 1, flags: TCP_FLAG.syn | TCP_FLAG.acknowledgement, options: SYN_OPTIONS },
      { atNs: openedNs + 2 * delayNs, side: 0, flags: TCP_FLAG.acknowledgement },
    ]
  }

  /** What a side has lost, sent again; gone from its list where it arrives now. */
  private repeated({ atNs, side, isLost }: Segment): SessionFrame[] {
    const segments = this.lost[side]
    this.lost[side] = []
    return segments.flatMap(({ sequence, ...segment }) => this.frame({ ...segment, atNs, isLost: isLost === true }, sequence))
  }

  /** The frame of a segment at its place in the stream; none for an acknowledgement that says nothing new. */
  private frame(segment: Segment, sequence: number): SessionFrame[] {
    const { atNs, side, flags, payload = EMPTY, options = EMPTY, isLost = false } = segment
    const { addresses, isDirect, delayNs } = this.connection
    const other = otherSide(side)
    const [source, destination] = [addresses[side], addresses[other]]
    const arriving = this.arriving[side]
    while (arriving.length > 0 && arriving[0]!.atNs <= atNs) this.got[side] = arriving.shift()!.sequence
    if (flags === TCP_FLAG.acknowledgement && this.said[side] === this.got[side]) return []
    if ((flags & TCP_FLAG.acknowledgement) !== 0) this.said[side] = this.got[side]
    const bytes = assemblePacket([
      { layer: 'ethernet', source: macOfAddress(MAC_PREFIX, source), destination: macOfAddress(MAC_PREFIX, destination) },
      {
        layer: 'ipv4', source, destination, ttl: isDirect ? 1 : TTL, dontFragment: true, trafficClass: TRAFFIC_CLASS,
        identification: ++this.identification & 0xffff,
      },
      {
        layer: 'tcp', sourcePort: this.ports[side], destinationPort: this.ports[other], sequence,
        acknowledgement: (flags & TCP_FLAG.acknowledgement) === 0 ? 0 : this.said[side], flags, window: WINDOW, options,
      },
      { layer: 'payload', bytes: payload },
    ])
    const behind = (sequence + payload.length + Number((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) !== 0)) >>> 0
    if (sequence === this.next[side]) this.next[side] = behind
    if (behind === sequence) return [{ on: 0, atNs, bytes, isLost }]
    if (isLost) this.lost[side].push({ ...segment, sequence })
    else this.arriving[other].push({ atNs: atNs + delayNs, sequence: behind })
    return [{ on: 0, atNs, bytes, isLost }]
  }
}

/** What is sent, in segments, and its acknowledgement once it has arrived. */
function segmentsOf({ atNs, side, kind, bytes, isLost }: WireEvent, delayNs: number): Segment[] {
  if (kind === 'reset') return [{ atNs, side, flags: TCP_FLAG.reset | TCP_FLAG.acknowledgement, isLost }]
  const parts = Array.from({ length: Math.ceil(bytes.length / SEGMENT_BYTES) }, (_, part) =>
    bytes.subarray(part * SEGMENT_BYTES, (part + 1) * SEGMENT_BYTES),
  )
  const acknowledgements = isLost ? [] : [{ atNs: atNs + delayNs, side: otherSide(side), flags: TCP_FLAG.acknowledgement }]
  if (kind === 'again') return [{ atNs, side, flags: 0, isLost, isAgain: true }, ...acknowledgements]
  if (kind === 'close') return [{ atNs, side, flags: TCP_FLAG.fin | TCP_FLAG.acknowledgement, isLost }, ...acknowledgements]
  return [...parts.map((payload): Segment => ({ atNs, side, flags: TCP_FLAG.push | TCP_FLAG.acknowledgement, payload, isLost })), ...acknowledgements]
}

function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0
}
