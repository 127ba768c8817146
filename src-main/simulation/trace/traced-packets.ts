import type { TracedProtocol } from '#shared/contract/trace'
import { TCP_FLAG, type Packet, type PacketLayer } from '#shared/wire/index'

import { DEFAULT_TTL, type Connection, type Trip } from '../cni/common/index'

/** Ports of a traced connection: the client's, the one it asks for, and the one that the server listens on. */
interface TracedPorts {
  readonly client: number
  readonly asked: number
  readonly server: number
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
const IDENTIFICATION = { request: 0x1234, answer: 0 } as const
/** ICMP echo types (RFC 792), and the identifier and sequence number of the first echo. */
const ECHO = { request: 8, reply: 0, identifier: 0x1a2b, sequence: 1 } as const

/** What the sockets make: the first packet of a connection and its answer. */
export function packetsOf(
  protocol: TracedProtocol,
  ports: TracedPorts,
  { forward, reverse }: Connection,
  mtus: readonly [number, number],
): { readonly request: Packet; readonly answer: Packet } {
  return {
    request: [ipOf(forward, true), ...transportOf(protocol, 'request', ports, mtus[0])],
    // Linux gives answers to a SYN no identification: they cannot be fragmented (ip_build_and_send_pkt).
    answer: [ipOf(reverse, false), ...transportOf(protocol, 'answer', ports, mtus[1])],
  }
}

function ipOf({ addresses }: Trip, isRequest: boolean): PacketLayer {
  const identification = isRequest ? IDENTIFICATION.request : IDENTIFICATION.answer
  return { layer: 'ipv4', ...addresses, ttl: DEFAULT_TTL, dontFragment: true, trafficClass: 0, identification }
}

function transportOf(
  protocol: TracedProtocol,
  direction: 'request' | 'answer',
  ports: TracedPorts,
  mtu: number,
): PacketLayer[] {
  const isRequest = direction === 'request'
  const sourcePort = isRequest ? ports.client : ports.server
  const destinationPort = isRequest ? ports.asked : ports.client
  switch (protocol) {
    case 'tcp':
      return [handshake(isRequest, sourcePort, destinationPort, mtu - BARE_HEADERS)]
    case 'udp':
      return [{ layer: 'udp', sourcePort, destinationPort, checksum: true }, payload()]
    case 'icmp': {
      const rest = ECHO.identifier * 0x1_0000 + ECHO.sequence
      return [{ layer: 'icmp', type: isRequest ? ECHO.request : ECHO.reply, code: 0, rest }, payload()]
    }
  }
}

function payload(): PacketLayer {
  return { layer: 'payload', bytes: Uint8Array.from({ length: PAYLOAD_BYTES }, (_, index) => index) }
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
