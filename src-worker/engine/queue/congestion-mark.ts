/** Explicit congestion notification (RFC 3168): marks instead of drops. */

import { ETHERNET, IPV4, readUint16, updateChecksum, writeUint16 } from '#shared/wire/index'
import { ECN, headerAt, type PacketPool } from '../packet-pool'

/**
 * Marks a packet as having met congestion, in its column and in the bytes of its outermost IPv4 header. Returns false,
 * and does nothing, where its sender does not know about marks (RFC 3168, section 5).
 */
export function markCongestion(pool: PacketPool, packet: number): boolean {
  const codepoint = pool.ecn[packet]
  if (codepoint === ECN.notCapable) return false
  if (codepoint === ECN.congestion) return true
  pool.ecn[packet] = ECN.congestion
  const ip = headerAt(packet) + ETHERNET.length
  const before = readUint16(pool.header, ip + IPV4.versionAndLength)
  const after = before | ECN.congestion
  writeUint16(pool.header, ip + IPV4.versionAndLength, after)
  const checksum = readUint16(pool.header, ip + IPV4.checksum)
  writeUint16(pool.header, ip + IPV4.checksum, updateChecksum(checksum, before, after))
  return true
}
