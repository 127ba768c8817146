/** The disciplines of many queues: hands each queue's packets to the one it has. */

import { DISCIPLINE, type DisciplineTable } from '#shared/plan/index'
import type { PacketPool } from '../packet-pool'
import type { RandomStream } from '../random'
import { Codel } from './codel'
import { DropTail } from './drop-tail'
import { FairQueue } from './fair-queue'
import { FqCodel } from './fq-codel'
import { PriorityBands } from './priority-bands'
import type { QueueDiscipline, QueueOwner } from './queue-discipline'
import { Red } from './red'
import { Room, type SharedMemory } from './room'
import { Threshold } from './threshold'

const NONE = -1

/** What queues are made of. */
export interface QueueParts {
  readonly table: DisciplineTable
  /** Row of the table of each queue; −1: first come, first served. */
  readonly rowOf: Int32Array
  /** What each queue holds; zero: no limit. */
  readonly limitPackets: Int32Array
  readonly limitBytes: Float64Array
  readonly shared: SharedMemory
  /** Nanoseconds of a byte on each queue's wire. */
  readonly nsPerByte: Float64Array
  readonly pool: PacketPool
  readonly owner: QueueOwner
  /** The stream of a queue's random early drops. */
  readonly random: (queue: number) => RandomStream
}

export class QueueDisciplines {
  /** What waits in each queue. */
  readonly room: Room
  private readonly disciplines: readonly (QueueDiscipline | undefined)[]
  private readonly kindOf: Uint8Array

  constructor(parts: QueueParts) {
    const { table, rowOf } = parts
    this.room = new Room(parts.limitPackets, parts.limitBytes, parts.shared)
    this.kindOf = Uint8Array.from(rowOf, (row) => (row === NONE ? DISCIPLINE.droptail : table.kind[row]))
    this.disciplines = Object.values(DISCIPLINE).map((kind) =>
      this.kindOf.includes(kind) ? this.build(kind, parts) : undefined,
    )
  }

  /** Takes a packet; it may drop it, or others for its sake. Requires: its `ipBytes` are set. */
  enqueue(queue: number, packet: number, nowNs: number): void {
    this.disciplineOf(queue).enqueue(queue, packet, nowNs)
  }

  /** The packet that goes now; −1 where none waits or none may go yet. */
  dequeue(queue: number, nowNs: number): number {
    return this.disciplineOf(queue).dequeue(queue, nowNs)
  }

  /** The time that a packet was held for has come. */
  release(queue: number, packet: number, nowNs: number): void {
    this.disciplineOf(queue).release(queue, packet, nowNs)
  }

  private disciplineOf(queue: number): QueueDiscipline {
    return this.disciplines[this.kindOf[queue]]!
  }

  private build(kind: number, { table, rowOf, nsPerByte, pool, owner, random }: QueueParts): QueueDiscipline {
    const { room, kindOf } = this
    const rows = rowOf.map((row, queue) => (kindOf[queue] === kind ? row : NONE))
    switch (kind) {
      case DISCIPLINE.pfifoFast:
        return new PriorityBands(rows.length, pool, room, owner, 'kernel')
      case DISCIPLINE.prio:
        return new PriorityBands(rows.length, pool, room, owner, 'class')
      case DISCIPLINE.red:
        return new Red({ table, rowOf: rows, nsPerByte, pool, room, owner, random })
      case DISCIPLINE.threshold:
        return new Threshold(table, rows, pool, room, owner)
      case DISCIPLINE.codel:
        return new Codel(table, rows, pool, room, owner)
      case DISCIPLINE.fqCodel:
        return new FqCodel(table, rows, pool, room, owner)
      case DISCIPLINE.fq:
        return new FairQueue(table, rows, pool, room, owner)
      case DISCIPLINE.droptail:
        return new DropTail(rows.length, pool, room, owner)
      default:
        throw new Error(`The plan has a discipline of unknown kind ${kind}`)
    }
  }
}
