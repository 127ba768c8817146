import type { TransportProtocol } from '#shared/contract/trace'
import { TCP_FLAG, type Packet, type PacketLayer } from '#shared/wire/index'

import { DEFAULT_TTL, type Trip } from '../cni/common/index'

/** Ports of a traced connection: the client's, the one that it asks for, and the one that the server listens on. */
interface TracedPorts {
  readonly client: number
  readonly asked: number
  readonly server: number
  /** The client's as the server sees it. */
  readonly seen: number
}

/** What of the sender's packet may be asked for; the rest is what Linux sends. */
export interface PacketShape {
  readonly ttl?: number
  /** DSCP and ECN: the whole byte. */
  readonly trafficClass?: number
  /** Of a datagram or an echo. */
  readonly payloadBytes?: number
  readonly dontFragment?: boolean
}

/** Bytes that a datagram and an echo carry: what ping sends. */
const PAYLOAD_BYTES = 56
/** The first sequence numbers and times of a connection; real ones are random. */
const FIRST_SEQUENCE = { client: 1000, server: 2000 } as const
/** Window of a fresh socket, and its scale (net.ipv4.tcp_rmem). */
const WINDOW = 64_240
const WINDOW_SCALE = 7
/** IPv4 and TCP headers without options, which the maximum segment size leaves out. */
const BARE_HEADERS = 40
/** Identifications; real ones are random, but an answer to a SYN has none: it is never split (ip_build_and_send_pkt). */
const IDENTIFICATION = { request: 0x1234, answer: 0x4321, handshake: 0 } as const
/** ICMP echo types (RFC 792), and the identifier and sequence number of the first echo. */
const ECHO = { request: 8, reply: 0, identifier: 0x1a2b, sequence: 1 } as const

/** What the sockets make: the first packet of a connection, of the shape asked for, and its answer. */
export function packetsOf(
  protocol: TransportProtocol,
  ports: TracedPorts,
  { request, answer }: { readonly request: Trip; readonly answer: Trip },
  shape: PacketShape,
): { readonly request: Packet; readonly answer: Packet } {
  const { payloadBytes = PAYLOAD_BYTES } = shape
  const parts = { protocol, ports, payloadBytes }
  return {
    request: [requestIp(request, shape), ...transportOf('request', parts, request.mtuBytes)],
    answer: [answerIp(protocol, answer, shape), ...transportOf('answer', parts, answer.mtuBytes)],
  }
}

function requestIp({ addresses }: Trip, { ttl = DEFAULT_TTL, trafficClass = 0, dontFragment = true }: PacketShape): PacketLayer {
  return { layer: 'ipv4', ...addresses, ttl, dontFragment, trafficClass, identification: IDENTIFICATION.request }
}

/** An echo's reply has its class of service and may be split: its socket discovers no path MTU (net/ipv4/icmp.c). */
function answerIp(protocol: TransportProtocol, { addresses }: Trip, { trafficClass = 0 }: PacketShape): PacketLayer {
  const isEcho = protocol === 'icmp'
  const identification = protocol === 'tcp' ? IDENTIFICATION.handshake : IDENTIFICATION.answer
  return {
    layer: 'ipv4',
    ...addresses,
    ttl: DEFAULT_TTL,
    dontFragment: !isEcho,
    trafficClass: isEcho ? trafficClass : 0,
    identification,
  }
}

interface TransportParts {
  readonly protocol: TransportProtocol
  readonly ports: TracedPorts
  readonly payloadBytes: number
}

function transportOf(direction: 'request' | 'answer', { protocol, ports, payloadBytes }: TransportParts, mtu: number): PacketLayer[] {
  const isRequest = direction === 'request'
  const sourcePort = isRequest ? ports.client : ports.server
  const destinationPort = isRequest ? ports.asked : ports.seen
  switch (protocol) {
    case 'tcp':
      return [handshake(isRequest, sourcePort, destinationPort, mtu - BARE_HEADERS)]
    case 'udp':
      return [{ layer: 'udp', sourcePort, destinationPort, checksum: true }, ...payload(payloadBytes)]
    case 'icmp': {
      const rest = ECHO.identifier * 0x1_0000 + ECHO.sequence
      return [{ layer: 'icmp', type: isRequest ? ECHO.request : ECHO.reply, code: 0, rest }, ...payload(payloadBytes)]
    }
  }
}

function payload(length: number): PacketLayer[] {
  return length === 0 ? [] : [{ layer: 'payload', bytes: Uint8Array.from({ length }, (_, index) => index) }]
}

/** SYN and SYN-ACK with the options that Linux sends: MSS, SACK permitted, timestamps, window scale. */
function handshake(isRequest: boolean, sourcePort: number, destinationPort: number, segmentBytes: number): PacketLayer {
  const { client, server } = FIRST_SEQUENCE
  const echo = isRequest ? [0, 0, 0, 0] : [0, 0, 0, 1]
  const options = [
    [2, 4, segmentBytes >>> 8, segmentBytes & 0xff],
    [4, 2],
    [8, 10, 0, 0, 0, 1, ...echo],
    [1],
    [3, 3, WINDOW_SCALE],
  ]
  return {
    layer: 'tcp',
    sourcePort,
    destinationPort,
    sequence: isRequest ? client : server,
    acknowledgement: isRequest ? 0 : client + 1,
    flags: isRequest ? TCP_FLAG.syn : TCP_FLAG.syn | TCP_FLAG.acknowledgement,
    window: WINDOW,
    options: Uint8Array.from(options.flat()),
  }
}
