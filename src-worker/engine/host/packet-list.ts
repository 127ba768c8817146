/** First-in-first-out lists of packets, one per row, linked through the pool's `next` column. */

import type { PacketPool } from '../packet-pool'

const NONE = -1

export class PacketLists {
  private readonly pool: PacketPool
  private readonly head: Int32Array
  private readonly tail: Int32Array
  /** Packets in each list. */
  readonly count: Int32Array

  constructor(pool: PacketPool, rows: number) {
    this.pool = pool
    this.head = new Int32Array(rows).fill(NONE)
    this.tail = new Int32Array(rows).fill(NONE)
    this.count = new Int32Array(rows)
  }

  /** Appends a packet. Requires: it is in no list. */
  push(row: number, packet: number): void {
    const tail = this.tail[row]
    if (tail === NONE) this.head[row] = packet
    else this.pool.next[tail] = packet
    this.tail[row] = packet
    this.count[row]++
  }

  /** The first packet without taking it; −1 when the list is empty. */
  peek(row: number): number {
    return this.head[row]
  }

  /** Takes the first packet; −1 when the list is empty. */
  shift(row: number): number {
    const packet = this.head[row]
    if (packet === NONE) return NONE
    const following = this.pool.next[packet]
    this.pool.next[packet] = NONE
    this.head[row] = following
    if (following === NONE) this.tail[row] = NONE
    this.count[row]--
    return packet
  }
}
