/** ICMP errors that routers send back about packets which they cannot forward (RFC 792, RFC 1191, RFC 1812 section 4.3). */

import {
  ETHERNET,
  FRAGMENT_OFFSET_MASK,
  ICMP,
  internetChecksum,
  IP_PROTOCOL,
  IPV4,
  readUint16,
  readUint32,
  writeIpv4,
  writeUint16,
} from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import { HEADER_SLAB_BYTES } from '../packet-memory'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'

/** net.ipv4.ip_default_ttl. */
const DEFAULT_TTL = 64
/** Internetwork control, the type of service of ICMP errors (net/ipv4/icmp.c, RFC 1812 section 4.3.2.5). */
const CONTROL_SERVICE = 0xc0
/** An error quotes so much of the packet that it is 576 bytes long at most (net/ipv4/icmp.c, __icmp_send). */
const LONGEST_ERROR = 576
/** Where routers have their own addresses in captures, 192.88.99.0 and on: one for each element, which no host has. */
const ROUTER_ADDRESSES = 0xc0586300
/** Offset of the next hop's MTU in the error's second word (RFC 1191, section 4). */
const NEXT_HOP_MTU = ICMP.rest + 2

export class InternetErrors {
  private readonly pool: PacketPool
  private readonly accounts: Accounts

  constructor(pool: PacketPool, accounts: Accounts) {
    this.pool = pool
    this.accounts = accounts
  }

  /** Whether a packet may be answered with an error: not an error itself, and no later fragment (RFC 1122, 3.2.2). */
  mayTell(packet: number): boolean {
    const { pool } = this
    if ((pool.flags[packet] & PACKET_FLAG.icmpError) !== 0) return false
    const ip = headerAt(packet) + ETHERNET.length
    return (readUint16(pool.header, ip + IPV4.flagsFragment) & FRAGMENT_OFFSET_MASK) === 0
  }

  /** Makes an element's error about a packet; it goes to the packet's source. `mtuBytes` 0: the error tells none. */
  make(element: number, packet: number, error: { type: number; code: number }, mtuBytes: number, nowNs: number): number {
    const { pool } = this
    const made = pool.allocate()
    pool.copy(packet, made)
    pool.direction[made] = 1 - pool.direction[packet]
    pool.flags[made] = PACKET_FLAG.icmpError | PACKET_FLAG.control | PACKET_FLAG.networkMade
    pool.ecn[made] = 0
    pool.segments[made] = 1
    pool.segmentsSent[made] = 0
    pool.payloadBytes[made] = 0
    pool.sackCount[made] = 0
    pool.windowBytes[made] = mtuBytes
    pool.createdNs[made] = nowNs
    pool.ipBytes[made] = Math.min(LONGEST_ERROR, IPV4.length + ICMP.length + pool.ipBytes[packet])
    this.write(element, packet, made, error, mtuBytes)
    this.accounts.networkSent++
    return made
  }

  private write(element: number, packet: number, made: number, { type, code }: { type: number; code: number }, mtuBytes: number): void {
    const { header } = this.pool
    const cause = headerAt(packet) + ETHERNET.length
    const frame = headerAt(made)
    const ip = frame + ETHERNET.length
    const icmp = ip + IPV4.length
    const quoted = icmp + ICMP.length
    const end = frame + HEADER_SLAB_BYTES
    header.copyWithin(quoted, cause, cause + (end - quoted))
    header.copyWithin(frame, headerAt(packet), cause)
    writeIpv4(header, ip, {
      source: ROUTER_ADDRESSES + element,
      destination: readUint32(header, cause + IPV4.source),
      protocol: IP_PROTOCOL.icmp,
      ttl: DEFAULT_TTL,
      dontFragment: false,
    })
    header[ip + IPV4.trafficClass] = CONTROL_SERVICE
    writeUint16(header, ip + IPV4.totalLength, this.pool.ipBytes[made])
    writeUint16(header, ip + IPV4.checksum, internetChecksum(header, ip, icmp))
    header.fill(0, icmp, quoted)
    header[icmp + ICMP.type] = type
    header[icmp + ICMP.code] = code
    writeUint16(header, icmp + NEXT_HOP_MTU, mtuBytes)
    const bytes = Math.min(end, ip + this.pool.ipBytes[made])
    writeUint16(header, icmp + ICMP.checksum, internetChecksum(header, icmp, bytes))
  }
}
