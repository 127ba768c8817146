import { writeUint16, writeUint32 } from './big-endian'
import { DONT_FRAGMENT, ETHERNET, ETHERTYPE, IPV4, TCP, TCP_FLAG, UDP, VXLAN } from './layout'

/** A MAC address as an unsigned 48-bit integer: 02:00:00:00:00:01 is 0x020000000001. */
export type MacAddress = number

/** What {@link writeIpv4} cannot know by itself. */
export interface Ipv4Fields {
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly ttl: number
  readonly dontFragment: boolean
}

/** A MAC address whose last 32 bits are an IPv4 address, so that a reader of a capture recognises it. */
export function macOfAddress(firstTwoBytes: number, address: number): MacAddress {
  return firstTwoBytes * 0x1_0000_0000 + address
}

/** Writes an Ethernet header, of IPv4 unless another type is given. */
export function writeEthernet(
  bytes: Uint8Array,
  at: number,
  source: MacAddress,
  destination: MacAddress,
  type: number = ETHERTYPE.ipv4,
): void {
  writeMac(bytes, at + ETHERNET.destination, destination)
  writeMac(bytes, at + ETHERNET.source, source)
  writeUint16(bytes, at + ETHERNET.type, type)
}

/** Writes a MAC address. */
export function writeMac(bytes: Uint8Array, at: number, mac: MacAddress): void {
  writeUint16(bytes, at, Math.floor(mac / 0x1_0000_0000))
  writeUint32(bytes, at + 2, mac % 0x1_0000_0000)
}

/** Writes an IPv4 header; total length, identification and checksum are left zero. */
export function writeIpv4(bytes: Uint8Array, at: number, fields: Ipv4Fields): void {
  bytes.fill(0, at, at + IPV4.length)
  bytes[at + IPV4.versionAndLength] = 0x45
  writeUint16(bytes, at + IPV4.flagsFragment, fields.dontFragment ? DONT_FRAGMENT : 0)
  bytes[at + IPV4.ttl] = fields.ttl
  bytes[at + IPV4.protocol] = fields.protocol
  writeUint32(bytes, at + IPV4.source, fields.source)
  writeUint32(bytes, at + IPV4.destination, fields.destination)
}

/** Writes a UDP header; length and checksum are left zero. */
export function writeUdp(bytes: Uint8Array, at: number, sourcePort: number, destinationPort: number): void {
  bytes.fill(0, at, at + UDP.length)
  writeUint16(bytes, at + UDP.sourcePort, sourcePort)
  writeUint16(bytes, at + UDP.destinationPort, destinationPort)
}

/**
 * Writes a TCP header with the timestamp option and the ACK flag; sequence numbers, window, timestamps and checksum are
 * left zero.
 */
export function writeTcp(bytes: Uint8Array, at: number, sourcePort: number, destinationPort: number): void {
  bytes.fill(0, at, at + TCP.length)
  writeUint16(bytes, at + TCP.sourcePort, sourcePort)
  writeUint16(bytes, at + TCP.destinationPort, destinationPort)
  bytes[at + TCP.dataOffset] = (TCP.length / 4) << 4
  bytes[at + TCP.flags] = TCP_FLAG.acknowledgement
  // No-operation twice, then kind 8 (timestamps) of length 10: RFC 7323, appendix A.
  writeUint32(bytes, at + TCP.options, 0x0101080a)
}

/** Writes a VXLAN header. Requires: 0 ≤ networkIdentifier < 2^24. */
export function writeVxlan(bytes: Uint8Array, at: number, networkIdentifier: number): void {
  // The I flag says that the identifier is valid: RFC 7348, section 5.
  writeUint32(bytes, at + VXLAN.flags, 0x08000000)
  writeUint32(bytes, at + VXLAN.networkIdentifier, networkIdentifier * 0x100)
}
