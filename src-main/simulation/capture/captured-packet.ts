import { CAPTURE_COLUMN, CAPTURE_COLUMNS, CAPTURE_HEADER_BYTES, CAPTURE_WAY, JOURNEY_COLUMNS, type CaptureRecords } from '#shared/plan/index'
import { DONT_FRAGMENT, ICMP, IP_PROTOCOL, IPV4, readUint16, readUint32, TCP, TCP_FLAG, type Ipv4Layer, type Packet, type PacketLayer } from '#shared/wire/index'

import { DEFAULT_TTL, type Trip } from '../cni/common/index'

/** Bits of a record's flags, as the engine's packets have them. */
export const RECORD_FLAG = { syn: 1, ack: 2, retransmission: 4, first: 8, control: 16, fin: 64, reset: 128, ece: 256, cwr: 512, icmpError: 1024, fragment: 2048, moreFragments: 4096, outerFragment: 8192 } as const

const DSCP_MASK = 0xfc
const HIGHEST_IDENTIFICATION = 0xffff
const NANOSECONDS_PER_TICK = 1000
const BARE_HEADERS = 40
const HIGHEST_WINDOW = 65_535
const HIGHEST_SCALE = 14
/** Options (IANA TCP parameters): no operation, maximum segment size, window scale, SACK permitted, SACK, timestamps. */
const OPTION = { nothing: 1, segment: 2, scale: 3, sackPermitted: 4, sack: 5, timestamps: 8 } as const

/** A record, with its numbers by name. */
export interface CapturedRecord {
  readonly number: (column: keyof typeof CAPTURE_COLUMN) => number
  /** The headers it had, or would get at the NIC, from the Ethernet header on. */
  readonly header: Uint8Array
  readonly sack: readonly number[]
  /** Times of its journey, by `JOURNEY`. */
  readonly journey: Float64Array
}

/** What the record's flow is known by. */
export interface RecordedFlow {
  readonly trip: Trip
  /** Where the template of its direction has the transport's own IP header, and the transport header. */
  readonly innerIp: number
  readonly transport: number
  /** Of the sender's receive buffer, bytes: what its window scale follows from. */
  readonly receiveBufferBytes: number
}

/** The records of a point. */
export function recordsOf({ count, numbers, headers }: CaptureRecords): CapturedRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const at = index * CAPTURE_COLUMNS
    const edges = at + CAPTURE_COLUMN.sackEdges
    return {
      number: (column) => numbers[at + CAPTURE_COLUMN[column]]!,
      header: headers.subarray(index * CAPTURE_HEADER_BYTES, (index + 1) * CAPTURE_HEADER_BYTES),
      sack: [...numbers.subarray(edges, edges + 2 * numbers[at + CAPTURE_COLUMN.sackCount]!)],
      journey: numbers.subarray(at + CAPTURE_COLUMN.journey, at + CAPTURE_COLUMN.journey + JOURNEY_COLUMNS),
    }
  })
}

/** What the socket made: its IPv4 header, transport header and a payload of zeros. */
export function socketPacket(record: CapturedRecord, flow: RecordedFlow): Packet {
  const { header } = record
  const flags = record.number('flags')
  const isFragment = (flags & RECORD_FLAG.fragment) !== 0
  const offset = isFragment ? record.number('fragmentStart') : 0
  const protocol = header[flow.innerIp + IPV4.protocol]!
  const ip: Ipv4Layer = {
    layer: 'ipv4',
    ...flow.trip.addresses,
    ttl: DEFAULT_TTL,
    dontFragment: !isFragment && (readUint16(header, flow.innerIp + IPV4.flagsFragment) & DONT_FRAGMENT) !== 0,
    trafficClass: trafficClassOf(record, header[flow.innerIp + IPV4.trafficClass]!),
    identification: identificationOf(record, readUint16(header, flow.innerIp + IPV4.identification)),
    ...(isFragment && { protocol, fragment: { offset, more: (flags & RECORD_FLAG.moreFragments) !== 0 } }),
  }
  const payload: PacketLayer = { layer: 'payload', bytes: new Uint8Array(record.number('payloadBytes')) }
  // Only the first fragment of a datagram begins with the transport's header.
  return offset > 0 ? [ip, payload] : [ip, transportLayer(record, flow, protocol), payload]
}

/**
 * DSCP and ECN of the sender's own header. A mark that a tunnel's packet got on its way is in the outer header only; where
 * the tunnel ends, it is copied inwards (RFC 6040, section 4.2).
 */
function trafficClassOf(record: CapturedRecord, written: number): number {
  const way = record.number('way')
  const isOnWire = way === CAPTURE_WAY.wireOut || way === CAPTURE_WAY.wireIn
  return isOnWire ? written : (written & DSCP_MASK) | record.number('ecn')
}

/**
 * The identification: the NIC's, where the packet reached one; an answer to a SYN has none (ip_build_and_send_pkt). What
 * stays on its host has one that follows from when it was made.
 */
function identificationOf(record: CapturedRecord, written: number): number {
  const handshake = RECORD_FLAG.syn | RECORD_FLAG.ack
  if ((record.number('flags') & handshake) === handshake) return 0
  return written === 0 ? 1 + (record.number('createdNs') % HIGHEST_IDENTIFICATION) : written
}

function transportLayer(record: CapturedRecord, flow: RecordedFlow, protocol: number): PacketLayer {
  const { header } = record
  const { transport } = flow
  const ports = { sourcePort: readUint16(header, transport), destinationPort: readUint16(header, transport + TCP.destinationPort) }
  if (protocol === IP_PROTOCOL.udp) return { layer: 'udp', ...ports, checksum: (record.number('flags') & RECORD_FLAG.fragment) === 0 }
  if (protocol === IP_PROTOCOL.icmp) {
    const identifier = readUint32(header, transport + ICMP.rest) & ~0xffff
    return { layer: 'icmp', type: header[transport]!, code: 0, rest: (identifier | (record.number('sequence') & 0xffff)) >>> 0 }
  }
  const flags = record.number('flags')
  const isSyn = (flags & RECORD_FLAG.syn) !== 0
  const scale = windowScale(flow.receiveBufferBytes)
  return {
    layer: 'tcp',
    ...ports,
    sequence: record.number('sequence') % 0x1_0000_0000,
    acknowledgement: (flags & RECORD_FLAG.ack) === 0 ? 0 : record.number('acknowledged') % 0x1_0000_0000,
    flags: tcpFlags(flags),
    // The window of a SYN is not scaled (RFC 7323, section 2.2).
    window: Math.min(HIGHEST_WINDOW, Math.floor(record.number('windowBytes') / 2 ** (isSyn ? 0 : scale))),
    options: Uint8Array.from(isSyn ? synOptions(record, flow, scale) : segmentOptions(record)),
  }
}

function tcpFlags(flags: number): number {
  const pairs = [
    [RECORD_FLAG.fin, TCP_FLAG.fin],
    [RECORD_FLAG.syn, TCP_FLAG.syn],
    [RECORD_FLAG.reset, TCP_FLAG.reset],
    [RECORD_FLAG.ack, TCP_FLAG.acknowledgement],
    [RECORD_FLAG.ece, TCP_FLAG.ece],
    [RECORD_FLAG.cwr, TCP_FLAG.cwr],
  ] as const
  return pairs.reduce((bits, [recorded, bit]) => ((flags & recorded) === 0 ? bits : bits | bit), 0)
}

/** The scale that Linux chooses for a receive buffer (net/ipv4/tcp_output.c, tcp_select_initial_window). */
function windowScale(bufferBytes: number): number {
  return Math.min(HIGHEST_SCALE, Math.max(0, Math.floor(Math.log2(bufferBytes)) - 15))
}

function timestamps(record: CapturedRecord): number[] {
  const ticks = (ns: number) => Math.floor(Math.max(0, ns) / NANOSECONDS_PER_TICK) % 0x1_0000_0000
  return [OPTION.timestamps, 10, ...word(ticks(record.number('createdNs'))), ...word(ticks(record.number('echoNs')))]
}

/** In Linux's order (tcp_options_write): segment size, SACK permitted, timestamps, window scale. */
function synOptions(record: CapturedRecord, { trip }: RecordedFlow, scale: number): number[] {
  const segment = trip.mtuBytes - BARE_HEADERS
  const size = [OPTION.segment, 4, (segment >>> 8) & 0xff, segment & 0xff]
  return [...size, OPTION.sackPermitted, 2, ...timestamps(record), OPTION.nothing, OPTION.scale, 3, scale]
}

function segmentOptions(record: CapturedRecord): number[] {
  const stamps = [OPTION.nothing, OPTION.nothing, ...timestamps(record)]
  if (record.sack.length === 0) return stamps
  const edges = record.sack.flatMap((edge) => word(edge % 0x1_0000_0000))
  return [...stamps, OPTION.nothing, OPTION.nothing, OPTION.sack, 2 + edges.length, ...edges]
}

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}
