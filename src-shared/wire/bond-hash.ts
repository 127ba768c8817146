import { readUint16, readUint32 } from './big-endian'
import { ETHERNET, IPV4, IP_PROTOCOL } from './layout'

/** What of a frame a Linux bond hashes to choose a link, and whether it looks inside tunnels (`encap…`). */
export type BondPolicy = 'layer2' | 'layer2+3' | 'layer3+4'

/**
 * The hash by which a Linux bond chooses among its links (drivers/net/bonding/bond_main.c, bond_xmit_hash), unsigned
 * 32 bit; the link is its remainder by their number. `frame` and `ip` are where the Ethernet header and the IPv4 header
 * to look at begin: the outermost, or with `encap` policies the innermost. The kernel adds up words as they lie in memory;
 * here that is a little-endian machine.
 */
export function bondHash(policy: BondPolicy, bytes: Uint8Array, frame: number, ip: number): number {
  switch (policy) {
    case 'layer2':
      return layer2(bytes, frame)
    case 'layer2+3':
      return folded(layer2(bytes, frame) ^ addresses(bytes, ip))
    case 'layer3+4':
      return folded(ports(bytes, ip) ^ addresses(bytes, ip)) >>> 1
  }
}

function layer2(bytes: Uint8Array, frame: number): number {
  const lastByte = 5
  return (
    bytes[frame + ETHERNET.destination + lastByte]! ^
    bytes[frame + ETHERNET.source + lastByte]! ^
    readUint16(bytes, frame + ETHERNET.type)
  )
}

function addresses(bytes: Uint8Array, ip: number): number {
  return swapped(readUint32(bytes, ip + IPV4.source) ^ readUint32(bytes, ip + IPV4.destination))
}

/** Both ports; zero where the protocol has none. */
function ports(bytes: Uint8Array, ip: number): number {
  const protocol = bytes[ip + IPV4.protocol]!
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
  return hasPorts ? swapped(readUint32(bytes, ip + IPV4.length)) : 0
}

/** bond_ip_hash: every byte has its say in the lowest one. */
function folded(hash: number): number {
  const halves = hash ^ (hash >>> 16)
  return (halves ^ (halves >>> 8)) >>> 0
}

function swapped(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}
