import { assemblePacket, macOfAddress, TCP_FLAG, type CapturedPacket } from '#shared/wire/index'
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
/** Client ports come out of net.ipv4.ip_local_port_range. */
const [FIRST_PORT, PORTS] = [32_768, 28_232]
const EMPTY = new Uint8Array()
/** Locally administered. */
const MAC_PREFIX = 0x02_00

/**
 * The frames of BGP sessions as Ethernet would show them, in order of time: handshakes, messages with their acknowledgements,
 * closes. Each is taken down where it leaves its sender.
 */
export function sessionFrames(connections: readonly LoggedConnection[]): CapturedPacket[] {
  return connections.flatMap((connection, number) => new ConnectionFrames(connection, number).all()).toSorted((a, b) => a.atNs - b.atNs)
}

/** What a segment says beside what its connection knows. */
interface Segment {
  readonly atNs: number
  readonly side: Side
  readonly flags: number
  readonly payload?: Uint8Array
  readonly options?: Uint8Array
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
  private identification = 0

  constructor(connection: LoggedConnection, number: number) {
    this.connection = connection
    this.ports = [FIRST_PORT + (number % PORTS), BGP_PORT]
    // Any beginning will do: spread, so that connections differ.
    this.next = [Math.imul(number + 1, 0x9e3779b1) >>> 0, Math.imul(number + 1, 0x85ebca6b) >>> 0]
  }

  all(): CapturedPacket[] {
    const { events, openedNs, delayNs } = this.connection
    // An application is handed a connection when the handshake is complete.
    const acceptedNs = openedNs + 2 * delayNs
    const segments = [
      ...this.handshake(),
      ...events.flatMap((event) => segmentsOf({ ...event, atNs: Math.max(event.atNs, acceptedNs) }, delayNs)),
    ].toSorted((a, b) => a.atNs - b.atNs)
    return segments.flatMap((segment) => this.frame(segment))
  }

  private handshake(): Segment[] {
    const { openedNs, delayNs } = this.connection
    return [
      { atNs: openedNs, side: 0, flags: TCP_FLAG.syn, options: SYN_OPTIONS },
      { atNs: openedNs + delayNs, side: 1, flags: TCP_FLAG.syn | TCP_FLAG.acknowledgement, options: SYN_OPTIONS },
      { atNs: openedNs + 2 * delayNs, side: 0, flags: TCP_FLAG.acknowledgement },
    ]
  }

  /** The frame of a segment; none for an acknowledgement that says nothing new. */
  private frame({ atNs, side, flags, payload = EMPTY, options = EMPTY }: Segment): CapturedPacket[] {
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
        layer: 'tcp', sourcePort: this.ports[side], destinationPort: this.ports[other], sequence: this.next[side],
        acknowledgement: (flags & TCP_FLAG.acknowledgement) === 0 ? 0 : this.said[side], flags, window: WINDOW, options,
      },
      { layer: 'payload', bytes: payload },
    ])
    const taken = payload.length + Number((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) !== 0)
    this.next[side] = (this.next[side] + taken) >>> 0
    if (taken > 0) this.arriving[other].push({ atNs: atNs + delayNs, sequence: this.next[side] })
    return [{ on: 0, atNs, bytes }]
  }
}

/** What is sent, in segments, and its acknowledgement once it has arrived. */
function segmentsOf({ atNs, side, kind, bytes }: WireEvent, delayNs: number): Segment[] {
  if (kind === 'reset') return [{ atNs, side, flags: TCP_FLAG.reset | TCP_FLAG.acknowledgement }]
  const parts = Array.from({ length: Math.ceil(bytes.length / SEGMENT_BYTES) }, (_, part) =>
    bytes.subarray(part * SEGMENT_BYTES, (part + 1) * SEGMENT_BYTES),
  )
  const acknowledgement = { atNs: atNs + delayNs, side: otherSide(side), flags: TCP_FLAG.acknowledgement }
  if (kind === 'close') return [{ atNs, side, flags: TCP_FLAG.fin | TCP_FLAG.acknowledgement }, acknowledgement]
  return [...parts.map((payload): Segment => ({ atNs, side, flags: TCP_FLAG.push | TCP_FLAG.acknowledgement, payload })), acknowledgement]
}

function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0
}
