/**
 * ICMP errors about packets that an element cannot forward or has no socket for (RFC 792, RFC 1191, RFC 1812 section 4.3), as
 * many as it may tell a peer. Routers limit theirs as hosts do: many of them run Linux.
 */

import type { RunPlan } from '#shared/plan/index'
import { ETHERNET, FRAGMENT_OFFSET_MASK, ICMP_MESSAGE, IPV4, readUint16, readUint32 } from '#shared/wire/index'
import { ICMP_COUNTER, type Accounts } from '#worker/metrics/accounts'
import { HEADER_SLAB_BYTES } from '../packet-memory'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'
import { errorBytes, type ErrorMessage, writeError } from './error-bytes'
import { ErrorLimits } from './error-limits'
import { addressHash } from './fragment-headers'

const NONE = -1
/** Where routers have their own addresses in captures, 192.88.99.0 and on: one for each element, which no host has. */
const ROUTER_ADDRESSES = 0xc0586300

/** No socket has the port; and the time to live is over. */
export const PORT_UNREACHABLE: ErrorMessage = { ...ICMP_MESSAGE.portUnreachable, mtuBytes: 0 }
export const TIME_EXCEEDED: ErrorMessage = { ...ICMP_MESSAGE.timeExceeded, mtuBytes: 0 }

/** A packet is too big for a next hop that carries `mtuBytes`. */
export function fragmentationNeeded(mtuBytes: number): ErrorMessage {
  return { ...ICMP_MESSAGE.fragmentationNeeded, mtuBytes }
}

export class InternetErrors {
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly switchCount: number
  private readonly hostAddress: Uint32Array
  private readonly limits = new ErrorLimits()

  constructor({ switchCount, hosts }: Pick<RunPlan, 'switchCount' | 'hosts'>, pool: PacketPool, accounts: Accounts) {
    this.pool = pool
    this.accounts = accounts
    this.switchCount = switchCount
    this.hostAddress = hosts.address
  }

  /**
   * An element's error about a wire packet, as its outermost header has it; it goes to that header's source. −1 where none may
   * be told.
   */
  make(element: number, packet: number, message: ErrorMessage, nowNs: number): number {
    const { pool } = this
    const source = element < this.switchCount ? ROUTER_ADDRESSES + element : this.hostAddress[element - this.switchCount]
    const destination = readUint32(pool.header, headerAt(packet) + ETHERNET.length + IPV4.source)
    if (!this.mayTell(packet) || !this.take(element - this.switchCount, { source, destination }, message, nowNs)) return NONE
    const made = this.begin(packet, message, nowNs)
    const { header } = pool
    const frame = headerAt(made)
    const ip = frame + ETHERNET.length
    const cause = headerAt(packet)
    const quoted = cause + ETHERNET.length
    const ipBytes = errorBytes(pool.ipBytes[packet])
    pool.ipBytes[made] = ipBytes
    header.copyWithin(frame + ETHERNET.destination, cause + ETHERNET.source, cause + ETHERNET.type)
    header.copyWithin(frame + ETHERNET.source, cause + ETHERNET.destination, cause + ETHERNET.source)
    header.copyWithin(frame + ETHERNET.type, cause + ETHERNET.type, quoted)
    writeError(header, { ip, end: frame + HEADER_SLAB_BYTES }, { source, destination }, message, { quoted, ipBytes })
    pool.rss[made] = addressHash(header, ip)
    return made
  }

  /** Whether a packet may be answered with an error: not an error itself, and no later fragment (RFC 1122, 3.2.2). */
  private mayTell(packet: number): boolean {
    const { pool } = this
    if ((pool.flags[packet] & PACKET_FLAG.icmpError) !== 0) return false
    const ip = headerAt(packet) + ETHERNET.length
    return (readUint16(pool.header, ip + IPV4.flagsFragment) & FRAGMENT_OFFSET_MASK) === 0
  }

  /**
   * Takes leave to tell an error, and counts it where a host does. Path MTU discovery is not limited (icmpv4_mask_allow).
   */
  private take(host: number, { source, destination }: { source: number; destination: number }, { type, mtuBytes }: ErrorMessage, nowNs: number): boolean {
    const isAllowed = mtuBytes > 0 || this.limits.take(source, destination, nowNs)
    if (host >= 0) this.accounts.icmp(host, isAllowed ? outCounter(type) : ICMP_COUNTER.outLimited)
    return isAllowed
  }

  /** A packet for an error about another one, on its way back: all but its length and its bytes. */
  private begin(packet: number, { type, mtuBytes }: ErrorMessage, nowNs: number): number {
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
    pool.departNs[made] = 0
    pool.sequence[made] = type
    pool.windowBytes[made] = mtuBytes
    pool.createdNs[made] = nowNs
    this.accounts.networkSent++
    return made
  }
}

function outCounter(type: number): number {
  return type === ICMP_MESSAGE.timeExceeded.type ? ICMP_COUNTER.outTimeExceeded : ICMP_COUNTER.outUnreachable
}
