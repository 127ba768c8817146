/** Splits packets that are too big for a link and may be split (RFC 791, section 3.2). */

import { tunnelBytes, type FlowTable } from '#shared/plan/index'
import {
  ETHERNET,
  FRAGMENT_UNIT,
  internetChecksum,
  IPV4,
  MORE_FRAGMENTS,
  writeUint16,
} from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PacketLists } from '../host/packet-list'
import { HEADER_SLAB_BYTES } from '../packet-memory'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'
import { addressHash } from './fragment-headers'

/** What fragments leave by. */
interface Exit {
  send(port: number, packet: number, nowNs: number): void
}

export class Fragmenter {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly accounts: Accounts
  private readonly pieces: PacketLists

  constructor(pool: PacketPool, flows: FlowTable, accounts: Accounts) {
    this.pool = pool
    this.flows = flows
    this.accounts = accounts
    this.pieces = new PacketLists(pool, 1)
  }

  /**
   * Splits a wire packet by its outermost header into packets of at most `mtuBytes` and sends them by a port, first one
   * first. Requires: it is larger and may be split.
   */
  split(packet: number, mtuBytes: number, exit: Exit, port: number, nowNs: number): void {
    const { pool, pieces } = this
    const isOuter = tunnelBytes(this.flows, pool.rowOf(packet)) > 0
    const fragment = isOuter ? PACKET_FLAG.outerFragment : PACKET_FLAG.fragment
    const more = isOuter ? PACKET_FLAG.moreOuterFragments : PACKET_FLAG.moreFragments
    const origin = (pool.flags[packet] & fragment) === 0 ? 0 : this.starts(isOuter)[packet]
    const dataBytes = pool.ipBytes[packet] - IPV4.length
    const headerBytes = dataBytes - pool.payloadBytes[packet]
    const step = Math.floor((mtuBytes - IPV4.length) / FRAGMENT_UNIT) * FRAGMENT_UNIT
    for (let start = step; start < dataBytes; start += step) {
      const piece = this.copyOf(packet)
      const bytes = Math.min(step, dataBytes - start)
      this.starts(isOuter)[piece] = origin + start
      pool.flags[piece] |= fragment
      if (start + bytes < dataBytes) pool.flags[piece] |= more
      this.finish(piece, bytes, payloadOf(start, bytes, headerBytes), origin + start, (pool.flags[piece] & more) !== 0)
      pieces.push(0, piece)
    }
    this.starts(isOuter)[packet] = origin
    pool.flags[packet] |= fragment | more
    this.finish(packet, step, payloadOf(0, step, headerBytes), origin, true)
    this.accounts.networkSent += pieces.count[0]
    exit.send(port, packet, nowNs)
    for (let piece = pieces.shift(0); piece >= 0; piece = pieces.shift(0)) exit.send(port, piece, nowNs)
  }

  /** Columns move when the pool grows: they are not kept over an allocation. */
  private starts(isOuter: boolean): Float64Array {
    return isOuter ? this.pool.outerFragmentStart : this.pool.fragmentStart
  }

  private copyOf(packet: number): number {
    const { pool } = this
    const piece = pool.allocate()
    pool.copy(packet, piece)
    pool.segmentsSent[piece] = 0
    pool.flags[piece] = (pool.flags[piece] & ~PACKET_FLAG.first) | PACKET_FLAG.networkMade
    const from = headerAt(packet)
    const to = headerAt(piece)
    const end = ETHERNET.length + IPV4.length
    pool.header.copyWithin(to, from, from + end)
    pool.header.fill(0, to + end, to + HEADER_SLAB_BYTES)
    return piece
  }

  private finish(packet: number, bytes: number, payloadBytes: number, start: number, more: boolean): void {
    const { pool } = this
    pool.payloadBytes[packet] = payloadBytes
    pool.ipBytes[packet] = bytes + IPV4.length
    const ip = headerAt(packet) + ETHERNET.length
    writeUint16(pool.header, ip + IPV4.totalLength, bytes + IPV4.length)
    writeUint16(pool.header, ip + IPV4.flagsFragment, (more ? MORE_FRAGMENTS : 0) | (start / FRAGMENT_UNIT))
    pool.rss[packet] = addressHash(pool.header, ip)
    writeUint16(pool.header, ip + IPV4.checksum, 0)
    writeUint16(pool.header, ip + IPV4.checksum, internetChecksum(pool.header, ip, ip + IPV4.length))
  }
}

/** How much of the application's bytes lie in a piece: what is beyond the headers behind the IP header. */
function payloadOf(start: number, bytes: number, headerBytes: number): number {
  return Math.max(0, Math.min(bytes, start + bytes - headerBytes))
}
