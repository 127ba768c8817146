/**
 * Fair queueing with pacing (net/sched/sch_fq.c): flows in turns of a quantum, none with more than its share waiting; a
 * packet leaves no sooner than its time of departure, or than its flow's rate allows.
 */

import type { DisciplineTable } from '#shared/plan/index'
import { grown } from '../grown-column'
import type { PacketPool } from '../packet-pool'
import { FLOW_LIST, FlowQueues } from './flow-queues'
import { QUEUE_DROP, type QueueDiscipline, type QueueOwner } from './queue-discipline'
import type { Room } from './room'

/** A flow that is new has five quanta of credit: sch_fq.c, initial_quantum 10 frames and quantum 2. */
const INITIAL_QUANTA = 5
/** A flow idle for this long gets a full quantum again: flow_refill_delay, 40 ms. */
const REFILL_DELAY_NS = 40_000_000
const BITS_NS = 8e9

export class FairQueue implements QueueDiscipline {
  private readonly pool: PacketPool
  private readonly room: Room
  private readonly owner: QueueOwner
  private readonly table: DisciplineTable
  private readonly rowOf: Int32Array
  private readonly flows: FlowQueues
  /** Time before which a flow's rate lets nothing go, time since which it is idle, and whether it was ever seen. */
  private nextNs = new Float64Array(0)
  private idleSinceNs = new Float64Array(0)

  constructor(table: DisciplineTable, rowOf: Int32Array, pool: PacketPool, room: Room, owner: QueueOwner) {
    this.table = table
    this.rowOf = rowOf
    this.pool = pool
    this.room = room
    this.owner = owner
    const buckets = rowOf.map((row) => (row < 0 ? 0 : table.flows[row]))
    this.flows = new FlowQueues(pool, buckets, (flows) => this.grow(flows))
  }

  enqueue(queue: number, packet: number, nowNs: number): void {
    const { flows } = this
    const row = this.rowOf[queue]
    const flow = flows.flowOf(queue, this.owner.flowHash(packet))
    if (flows.packets[flow] >= this.table.flowLimit[row]) {
      this.owner.drop(queue, packet, QUEUE_DROP.flowLimit, nowNs)
      return
    }
    if (!this.room.enter(queue, this.pool.ipBytes[packet])) {
      this.owner.drop(queue, packet, QUEUE_DROP.full, nowNs)
      return
    }
    flows.push(flow, packet)
    if (flows.list[flow] !== FLOW_LIST.none) return
    flows.addFresh(queue, flow)
    this.refill(flow, row, nowNs)
  }

  dequeue(queue: number, nowNs: number): number {
    const { flows, pool } = this
    const row = this.rowOf[queue]
    for (let flow = flows.current(queue); flow >= 0; flow = flows.current(queue)) {
      if (flows.credit[flow] <= 0) {
        flows.credit[flow] += this.table.quantumBytes[row]
        flows.endTurn(queue)
        flows.addOld(queue, flow)
        continue
      }
      const packet = flows.peek(flow)
      if (packet < 0) {
        this.retire(queue, flow, nowNs)
        continue
      }
      const departNs = Math.max(pool.departNs[packet], this.nextNs[flow])
      if (departNs > nowNs) {
        this.holdBack(queue, flow, packet, departNs)
        continue
      }
      flows.shift(flow)
      this.room.leave(queue, pool.ipBytes[packet])
      this.charge(flow, row, pool.ipBytes[packet], nowNs)
      return packet
    }
    return -1
  }

  /** A held packet's flow joins the old ones again. */
  release(queue: number, packet: number): void {
    const flow = this.flows.flowOf(queue, this.owner.flowHash(packet))
    this.flows.addOld(queue, flow)
  }

  private holdBack(queue: number, flow: number, packet: number, untilNs: number): void {
    this.flows.endTurn(queue)
    this.flows.list[flow] = FLOW_LIST.held
    this.owner.hold(queue, packet, Math.ceil(untilNs))
  }

  private charge(flow: number, row: number, bytes: number, nowNs: number): void {
    this.flows.credit[flow] -= bytes
    const rate = this.table.maxRateBps[row]
    if (rate > 0) this.nextNs[flow] = nowNs + (bytes * BITS_NS) / rate
  }

  /** As in FQ-CoDel: an empty flow that had news passes through the old ones once. */
  private retire(queue: number, flow: number, nowNs: number): void {
    const { flows } = this
    const wasFresh = flows.list[flow] === FLOW_LIST.fresh
    const others = flows.hasOld(queue)
    flows.endTurn(queue)
    if (wasFresh && others) flows.addOld(queue, flow)
    else this.idleSinceNs[flow] = nowNs
  }

  private refill(flow: number, row: number, nowNs: number): void {
    const { flows } = this
    const quantum = this.table.quantumBytes[row]
    const isNew = this.idleSinceNs[flow] < 0
    if (isNew) flows.credit[flow] = quantum * INITIAL_QUANTA
    else if (nowNs > this.idleSinceNs[flow] + REFILL_DELAY_NS) flows.credit[flow] = Math.max(flows.credit[flow], quantum)
  }

  private grow(flows: number): void {
    const old = this.nextNs.length
    this.nextNs = grown(this.nextNs, new Float64Array(flows))
    this.idleSinceNs = grown(this.idleSinceNs, new Float64Array(flows)).fill(-1, old)
  }
}
