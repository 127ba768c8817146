/**
 * Queues of flows: each queue hashes its flows to a number of flow queues, which are served in turns, those with news
 * first (deficit round robin with two lists, as FQ-CoDel and fq do). A flow queue comes into being with its first packet
 * and keeps its place; columns grow with them.
 */

import { grown } from '../grown-column'
import type { PacketPool } from '../packet-pool'

const NONE = -1
const INITIAL_FLOWS = 64

/** Lists that a flow queue can be in. */
export const FLOW_LIST = { none: 0, fresh: 1, old: 2, held: 3 } as const

export class FlowQueues {
  private readonly pool: PacketPool
  private readonly onGrow: (flows: number) => void
  /** Flow queues that there are. */
  count = 0
  packets = new Int32Array(0)
  bytes = new Float64Array(0)
  /** Bytes that the flow may send before its turn ends. */
  credit = new Float64Array(0)
  /** Which list of {@link FLOW_LIST} the flow is in. */
  list = new Uint8Array(0)
  private first = new Int32Array(0)
  private last = new Int32Array(0)
  private following = new Int32Array(0)
  /** Flow queues of each queue's buckets; blocks of buckets begin with a queue's first packet. */
  private buckets = new Int32Array(0)
  private bucketCount = 0
  private readonly bucketFirst: Int32Array
  private readonly bucketsOf: Int32Array
  private readonly freshHead: Int32Array
  private readonly freshTail: Int32Array
  private readonly oldHead: Int32Array
  private readonly oldTail: Int32Array

  /** `bucketsOf` says how many flow queues each queue hashes to; `onGrow` is told before a flow queue beyond is used. */
  constructor(pool: PacketPool, bucketsOf: Int32Array, onGrow: (flows: number) => void) {
    this.pool = pool
    this.bucketsOf = bucketsOf
    this.onGrow = onGrow
    const queues = bucketsOf.length
    this.bucketFirst = new Int32Array(queues).fill(NONE)
    this.freshHead = new Int32Array(queues).fill(NONE)
    this.freshTail = new Int32Array(queues).fill(NONE)
    this.oldHead = new Int32Array(queues).fill(NONE)
    this.oldTail = new Int32Array(queues).fill(NONE)
    this.grow(INITIAL_FLOWS)
  }

  /** The flow queue of a hash (reciprocal_scale of it, as the kernel does). */
  flowOf(queue: number, hash: number): number {
    const buckets = this.bucketsOf[queue]
    if (this.bucketFirst[queue] === NONE) this.addBuckets(queue, buckets)
    const bucket = this.bucketFirst[queue] + Math.floor((hash / 0x1_0000_0000) * buckets)
    if (this.buckets[bucket] === NONE) {
      if (this.count === this.list.length) this.grow(this.count * 2)
      this.buckets[bucket] = this.count++
    }
    return this.buckets[bucket]
  }

  /** Appends a packet to a flow queue. */
  push(flow: number, packet: number): void {
    const last = this.last[flow]
    if (last === NONE) this.first[flow] = packet
    else this.pool.next[last] = packet
    this.last[flow] = packet
    this.packets[flow]++
    this.bytes[flow] += this.pool.ipBytes[packet]
  }

  /** The first packet of a flow queue without taking it; −1 when it is empty. */
  peek(flow: number): number {
    return this.first[flow]
  }

  /** Takes the first packet of a flow queue; −1 when it is empty. */
  shift(flow: number): number {
    const packet = this.first[flow]
    if (packet === NONE) return NONE
    this.first[flow] = this.pool.next[packet]
    this.pool.next[packet] = NONE
    if (this.first[flow] === NONE) this.last[flow] = NONE
    this.packets[flow]--
    this.bytes[flow] -= this.pool.ipBytes[packet]
    return packet
  }

  /** The flow whose turn it is: of those with news, else of the old ones; −1 when there is none. */
  current(queue: number): number {
    return this.freshHead[queue] === NONE ? this.oldHead[queue] : this.freshHead[queue]
  }

  /** Whether flows wait in the list of old ones. */
  hasOld(queue: number): boolean {
    return this.oldHead[queue] !== NONE
  }

  /** Ends the turn of the current flow: it leaves its list. */
  endTurn(queue: number): void {
    const isFresh = this.freshHead[queue] !== NONE
    const head = isFresh ? this.freshHead : this.oldHead
    const flow = head[queue]
    head[queue] = this.following[flow]
    if (head[queue] === NONE) (isFresh ? this.freshTail : this.oldTail)[queue] = NONE
    this.list[flow] = FLOW_LIST.none
  }

  /** Appends a flow that is in no list to those with news. */
  addFresh(queue: number, flow: number): void {
    this.append(this.freshHead, this.freshTail, queue, flow)
    this.list[flow] = FLOW_LIST.fresh
  }

  /** Appends a flow that is in no list to the old ones. */
  addOld(queue: number, flow: number): void {
    this.append(this.oldHead, this.oldTail, queue, flow)
    this.list[flow] = FLOW_LIST.old
  }

  /** The flow of a queue with most bytes waiting; the first of equals; −1 when none has any. */
  fattest(queue: number): number {
    let fattest = NONE
    const end = this.bucketFirst[queue] + this.bucketsOf[queue]
    for (let bucket = this.bucketFirst[queue]; bucket < end; bucket++) {
      const flow = this.buckets[bucket]
      if (flow === NONE || this.packets[flow] === 0) continue
      if (fattest === NONE || this.bytes[flow] > this.bytes[fattest]) fattest = flow
    }
    return fattest
  }

  private append(head: Int32Array, tail: Int32Array, queue: number, flow: number): void {
    this.following[flow] = NONE
    if (tail[queue] === NONE) head[queue] = flow
    else this.following[tail[queue]] = flow
    tail[queue] = flow
  }

  private addBuckets(queue: number, buckets: number): void {
    const end = this.bucketCount + buckets
    if (end > this.buckets.length) {
      this.buckets = grown(this.buckets, new Int32Array(Math.max(end, this.buckets.length * 2)).fill(NONE))
    }
    this.bucketFirst[queue] = this.bucketCount
    this.bucketCount = end
  }

  private grow(flows: number): void {
    const old = this.list.length
    this.packets = grown(this.packets, new Int32Array(flows))
    this.bytes = grown(this.bytes, new Float64Array(flows))
    this.credit = grown(this.credit, new Float64Array(flows))
    this.list = grown(this.list, new Uint8Array(flows))
    this.first = grown(this.first, new Int32Array(flows)).fill(NONE, old)
    this.last = grown(this.last, new Int32Array(flows)).fill(NONE, old)
    this.following = grown(this.following, new Int32Array(flows)).fill(NONE, old)
    this.onGrow(flows)
  }
}
