import { readUint16, readUint32, writeUint16 } from './big-endian'
import { ipv4HeaderBytes } from './ipv4-header'
import { ICMPV6, IPV4, IPV6, IP_PROTOCOL, NEXT_HEADER, TCP, UDP } from './layout'

const IPV4_WORDS = IPV4.length / 4

/**
 * Adds the 16-bit words of `bytes[from … to − 1]` to `sum`, as the Internet checksum does (RFC 1071); an odd last byte
 * counts as the upper half of a word. The sum is not folded: at most 2^21 bytes may be added to stay exact.
 */
function addToSum(bytes: Uint8Array, from: number, to: number, sum = 0): number {
  const even = from + ((to - from) & ~1)
  for (let at = from; at < even; at += 2) sum += readUint16(bytes, at)
  return even < to ? sum + (bytes[even]! << 8) : sum
}

/** The Internet checksum (RFC 1071) of a sum of 16-bit words: its carries folded in, complemented. */
function checksumOf(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

/** Sum of 16-bit words below 2^32 with its carries folded in: 0 … 0xffff. */
function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16)
  return (once & 0xffff) + (once >>> 16)
}

/**
 * Whether the checksum of an IPv4 header without options is right. `words` is a view of the bytes in whatever byte order
 * the machine has: the sum of complements does not depend on it (RFC 1071, section 2 B). `at` counts words.
 */
export function isIpv4ChecksumRight(words: Uint32Array, at: number): boolean {
  let sum = 0
  for (let word = at; word < at + IPV4_WORDS; word++) sum += (words[word]! & 0xffff) + (words[word]! >>> 16)
  return fold(sum) === 0xffff
}

/**
 * Sum of the 16-bit words of an IPv4 header, options included, not folded, to be completed by {@link ipv4ChecksumFrom}.
 */
export function ipv4HeaderSum(bytes: Uint8Array, at: number): number {
  return addToSum(bytes, at, at + ipv4HeaderBytes(bytes, at))
}

/** The checksum of a header from {@link ipv4HeaderSum} and whatever has been added to its fields since. */
export function ipv4ChecksumFrom(sum: number): number {
  return ~fold(sum) & 0xffff
}

/** The Internet checksum of `bytes[from … to − 1]`, whose checksum field must be zero. */
export function internetChecksum(bytes: Uint8Array, from: number, to: number): number {
  return checksumOf(addToSum(bytes, from, to))
}

/**
 * The checksum after a 16-bit word that it covers changed from `before` to `after`: HC' = ~(~HC + ~m + m'), equation 3
 * of RFC 1624 (the earlier equation of RFC 1141 turns 0x0000 into 0xffff).
 */
export function updateChecksum(checksum: number, before: number, after: number): number {
  return ~fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff
}

/** Writes the checksum of the IPv4 header at `at`. Requires: every other field of the header is in place. */
export function writeIpv4Checksum(bytes: Uint8Array, at: number): void {
  writeUint16(bytes, at + IPV4.checksum, 0)
  writeUint16(bytes, at + IPV4.checksum, internetChecksum(bytes, at, at + ipv4HeaderBytes(bytes, at)))
}

/**
 * Writes the checksum of the TCP segment or UDP datagram inside the IPv4 packet at `ip`, pseudo-header included. UDP
 * writes 0xffff where the sum comes out as zero, which would mean "no checksum" (RFC 768).
 * Requires: `bytes` holds the packet to its end, all other fields in place.
 */
export function writeTransportChecksum(bytes: Uint8Array, ip: number): void {
  const isUdp = bytes[ip + IPV4.protocol] === IP_PROTOCOL.udp
  const transport = ip + ipv4HeaderBytes(bytes, ip)
  const end = ip + readUint16(bytes, ip + IPV4.totalLength)
  const field = transport + (isUdp ? UDP.checksum : TCP.checksum)
  writeUint16(bytes, field, 0)
  const pseudoHeader =
    addressSum(bytes, ip + IPV4.source) +
    addressSum(bytes, ip + IPV4.destination) +
    bytes[ip + IPV4.protocol]! +
    (end - transport)
  const checksum = checksumOf(addToSum(bytes, transport, end, pseudoHeader))
  writeUint16(bytes, field, isUdp && checksum === 0 ? 0xffff : checksum)
}

/**
 * Writes the checksum of what is inside the IPv6 packet at `ip`: TCP, UDP or ICMPv6 (RFC 8200, section 8.1).
 * Requires: `bytes` holds the packet to its end, all other fields in place; no extension headers.
 */
export function writeChecksumOverIpv6(bytes: Uint8Array, ip: number): void {
  const protocol = bytes[ip + IPV6.nextHeader]!
  const field = CHECKSUM_FIELDS.get(protocol)
  if (field === undefined) return
  const transport = ip + IPV6.length
  const end = transport + readUint16(bytes, ip + IPV6.payloadLength)
  writeUint16(bytes, transport + field, 0)
  const addresses = addToSum(bytes, ip + IPV6.source, transport)
  const checksum = checksumOf(addToSum(bytes, transport, end, addresses + protocol + (end - transport)))
  writeUint16(bytes, transport + field, protocol === IP_PROTOCOL.udp && checksum === 0 ? 0xffff : checksum)
}

/** Where transports over IPv6 have their checksum. */
const CHECKSUM_FIELDS: ReadonlyMap<number, number> = new Map<number, number>([
  [IP_PROTOCOL.tcp, TCP.checksum],
  [IP_PROTOCOL.udp, UDP.checksum],
  [NEXT_HEADER.icmpv6, ICMPV6.checksum],
])

function addressSum(bytes: Uint8Array, at: number): number {
  const address = readUint32(bytes, at)
  return (address >>> 16) + (address & 0xffff)
}
