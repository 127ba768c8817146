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
const NO_LIMIT = 0x7fffffff
const QUEUE_FULL = dropReasonId('queue-full')
const LINK_LOSS = dropReasonId('link-loss')

/** What a port turns to when its wire comes free and its own queue is empty: a host's transmit queues. */
export interface FrameSource {
  /** Puts the next frame on the port's free wire, if any waits. */
  pump(port: number, nowNs: number): void
}

/**
 * A wire's numbers lie side by side, {@link WIRE_STRIDE} to a port, so that a frame touches one cache line of them.
 * `wake` is 1 while an event for "free" is scheduled.
 */
const WIRE = { freeAtNs: 0, fraction: 1, nsPerByte: 2, delayNs: 3, framingBytes: 4, wake: 5, lossRate: 6 } as const
const WIRE_STRIDE = 8
/** A queue's numbers, likewise. */
const QUEUE = { head: 0, tail: 1, packets: 2, packetLimit: 3 } as const
const QUEUE_STRIDE = 4

export class Links {
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly lossStreams: readonly (RandomStream | undefined)[]
  private readonly wires: Float64Array
  private readonly queues: Int32Array
  private readonly queuedBytes: Float64Array
  /** Infinity: no limit in bytes. */
  private readonly byteLimit: Float64Array
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
    this.pool = pool
    this.events = events
    this.layout = layout
    this.accounts = accounts
    this.wires = new Float64Array(ports.count * WIRE_STRIDE)
    this.queues = new Int32Array(ports.count * QUEUE_STRIDE)
    this.queuedBytes = new Float64Array(ports.count)
    this.byteLimit = ports.queueLimitBytes.map((bytes) => (bytes > 0 ? bytes : Infinity))
    for (let port = 0; port < ports.count; port++) {
      const wire = port * WIRE_STRIDE
      this.wires[wire + WIRE.nsPerByte] = ports.nsPerByte[port]
      this.wires[wire + WIRE.delayNs] = ports.delayNs[port]
      this.wires[wire + WIRE.framingBytes] = ports.framingBytes[port]
      this.wires[wire + WIRE.lossRate] = ports.lossRate[port]
      const queue = port * QUEUE_STRIDE
      this.queues[queue + QUEUE.head] = NONE
      this.queues[queue + QUEUE.tail] = NONE
      this.queues[queue + QUEUE.packetLimit] = ports.queueLimitPackets[port] || NO_LIMIT
    }
    this.lossStreams = Array.from(ports.lossRate, (rate, port) =>
      rate > 0 ? new RandomStream(seed, RANDOM_USE.loss, port) : undefined,
    )
  }

  /** Whether a frame could start on the port's wire now: it is idle, and nothing waits for it. */
  isFree(port: number, nowNs: number): boolean {
    const wire = port * WIRE_STRIDE
    return this.wires[wire + WIRE.freeAtNs] <= nowNs && this.wires[wire + WIRE.wake] === 0
  }

  /** Sends a wire packet by a switch's port: at once, or after those that wait; dropped where the queue is full. */
  send(port: number, packet: number, nowNs: number): void {
    if (this.isFree(port, nowNs)) {
      this.reserve(port, packet, nowNs)
      this.launch(port, packet, nowNs)
      return
    }
    const { queues } = this
    const queue = port * QUEUE_STRIDE
    const bytes = this.pool.ipBytes[packet]
    if (
      queues[queue + QUEUE.packets] >= queues[queue + QUEUE.packetLimit] ||
      this.queuedBytes[port] + bytes > this.byteLimit[port]
    ) {
      this.lose(port, packet, QUEUE_FULL, nowNs)
      return
    }
    const tail = queues[queue + QUEUE.tail]
    if (tail === NONE) queues[queue + QUEUE.head] = packet
    else this.pool.next[tail] = packet
    queues[queue + QUEUE.tail] = packet
    queues[queue + QUEUE.packets]++
    this.queuedBytes[port] += bytes
    this.wakeWhenFree(port)
  }

  /** Takes the wire for a frame's time. Requires: the wire is free. */
  reserve(port: number, packet: number, nowNs: number): void {
    const { wires } = this
    const wire = port * WIRE_STRIDE
    const bytes = this.pool.ipBytes[packet] + wires[wire + WIRE.framingBytes]
    const exact = bytes * wires[wire + WIRE.nsPerByte] + wires[wire + WIRE.fraction]
    const whole = Math.floor(exact)
    wires[wire + WIRE.fraction] = exact - whole
    wires[wire + WIRE.freeAtNs] = nowNs + whole
    this.accounts.occupy(port, nowNs, whole)
  }

  /** Lets a frame travel once its time on the wire is over; it may be lost there. Requires: the wire is its own. */
  launch(port: number, packet: number, nowNs: number): void {
    const { wires } = this
    const wire = port * WIRE_STRIDE
    if (wires[wire + WIRE.lossRate] > 0 && this.lossStreams[port]!.unit() <= wires[wire + WIRE.lossRate]) {
      this.lose(port, packet, LINK_LOSS, nowNs)
      return
    }
    this.pool.port[packet] = port
    const { arrival } = this.layout
    this.events.scheduleRanked(arrival + packet, wires[wire + WIRE.freeAtNs] + wires[wire + WIRE.delayNs], arrival + port)
  }

  /** Makes sure that {@link onWireFree} is called when the wire comes free. */
  wakeWhenFree(port: number): void {
    const wire = port * WIRE_STRIDE
    if (this.wires[wire + WIRE.wake] === 1) return
    this.wires[wire + WIRE.wake] = 1
    this.events.schedule(this.layout.wireFree + port, this.wires[wire + WIRE.freeAtNs])
  }

  /** The wire is free: the next packet goes, if any waits. */
  onWireFree(port: number, nowNs: number): void {
    this.wires[port * WIRE_STRIDE + WIRE.wake] = 0
    const head = this.queues[port * QUEUE_STRIDE + QUEUE.head]
    if (head === NONE) {
      this.source.pump(port, nowNs)
      return
    }
    this.unqueue(port, head)
    this.reserve(port, head, nowNs)
    this.launch(port, head, nowNs)
    if (this.queues[port * QUEUE_STRIDE + QUEUE.head] !== NONE) this.wakeWhenFree(port)
  }

  /** Ends a packet at a port by a drop. `reason` is a number of `DROP_REASONS`. */
  lose(port: number, packet: number, reason: number, nowNs: number): void {
    this.accounts.portDrops[port]++
    this.accounts.drop(reason, this.pool.segments[packet], nowNs)
    this.pool.release(packet)
  }

  private unqueue(port: number, head: number): void {
    const { queues } = this
    const queue = port * QUEUE_STRIDE
    const following = this.pool.next[head]
    this.pool.next[head] = NONE
    queues[queue + QUEUE.head] = following
    if (following === NONE) queues[queue + QUEUE.tail] = NONE
    queues[queue + QUEUE.packets]--
    this.queuedBytes[port] -= this.pool.ipBytes[head]
  }
}
