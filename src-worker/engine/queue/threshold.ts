/**
 * Marks every packet that finds more than a threshold waiting: what DCTCP asks of a switch (Alizadeh et al., SIGCOMM 2010,
 * section 3.1; RFC 8257, section 3.1). Packets of senders that do not know marks are dropped only where there is no room.
 */

import type { DisciplineTable } from '#shared/plan/index'
import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'
import { markCongestion } from './congestion-mark'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

export class Threshold implements QueueDiscipline {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly table: DisciplineTable
  private readonly rowOf: Int32Array
  private readonly lists: PacketLists

  constructor(table: DisciplineTable, rowOf: Int32Array, pool: PacketPool, room: Room, owner: QueueOwner) {
    this.table = table
    this.rowOf = rowOf
    this.pool = pool
    this.room = room
    this.owner = owner
    this.lists = new PacketLists(pool, rowOf.length)
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    const waiting = this.room.bytes[queue]
    if (!this.room.enter(queue, this.pool.ipBytes[packet])) {
      this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
      return
    }
    if (waiting > this.table.thresholdBytes[this.rowOf[queue]]) markCongestion(this.pool, packet)
    this.lists.push(queue, packet)
  }

  dequeue(queue: number): number {
    const packet = this.lists.shift(queue)
    if (packet >= 0) this.room.leave(queue, this.pool.ipBytes[packet])
    return packet
  }

  release(): void {
    throw new Error('A threshold queue holds no packet back')
  }
}
