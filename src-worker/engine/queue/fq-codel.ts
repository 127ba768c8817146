/**
 * FQ-CoDel (RFC 8290; net/sched/sch_fq_codel.c): flows hashed to queues of their own, served in turns of a quantum, new
 * flows first, CoDel on each. What does not fit is dropped from the flow that has most waiting.
 */

import type { DisciplineTable } from '#shared/plan/index'
import type { PacketPool } from '../packet-pool'
import { codelParameters } from './codel'
import { CodelLaw, type CodelParameters, type CodelSource } from './codel-law'
import { FLOW_LIST, FlowQueues } from './flow-queues'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

/** Packets dropped at once from the fattest flow, at most: drop_batch_size. */
const DROP_BATCH = 64

export class FqCodel implements QueueDiscipline, CodelSource {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly table: DisciplineTable
  private readonly rowOf: Int32Array
  private readonly parameters: readonly CodelParameters[]
  private readonly law: CodelLaw
  private readonly flows: FlowQueues
  /** The queue that `take` and `drop` are about. */
  private serving = -1

  constructor(table: DisciplineTable, rowOf: Int32Array, pool: PacketPool, room: Room, owner: QueueOwner) {
    this.table = table
    this.rowOf = rowOf
    this.pool = pool
    this.room = room
    this.owner = owner
    this.parameters = codelParameters(table)
    this.law = new CodelLaw(pool)
    const buckets = rowOf.map((row) => (row < 0 ? 0 : table.flows[row]))
    this.flows = new FlowQueues(pool, buckets, (flows) => this.law.grow(flows))
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    const { flows, pool } = this
    const flow = flows.flowOf(queue, this.owner.flowHash(packet))
    const size = pool.ipBytes[packet]
    pool.queuedNs[packet] = nowNs
    flows.push(flow, packet)
    this.room.take(queue, size)
    if (flows.list[flow] === FLOW_LIST.none) {
      flows.addFresh(queue, flow)
      flows.credit[flow] = this.table.quantumBytes[this.rowOf[queue]]
    }
    if (this.room.overflows(queue, size)) this.dropFromFattest(queue, nowNs)
  }

  dequeue(queue: number, nowNs: number): number {
    const { flows } = this
    const row = this.rowOf[queue]
    this.serving = queue
    for (let flow = flows.current(queue); flow >= 0; flow = flows.current(queue)) {
      if (flows.credit[flow] <= 0) {
        flows.credit[flow] += this.table.quantumBytes[row]
        flows.endTurn(queue)
        flows.addOld(queue, flow)
        continue
      }
      const packet = this.law.dequeue(flow, this, this.parameters[row], nowNs)
      if (packet >= 0) {
        flows.credit[flow] -= this.pool.ipBytes[packet]
        return packet
      }
      this.retire(queue, flow)
    }
    return -1
  }

  take(flow: number): number {
    const packet = this.flows.shift(flow)
    if (packet >= 0) this.room.leave(this.serving, this.pool.ipBytes[packet])
    return packet
  }

  /** The bytes of the whole queue, as sch_fq_codel hands them to CoDel. */
  backlog(): number {
    return this.room.bytes[this.serving]
  }

  drop(_flow: number, packet: number, nowNs: number): void {
    this.owner.drop(this.serving, packet, QUEUE_DROP.early, nowNs)
  }

  release(): void {
    throw new Error('An FQ-CoDel queue holds no packet back')
  }

  /** An empty flow that had news passes through the old ones once, so that it can't starve them; else it leaves. */
  private retire(queue: number, flow: number): void {
    const { flows } = this
    const wasFresh = flows.list[flow] === FLOW_LIST.fresh
    const others = flows.hasOld(queue)
    flows.endTurn(queue)
    if (wasFresh && others) flows.addOld(queue, flow)
  }

  /** Drops from the head of the fattest flow, up to half of what it has waiting. */
  private dropFromFattest(queue: number, nowNs: number): void {
    const { flows, pool } = this
    const flow = flows.fattest(queue)
    const enough = flows.bytes[flow] / 2
    let dropped = 0
    let packets = 0
    do {
      const packet = flows.shift(flow)
      dropped += pool.ipBytes[packet]
      this.room.leave(queue, pool.ipBytes[packet])
      this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
      packets++
    } while (packets < DROP_BATCH && dropped < enough)
    this.law.addDrops(flow, packets)
  }
}
