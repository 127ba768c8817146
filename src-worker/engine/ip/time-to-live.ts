import { IPV4, readUint16, updateChecksum, writeUint16 } from '#shared/wire/index'

/**
 * Takes one from the time to live of the IPv4 header at `ip`, and mends its checksum (RFC 1812, section 5.3.1; RFC 1624). False,
 * and the header as it was, where none would be left.
 */
export function lowerTimeToLive(header: Uint8Array, ip: number): boolean {
  if (header[ip + IPV4.ttl] <= 1) return false
  const before = readUint16(header, ip + IPV4.ttl)
  const after = before - 0x100
  header[ip + IPV4.ttl] = after >>> 8
  writeUint16(header, ip + IPV4.checksum, updateChecksum(readUint16(header, ip + IPV4.checksum), before, after))
  return true
}
