/**
 * Generic receive offload: consecutive segments of one connection that were polled together become one packet, as
 * Linux does (net/ipv4/tcp_offload.c, tcp_gro_receive): same direction, acknowledgement and ECN bits, payload in sequence,
 * no SYN, and a segment shorter than the others or with a FIN ends the train.
 */

import type { FlowTable } from '#shared/plan/index'
import type { Reassembly } from '../ip/reassembly'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { PacketLists } from './packet-list'
import type { PassTable } from './pass-table'

const NONE = -1
const ANY_FRAGMENT = PACKET_FLAG.fragment | PACKET_FLAG.outerFragment

export class ReceiveOffload {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly passes: PassTable
  private readonly reassembly: Reassembly
  /** Train under construction per flow and direction. */
  private readonly train: Int32Array
  private readonly touched: number[] = []

  constructor(pool: PacketPool, flows: FlowTable, passes: PassTable, reassembly: Reassembly) {
    this.pool = pool
    this.flows = flows
    this.passes = passes
    this.reassembly = reassembly
    this.train = new Int32Array(flows.count * 2).fill(NONE)
  }

  /**
   * Moves the first `count` packets of a list to the end of another, merging trains on the way where the pass that lies
   * `ahead` passes before a packet merges.
   */
  merge(from: PacketLists, fromRow: number, count: number, ahead: number, to: PacketLists, toRow: number): void {
    const { pool, train } = this
    for (let i = 0; i < count; i++) {
      const packet = this.wholeOf(from.shift(fromRow))
      if (packet === NONE) continue
      const row = pool.rowOf(packet)
      const head = train[row]
      if (head !== NONE && this.joins(head, packet)) {
        this.join(head, packet)
        if (this.isComplete(head)) train[row] = NONE
        continue
      }
      to.push(toRow, packet)
      train[row] = this.mayLead(packet, ahead) ? packet : NONE
      this.touched.push(row)
    }
    for (const row of this.touched) train[row] = NONE
    this.touched.length = 0
  }

  /** The packet itself, or of a fragment the packet that it makes whole; −1 where others are still to come. */
  private wholeOf(packet: number): number {
    return (this.pool.flags[packet] & ANY_FRAGMENT) === 0 ? packet : this.reassembly.take(packet)
  }

  private mayLead(packet: number, ahead: number): boolean {
    const { pool } = this
    if (this.passes.merges[pool.pass[packet] + ahead] === 0) return false
    if (pool.payloadBytes[packet] === 0 || (pool.flags[packet] & PACKET_FLAG.syn) !== 0) return false
    return !this.isComplete(packet)
  }

  private isComplete(packet: number): boolean {
    const { pool, flows } = this
    const flow = pool.flow[packet]
    return (
      pool.segments[packet] >= flows.groSegments[flow] ||
      pool.payloadBytes[packet] < pool.segments[packet] * pool.segmentBytes[packet]
    )
  }

  private joins(head: number, packet: number): boolean {
    const { pool, flows } = this
    const flow = pool.flow[packet]
    return (
      // A queue may hold packets of one flow at different passes: decrypted ones behind others that are not yet.
      pool.pass[packet] === pool.pass[head] &&
      pool.payloadBytes[packet] > 0 &&
      pool.payloadBytes[packet] <= pool.segmentBytes[head] &&
      pool.sequence[packet] === pool.sequence[head] + pool.payloadBytes[head] &&
      pool.acknowledged[packet] === pool.acknowledged[head] &&
      pool.sackCount[packet] === 0 &&
      pool.ecn[packet] === pool.ecn[head] &&
      ((pool.flags[packet] ^ pool.flags[head]) & PACKET_FLAG.ece) === 0 &&
      (pool.flags[packet] & PACKET_FLAG.cwr) === 0 &&
      (pool.flags[head] & PACKET_FLAG.fin) === 0 &&
      pool.segments[head] + pool.segments[packet] <= flows.groSegments[flow]
    )
  }

  /** Latency of a train is that of its mean segment; its timestamp is the first segment's, as the kernel keeps it. */
  private join(head: number, packet: number): void {
    const { pool } = this
    pool.segments[head] += pool.segments[packet]
    pool.payloadBytes[head] += pool.payloadBytes[packet]
    pool.flags[head] |= pool.flags[packet] & (PACKET_FLAG.retransmission | PACKET_FLAG.fin)
    pool.release(packet)
  }
}
