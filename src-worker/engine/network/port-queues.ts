/**
 * Switch ports that do more than drop-tail: their packets wait in a discipline, or in memory that the switch's ports
 * share. Ports that don't never come here.
 */

import { dropReasonId, type RunPlan } from '#shared/plan/index'
import { ETHERNET, IPV4, packetFlowHash } from '#shared/wire/index'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { headerAt, type PacketPool, placeOfPacket } from '../packet-pool'
import { heldAt } from '../queue/held-packet'
import { QUEUE_DROP, type QueueOwner } from '../queue/queue-discipline'
import { QueueDisciplines } from '../queue/queue-disciplines'
import { RANDOM_USE, RandomStream } from '../random'
import type { Links } from './links'

const NONE = -1
const SHARED_BUFFER_FULL = dropReasonId('shared-buffer-full')

export class PortQueues implements QueueOwner {
  /** 1 for ports whose packets wait here. */
  readonly isSpecial: Uint8Array
  private readonly pool: PacketPool
  private readonly links: Links
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly queues: QueueDisciplines
  private readonly reasons: Uint8Array
  private readonly memoryOf: Int32Array

  constructor(
    plan: Pick<RunPlan, 'ports' | 'disciplines' | 'switches' | 'switchCount'>,
    parts: { pool: PacketPool; links: Links; events: EventQueue; layout: EventLayout },
    seed: number,
  ) {
    const { ports, disciplines, switches, switchCount } = plan
    this.pool = parts.pool
    this.links = parts.links
    this.events = parts.events
    this.layout = parts.layout
    this.memoryOf = ports.owner.map((owner) => (owner < switchCount && switches.bufferBytes[owner] > 0 ? owner : NONE))
    this.isSpecial = Uint8Array.from(ports.discipline, (row, port) => (row !== NONE || this.memoryOf[port] !== NONE ? 1 : 0))
    this.isSpecial.forEach((special, port) => {
      if (special === 1) parts.links.makeSpecial(port)
    })
    this.reasons = new Uint8Array(Object.keys(QUEUE_DROP).length)
    this.reasons[QUEUE_DROP.full] = dropReasonId('queue-full')
    this.reasons[QUEUE_DROP.early] = dropReasonId('early-drop')
    this.reasons[QUEUE_DROP.flowLimit] = dropReasonId('flow-limit')
    this.queues = new QueueDisciplines({
      table: disciplines,
      rowOf: ports.discipline,
      limitPackets: ports.queueLimitPackets,
      limitBytes: ports.queueLimitBytes,
      shared: { memoryOf: this.memoryOf, bytes: switches.bufferBytes, alpha: switches.bufferAlpha },
      nsPerByte: ports.nsPerByte,
      pool: parts.pool,
      owner: this,
      random: (port) => new RandomStream(seed, RANDOM_USE.earlyDrop, port),
    })
  }

  /** Takes a wire packet that is to leave by a port. */
  send(port: number, packet: number, nowNs: number): void {
    this.queues.enqueue(port, packet, nowNs)
    this.serve(port, nowNs)
  }

  /** Puts the next packet on the port's free wire, if any may go. */
  pump(port: number, nowNs: number): void {
    const packet = this.queues.dequeue(port, nowNs)
    if (packet === NONE) return
    this.links.reserve(port, packet, nowNs)
    if (this.queues.room.packets[port] > 0) this.links.wakeWhenFree(port)
    this.links.launch(port, packet, nowNs)
  }

  /** The time that a packet was held for at a port has come. */
  release(port: number, packet: number, nowNs: number): void {
    this.queues.release(port, packet, nowNs)
    this.serve(port, nowNs)
  }

  drop(port: number, packet: number, why: number, nowNs: number): void {
    const isShared = why === QUEUE_DROP.full && this.memoryOf[port] !== NONE
    this.links.lose(port, packet, isShared ? SHARED_BUFFER_FULL : this.reasons[why], nowNs)
  }

  hold(port: number, packet: number, untilNs: number): void {
    this.pool.port[packet] = heldAt(port)
    this.events.scheduleRanked(this.layout.arrival + placeOfPacket(packet), untilNs, this.layout.arrival + port)
  }

  flowHash(packet: number): number {
    return packetFlowHash(this.pool.header, headerAt(packet) + ETHERNET.length, 0)
  }

  serviceType(packet: number): number {
    return this.pool.header[headerAt(packet) + ETHERNET.length + IPV4.trafficClass]
  }

  private serve(port: number, nowNs: number): void {
    if (this.links.isFree(port, nowNs)) this.pump(port, nowNs)
    else if (this.queues.room.packets[port] > 0) this.links.wakeWhenFree(port)
  }
}

