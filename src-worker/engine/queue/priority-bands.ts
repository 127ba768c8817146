/**
 * Strict priorities: a band is served while no higher one has packets. Bands follow the type-of-service byte as the
 * kernel's `pfifo_fast` maps it, or by its class selector (RFC 2474), as switches do. The queue's limits hold for each band
 * (pfifo_fast_init: a ring of the device's txqueuelen per band); shared memory is one for all.
 */

import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

/**
 * Band of `pfifo_fast` by bits 1 to 4 of the byte: rt_tos2priority (include/net/route.h, net/ipv4/route.c ip_tos2prio)
 * through the default priomap 1 2 2 2 1 2 0 0 1 … (net/sched/sch_generic.c, sch_default_prio2band).
 */
const KERNEL_BANDS = Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1)

/** Bands by class selector, the highest three bits: the highest class goes first. */
const CLASS_BANDS = 8

/** How a type-of-service byte chooses a band; band 0 goes first. */
export type BandMap = 'kernel' | 'class'

export class PriorityBands implements QueueDiscipline {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly map: BandMap
  private readonly bands: number
  private readonly lists: PacketLists
  private readonly bandRoom: Room

  constructor(queues: number, pool: PacketPool, room: Room, owner: QueueOwner, map: BandMap) {
    this.pool = pool
    this.room = room
    this.owner = owner
    this.map = map
    this.bands = map === 'kernel' ? 3 : CLASS_BANDS
    this.lists = new PacketLists(pool, queues * this.bands)
    this.bandRoom = room.split(this.bands)
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    const size = this.pool.ipBytes[packet]
    const row = queue * this.bands + this.bandOf(this.owner.serviceType(packet))
    if (!this.bandRoom.enter(row, size)) {
      this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
      return
    }
    if (!this.room.enterShared(queue, size)) {
      this.bandRoom.leave(row, size)
      this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
      return
    }
    this.lists.push(row, packet)
  }

  dequeue(queue: number): number {
    const first = queue * this.bands
    for (let band = 0; band < this.bands; band++) {
      const packet = this.lists.shift(first + band)
      if (packet < 0) continue
      this.bandRoom.leave(first + band, this.pool.ipBytes[packet])
      this.room.leave(queue, this.pool.ipBytes[packet])
      return packet
    }
    return -1
  }

  release(): void {
    throw new Error('A priority queue holds no packet back')
  }

  private bandOf(serviceType: number): number {
    if (this.map === 'kernel') return KERNEL_BANDS[(serviceType >> 1) & 0xf]
    return CLASS_BANDS - 1 - (serviceType >> 5)
  }
}
