/**
 * Wires and the drop-tail queues in front of them. A port's wire carries one frame at a time; a frame of n bytes occupies
 * it for n × nsPerByte, and the fraction of a nanosecond is carried on to the next frame, so that errors never add up.
 * An event for "the wire is free" exists only while something waits: an idle port costs one event per packet.
 */

import { dropReasonId, type PortTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { PacketPool } from '../packet-pool'
import { RANDOM_USE, RandomStream } from '../random'

const NONE = -1
const QUEUE_FULL = dropReasonId('queue-full')
const LINK_LOSS = dropReasonId('link-loss')

/** What a port turns to when its wire comes free and its own queue is empty: a host's transmit queues. */
export interface FrameSource {
  /** Puts the next frame on the port's free wire, if any waits. */
  pump(port: number, nowNs: number): void
}

export class Links {
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly ports: PortTable
  private readonly lossStreams: (RandomStream | undefined)[]
  private readonly freeAtNs: Float64Array
  private readonly fraction: Float64Array
  private readonly queueHead: Int32Array
  private readonly queueTail: Int32Array
  private readonly queuedPackets: Int32Array
  private readonly queuedBytes: Float64Array
  private readonly wakePending: Uint8Array
  /** Transmit queues of the hosts; set once by the engine that owns both. */
  source!: FrameSource

  constructor(
    ports: PortTable,
    pool: PacketPool,
    events: EventQueue,
    layout: EventLayout,
    accounts: Accounts,
    seed: number,
  ) {
    this.ports = ports
    this.pool = pool
    this.events = events
    this.layout = layout
    this.accounts = accounts
    this.freeAtNs = new Float64Array(ports.count)
    this.fraction = new Float64Array(ports.count)
    this.queueHead = new Int32Array(ports.count).fill(NONE)
    this.queueTail = new Int32Array(ports.count).fill(NONE)
    this.queuedPackets = new Int32Array(ports.count)
    this.queuedBytes = new Float64Array(ports.count)
    this.wakePending = new Uint8Array(ports.count)
    this.lossStreams = Array.from(ports.lossRate, (rate, port) =>
      rate > 0 ? new RandomStream(seed, RANDOM_USE.loss, port) : undefined,
    )
  }

  /** Whether a frame could start on the port's wire now: it is idle, and nothing waits for it. */
  isFree(port: number, nowNs: number): boolean {
    return this.freeAtNs[port] <= nowNs && this.wakePending[port] === 0
  }

  /** Sends a wire packet by a switch's port: at once, or after those that wait; dropped where the queue is full. */
  send(port: number, packet: number, nowNs: number): void {
    if (this.isFree(port, nowNs)) {
      this.reserve(port, packet, nowNs)
      this.launch(port, packet, nowNs)
      return
    }
    const bytes = this.pool.ipBytes[packet]
    const packetLimit = this.ports.queueLimitPackets[port]
    const byteLimit = this.ports.queueLimitBytes[port]
    if (
      (packetLimit > 0 && this.queuedPackets[port] >= packetLimit) ||
      (byteLimit > 0 && this.queuedBytes[port] + bytes > byteLimit)
    ) {
      this.lose(port, packet, QUEUE_FULL, nowNs)
      return
    }
    const tail = this.queueTail[port]
    if (tail === NONE) this.queueHead[port] = packet
    else this.pool.next[tail] = packet
    this.queueTail[port] = packet
    this.queuedPackets[port]++
    this.queuedBytes[port] += bytes
    this.wakeWhenFree(port)
  }

  /** Takes the wire for a frame's time. Requires: the wire is free. */
  reserve(port: number, packet: number, nowNs: number): void {
    const { pool, ports } = this
    const exact = (pool.ipBytes[packet] + ports.framingBytes[port]) * ports.nsPerByte[port] + this.fraction[port]
    const whole = Math.floor(exact)
    this.fraction[port] = exact - whole
    this.freeAtNs[port] = nowNs + whole
    this.accounts.occupy(port, nowNs, whole)
  }

  /** Lets a frame travel once its time on the wire is over; it may be lost there. Requires: the wire is its own. */
  launch(port: number, packet: number, nowNs: number): void {
    const loss = this.lossStreams[port]
    if (loss !== undefined && loss.unit() <= this.ports.lossRate[port]) {
      this.lose(port, packet, LINK_LOSS, nowNs)
      return
    }
    this.pool.port[packet] = port
    const event = this.layout.arrival + packet
    this.events.setRank(event, this.layout.arrival + port)
    this.events.schedule(event, this.freeAtNs[port] + this.ports.delayNs[port])
  }

  /** Makes sure that {@link onWireFree} is called when the wire comes free. */
  wakeWhenFree(port: number): void {
    if (this.wakePending[port] === 1) return
    this.wakePending[port] = 1
    this.events.schedule(this.layout.wireFree + port, this.freeAtNs[port])
  }

  /** The wire is free: the next packet goes, if any waits. */
  onWireFree(port: number, nowNs: number): void {
    this.wakePending[port] = 0
    const head = this.queueHead[port]
    if (head === NONE) {
      this.source.pump(port, nowNs)
      return
    }
    this.unqueue(port, head)
    this.reserve(port, head, nowNs)
    this.launch(port, head, nowNs)
    if (this.queueHead[port] !== NONE) this.wakeWhenFree(port)
  }

  private unqueue(port: number, head: number): void {
    const following = this.pool.next[head]
    this.pool.next[head] = NONE
    this.queueHead[port] = following
    if (following === NONE) this.queueTail[port] = NONE
    this.queuedPackets[port]--
    this.queuedBytes[port] -= this.pool.ipBytes[head]
  }

  private lose(port: number, packet: number, reason: number, nowNs: number): void {
    this.accounts.portDrops[port]++
    this.accounts.drop(reason, this.pool.segments[packet], nowNs)
    this.pool.release(packet)
  }
}
