/**
 * The qdiscs of hosts' transmit queues that are more than first come, first served (Linux: mq with one of them per queue).
 * They hold trains; a NIC's queue takes one train at a time from its qdisc.
 */

import { dropReasonId, type DisciplineTable, type FlowTable, type HostTable } from '#shared/plan/index'
import { DSCP_SHIFT } from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { type PacketPool, placeOfPacket } from '../packet-pool'
import { heldAt } from '../queue/held-packet'
import { QUEUE_DROP, type QueueOwner } from '../queue/queue-discipline'
import { QueueDisciplines } from '../queue/queue-disciplines'
import { RANDOM_USE, RandomStream } from '../random'

const NONE = -1
/** 2^32 divided by the golden ratio: products with it spread successive numbers evenly (Knuth, volume 3, section 6.4). */
const SPREAD = 0x9e3779b1

const REASONS = new Uint8Array(Object.keys(QUEUE_DROP).length)
REASONS[QUEUE_DROP.full] = dropReasonId('qdisc-full')
REASONS[QUEUE_DROP.early] = dropReasonId('early-drop')
REASONS[QUEUE_DROP.flowLimit] = dropReasonId('flow-limit')

/** Told when a qdisc drops a packet that its socket still accounts for. */
export interface QdiscObserver {
  orphan(packet: number, nowNs: number): void
}

export class HostQdiscs implements QueueOwner {
  /** 1 for transmit queues with a qdisc of these. */
  readonly isUsed: Uint8Array
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly portCount: number
  /** Port of each transmit queue. */
  readonly portOf: Int32Array
  private readonly qdiscs: QueueDisciplines
  /** Set once by the engine. */
  observer!: QdiscObserver

  /** `portOf` and `hostOf` tell the port and the host of each transmit queue. */
  constructor(
    parts: {
      hosts: HostTable
      disciplines: DisciplineTable
      flows: FlowTable
      pool: PacketPool
      events: EventQueue
      layout: EventLayout
      accounts: Accounts
      nsPerByte: Float64Array
    },
    portOf: Int32Array,
    hostOf: Int32Array,
    seed: number,
  ) {
    const { hosts, pool } = parts
    this.pool = pool
    this.flows = parts.flows
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.portOf = portOf
    this.portCount = parts.nsPerByte.length
    const rowOf = hostOf.map((host) => hosts.qdisc[host])
    this.isUsed = Uint8Array.from(rowOf, (row) => (row === NONE ? 0 : 1))
    this.qdiscs = new QueueDisciplines({
      table: parts.disciplines,
      rowOf,
      limitPackets: hostOf.map((host) => hosts.txQueueLimit[host]),
      limitBytes: Float64Array.from(hostOf, (host) => hosts.txQueueLimitBytes[host]),
      shared: { memoryOf: new Int32Array(rowOf.length).fill(NONE), bytes: new Float64Array(0), alpha: new Float64Array(0) },
      nsPerByte: Float64Array.from(portOf, (port) => parts.nsPerByte[port]),
      pool,
      owner: this,
      random: (queue) => new RandomStream(seed, RANDOM_USE.hostEarlyDrop, queue),
    })
  }

  /** Takes a packet or train for a transmit queue; it may drop it, or others for its sake. */
  enqueue(queue: number, packet: number, nowNs: number): void {
    this.pool.ipBytes[packet] = this.trainBytes(packet)
    this.qdiscs.enqueue(queue, packet, nowNs)
  }

  /** The packet that a transmit queue sends next; −1 where none waits or none may go yet. */
  dequeue(queue: number, nowNs: number): number {
    return this.qdiscs.dequeue(queue, nowNs)
  }

  /** The time that a packet was held for has come. */
  release(queue: number, packet: number, nowNs: number): void {
    this.qdiscs.release(queue, packet, nowNs)
  }

  drop(queue: number, packet: number, why: number, nowNs: number): void {
    const segments = this.pool.segments[packet]
    if (this.pool.isOwned(packet)) this.observer.orphan(packet, nowNs)
    this.accounts.portDrops[this.portOf[queue]] += segments
    this.accounts.drop(REASONS[why], segments, nowNs, this.pool.flow[packet])
    this.pool.release(packet)
  }

  hold(queue: number, packet: number, untilNs: number): void {
    this.pool.port[packet] = heldAt(this.portCount + queue)
    this.events.scheduleRanked(this.layout.arrival + placeOfPacket(packet), untilNs, this.layout.arrival + this.portOf[queue])
  }

  flowHash(packet: number): number {
    return Math.imul(this.pool.rowOf(packet) + 1, SPREAD) >>> 0
  }

  serviceType(packet: number): number {
    return (this.flows.dscp[this.pool.flow[packet]] << DSCP_SHIFT) | this.pool.ecn[packet]
  }

  /** Bytes of all IP packets that a train will be (qdisc_pkt_len_init). */
  private trainBytes(packet: number): number {
    const { pool, flows } = this
    const headers = pool.direction[packet] === 0 ? flows.forwardHeaderBytes : flows.reverseHeaderBytes
    return headers[pool.flow[packet]] * pool.segments[packet] + pool.payloadBytes[packet]
  }
}
