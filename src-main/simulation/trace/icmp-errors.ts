import { assemblePacket, type Ipv4Layer, type Packet } from '#shared/wire/index'

import { DEFAULT_TTL, type Trip } from '../cni/common/index'

/** Internetwork control, the class of service of ICMP errors (net/ipv4/icmp.c; RFC 1812, section 4.3.2.5). */
const CONTROL_SERVICE = 0xc0
/** An error quotes so much of the packet that it is 576 bytes long at most (net/ipv4/icmp.c, __icmp_send). */
const LONGEST_ERROR = 576
const HEADERS = 28
/** Real ones are random. */
const IDENTIFICATION = 0x2a2a

/** What an error says. */
export interface ToldError {
  readonly type: number
  readonly code: number
  /** The next hop's MTU, where the error is about a packet that is too big for it; 0 otherwise. */
  readonly mtu: number
}

/** The error that a host sends about a packet, with as much of the packet as it quotes. */
export function errorAbout(cause: Packet, addresses: Trip['addresses'], { type, code, mtu }: ToldError): Packet {
  const quoted = assemblePacket(withoutFrame(cause)).slice(0, LONGEST_ERROR - HEADERS)
  const ip: Ipv4Layer = {
    layer: 'ipv4',
    ...addresses,
    ttl: DEFAULT_TTL,
    dontFragment: false,
    trafficClass: CONTROL_SERVICE,
    identification: IDENTIFICATION,
  }
  return [ip, { layer: 'icmp', type, code, rest: mtu }, { layer: 'payload', bytes: quoted }]
}

function withoutFrame(packet: Packet): Packet {
  return packet[0]?.layer === 'ethernet' ? packet.slice(1) : packet
}
