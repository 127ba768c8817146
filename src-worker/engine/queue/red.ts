/**
 * Random early detection (Floyd and Jacobson, IEEE/ACM Transactions on Networking 1, 1993) as net/sched/sch_red.c and
 * include/net/red.h have it: the mean queue length decides, gaps between drops are uniform, and an idle time lets the mean
 * decay as if small packets had left in it.
 */

import type { DisciplineTable } from '#shared/plan/index'
import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'
import type { RandomStream } from '../random'
import { markCongestion } from './congestion-mark'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

/** Mean packet that idle time is counted in, bytes: tc-red(8), avpkt. */
const MEAN_PACKET_BYTES = 1000
/** No packet was let through since the last drop: the gap counts from here. */
const NO_GAP = -1

const ACTION = { none: 0, random: 1, certain: 2 } as const

export class Red implements QueueDiscipline {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly table: DisciplineTable
  private readonly rowOf: Int32Array
  private readonly nsPerByte: Float64Array
  private readonly lists: PacketLists
  private readonly random: readonly (RandomStream | undefined)[]
  /** Mean queue length, bytes. */
  private readonly mean: Float64Array
  /** Time the queue ran empty; −1 while it has packets. */
  private readonly idleSinceNs: Float64Array
  private readonly gap: Int32Array
  private readonly draw: Float64Array

  /** `random` makes the stream of a queue; queues that are not RED have row −1. */
  constructor(parts: {
    table: DisciplineTable
    rowOf: Int32Array
    nsPerByte: Float64Array
    pool: PacketPool
    room: Room
    owner: QueueOwner
    random: (queue: number) => RandomStream
  }) {
    const count = parts.rowOf.length
    this.table = parts.table
    this.rowOf = parts.rowOf
    this.nsPerByte = parts.nsPerByte
    this.pool = parts.pool
    this.room = parts.room
    this.owner = parts.owner
    this.lists = new PacketLists(parts.pool, count)
    this.random = Array.from(parts.rowOf, (row, queue) => (row < 0 ? undefined : parts.random(queue)))
    this.mean = new Float64Array(count)
    this.idleSinceNs = new Float64Array(count)
    this.gap = new Int32Array(count).fill(NO_GAP)
    this.draw = new Float64Array(count)
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    this.average(queue, nowNs)
    const row = this.rowOf[queue]
    const action = this.decide(queue, row)
    if (action !== ACTION.none && !(this.table.ecn[row] === 1 && markCongestion(this.pool, packet))) {
      this.owner.drop(queue, packet, QUEUE_DROP.early, nowNs)
      return
    }
    if (this.room.enter(queue, this.pool.ipBytes[packet])) this.lists.push(queue, packet)
    else this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
  }

  dequeue(queue: number, nowNs: number): number {
    const packet = this.lists.shift(queue)
    if (packet >= 0) this.room.leave(queue, this.pool.ipBytes[packet])
    if (this.lists.count[queue] === 0 && this.idleSinceNs[queue] < 0) this.idleSinceNs[queue] = nowNs
    return packet
  }

  release(): void {
    throw new Error('A RED queue holds no packet back')
  }

  private average(queue: number, nowNs: number): void {
    const weight = this.table.weight[this.rowOf[queue]]
    const idleSince = this.idleSinceNs[queue]
    if (idleSince < 0) {
      this.mean[queue] += weight * (this.room.bytes[queue] - this.mean[queue])
      return
    }
    this.idleSinceNs[queue] = -1
    const packets = Math.floor((nowNs - idleSince) / (MEAN_PACKET_BYTES * this.nsPerByte[queue]))
    this.mean[queue] *= (1 - weight) ** packets
  }

  private decide(queue: number, row: number): number {
    const { minBytes, maxBytes, probability } = this.table
    const mean = this.mean[queue]
    if (mean < minBytes[row]) {
      this.gap[queue] = NO_GAP
      return ACTION.none
    }
    if (mean >= maxBytes[row]) {
      this.gap[queue] = NO_GAP
      return ACTION.certain
    }
    const share = (probability[row] * (mean - minBytes[row])) / (maxBytes[row] - minBytes[row])
    if (++this.gap[queue] === 0) {
      this.draw[queue] = this.random[queue]!.unit()
      return ACTION.none
    }
    if (share * this.gap[queue] < this.draw[queue]) return ACTION.none
    this.gap[queue] = 0
    this.draw[queue] = this.random[queue]!.unit()
    return ACTION.random
  }
}
