/** First come, first served, in memory that a switch's ports share. */

import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

export class DropTail implements QueueDiscipline {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly lists: PacketLists

  constructor(queues: number, pool: PacketPool, room: Room, owner: QueueOwner) {
    this.pool = pool
    this.room = room
    this.owner = owner
    this.lists = new PacketLists(pool, queues)
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    if (this.room.enter(queue, this.pool.ipBytes[packet])) this.lists.push(queue, packet)
    else this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
  }

  dequeue(queue: number): number {
    const packet = this.lists.shift(queue)
    if (packet >= 0) this.room.leave(queue, this.pool.ipBytes[packet])
    return packet
  }

  release(): void {
    throw new Error('A drop-tail queue holds no packet back')
  }
}
