/** The bytes of ICMP errors (RFC 792, RFC 1191; net/ipv4/icmp.c, __icmp_send). */

import { ICMP, internetChecksum, IP_PROTOCOL, IPV4, writeIpv4, writeUint16 } from '#shared/wire/index'

/** net.ipv4.ip_default_ttl. */
const DEFAULT_TTL = 64
/** Internetwork control, the type of service of ICMP errors (net/ipv4/icmp.c, RFC 1812 section 4.3.2.5). */
const CONTROL_SERVICE = 0xc0
/** An error quotes so much of the packet that it is 576 bytes long at most (net/ipv4/icmp.c, __icmp_send). */
const LONGEST_ERROR = 576
/** Offset of the next hop's MTU in the error's second word (RFC 1191, section 4). */
const NEXT_HOP_MTU = ICMP.rest + 2

/** What an error says: its numbers, and the next hop's MTU where it is about a packet that is too big for it, 0 otherwise. */
export interface ErrorMessage {
  readonly type: number
  readonly code: number
  readonly mtuBytes: number
}

/** Where an error's IP header stands among header bytes, and where what is kept of them ends. */
export interface ErrorPlace {
  readonly ip: number
  readonly end: number
}

/** Length of the IP packet of an error about an IP packet of `aboutBytes`. */
export function errorBytes(aboutBytes: number): number {
  return Math.min(LONGEST_ERROR, IPV4.length + ICMP.length + aboutBytes)
}

/** Writes an error of `ipBytes` that quotes the IP packet at `quoted`, as far as bytes of either are kept. */
export function writeError(
  header: Uint8Array,
  { ip, end }: ErrorPlace,
  ends: { readonly source: number; readonly destination: number },
  { type, code, mtuBytes }: ErrorMessage,
  { quoted, ipBytes }: { readonly quoted: number; readonly ipBytes: number },
): void {
  const icmp = ip + IPV4.length
  const quote = icmp + ICMP.length
  header.copyWithin(quote, quoted, quoted + (end - quote))
  writeIpv4(header, ip, { ...ends, protocol: IP_PROTOCOL.icmp, ttl: DEFAULT_TTL, dontFragment: false })
  header[ip + IPV4.trafficClass] = CONTROL_SERVICE
  writeUint16(header, ip + IPV4.totalLength, ipBytes)
  writeUint16(header, ip + IPV4.checksum, internetChecksum(header, ip, icmp))
  header.fill(0, icmp, quote)
  header[icmp + ICMP.type] = type
  header[icmp + ICMP.code] = code
  writeUint16(header, icmp + NEXT_HOP_MTU, mtuBytes)
  writeUint16(header, icmp + ICMP.checksum, internetChecksum(header, icmp, Math.min(end, ip + ipBytes)))
}
