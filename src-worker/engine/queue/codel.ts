/** CoDel on one first-in-first-out queue (net/sched/sch_codel.c). */

import type { DisciplineTable } from '#shared/plan/index'
import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'
import { CodelLaw, type CodelParameters, type CodelSource } from './codel-law'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

export class Codel implements QueueDiscipline, CodelSource {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly rowOf: Int32Array
  private readonly parameters: readonly CodelParameters[]
  private readonly lists: PacketLists
  private readonly law: CodelLaw

  constructor(table: DisciplineTable, rowOf: Int32Array, pool: PacketPool, room: Room, owner: QueueOwner) {
    this.rowOf = rowOf
    this.parameters = codelParameters(table)
    this.pool = pool
    this.room = room
    this.owner = owner
    this.lists = new PacketLists(pool, rowOf.length)
    this.law = new CodelLaw(pool)
    this.law.grow(rowOf.length)
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    if (!this.room.enter(queue, this.pool.ipBytes[packet])) {
      this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
      return
    }
    this.pool.queuedNs[packet] = nowNs
    this.lists.push(queue, packet)
  }

  dequeue(queue: number, nowNs: number): number {
    return this.law.dequeue(queue, this, this.parameters[this.rowOf[queue]], nowNs)
  }

  take(queue: number): number {
    const packet = this.lists.shift(queue)
    if (packet >= 0) this.room.leave(queue, this.pool.ipBytes[packet])
    return packet
  }

  backlog(queue: number): number {
    return this.room.bytes[queue]
  }

  drop(queue: number, packet: number, nowNs: number): void {
    this.owner.drop(queue, packet, QUEUE_DROP.early, nowNs)
  }

  release(): void {
    throw new Error('A CoDel queue holds no packet back')
  }
}

/** CoDel's parameters of every row of a table. */
export function codelParameters(table: DisciplineTable): CodelParameters[] {
  return Array.from(table.kind, (_, row) => ({
    targetNs: table.targetNs[row],
    intervalNs: table.intervalNs[row],
    ecn: table.ecn[row] === 1,
  }))
}
