/**
 * Wires and the drop-tail queues in front of them. A port's wire carries one frame at a time; a frame of n bytes occupies
 * it for n × nsPerByte, and the fraction of a nanosecond is carried on to the next frame, so that errors never add up.
 * An event for "the wire is free" exists only while something waits: an idle port costs one event per packet.
 */

import { dropReasonId, type PortTable } from '#shared/plan/index'
import { ETHERNET_FRAMING_BYTES } from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { PacketMemory } from '../packet-memory'
import { headerAt, MAX_HEADER_BYTES, PACKET_FLAG, type PacketPool, placeOfPacket } from '../packet-pool'
import { FATE, FATE_REASON, type Impairments } from './impairments'

const NONE = -1
const NO_LIMIT = 0x7fffffff
const QUEUE_FULL = dropReasonId('queue-full')
/** The shortest Ethernet frame on a wire: 64 bytes, with preamble and gap (IEEE 802.3, section 4.4.2). */
const LEAST_FRAME_BYTES = 84

/** What ports hand their packets to that do more than drop-tail. */
export interface SpecialQueues {
  /** Takes a wire packet that is to leave by a port. */
  send(port: number, packet: number, nowNs: number): void
}

/** What a fault does to frames on a wire. */
export interface WireFaults {
  /** Whether the next frame of a port is lost to one: the reason's number, or −1. */
  strikes(port: number): number
}

const NO_FAULTS: WireFaults = { strikes: () => NONE }

/** The part of a network that an engine simulates where several share a run. */
export interface Border {
  /** 1 for the engine's own elements: switches, then hosts. */
  readonly owns: Uint8Array
  /** Where the packets of all engines lie. */
  readonly memory: PacketMemory
  /** Takes a wire packet that reaches the far end of its port, an element of another engine, at `arrivalNs`. */
  leave(packet: number, arrivalNs: number): void
}

/** What a port turns to when its wire comes free and its own queue is empty: a host's transmit queues. */
export interface FrameSource {
  /** Puts the next frame on the port's free wire, if any waits. */
  pump(port: number, nowNs: number): void
}

/**
 * A wire's numbers lie side by side, {@link WIRE_STRIDE} to a port, so that a frame touches one cache line of them.
 * `wake` is 1 while an event for "free" is scheduled, `care` the sum of what else than sending at once may be to do,
 * `busyNs` the time the wire carried frames that left after the warm-up.
 */
const WIRE = { freeAtNs: 0, fraction: 1, nsPerByte: 2, delayNs: 3, framingBytes: 4, wake: 5, care: 6, busyNs: 7 } as const
const WIRE_STRIDE = 8
/** Bits of `care`: the wire does anything to packets beside delaying them; they wait elsewhere than in the port's own queue. */
const CARE = { impaired: 1, special: 2 } as const
/** A queue's numbers, likewise. */
const QUEUE = { head: 0, tail: 1, packets: 2, packetLimit: 3 } as const
const QUEUE_STRIDE = 4

export class Links {
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly impairments: Impairments
  private readonly border: Border | undefined
  /** 1 for ports whose wires lead to elements of another engine. */
  private readonly isForeign: Uint8Array
  private readonly wires: Float64Array
  private readonly queues: Int32Array
  private readonly queuedBytes: Float64Array
  /** Infinity: no limit in bytes. */
  private readonly byteLimit: Float64Array
  /** Transmit queues of the hosts; set once by the engine that owns both. */
  source!: FrameSource
  /** Faults of wires that were exposed to them; set by the engine, likewise. */
  faults = NO_FAULTS
  /** Queues of special ports; set once by the engine, likewise. */
  special!: SpecialQueues

  constructor(
    ports: PortTable,
    pool: PacketPool,
    events: EventQueue,
    layout: EventLayout,
    accounts: Accounts,
    impairments: Impairments,
    border?: Border,
  ) {
    this.pool = pool
    this.events = events
    this.layout = layout
    this.accounts = accounts
    this.impairments = impairments
    this.border = border
    this.isForeign = Uint8Array.from(ports.peer, (peer) => (border === undefined || border.owns[peer] === 1 ? 0 : 1))
    this.wires = new Float64Array(ports.count * WIRE_STRIDE)
    this.queues = new Int32Array(ports.count * QUEUE_STRIDE)
    this.queuedBytes = new Float64Array(ports.count)
    this.byteLimit = ports.queueLimitBytes.map((bytes) => (bytes > 0 ? bytes : Infinity))
    for (let port = 0; port < ports.count; port++) {
      const wire = port * WIRE_STRIDE
      this.wires[wire + WIRE.nsPerByte] = ports.nsPerByte[port]
      this.wires[wire + WIRE.delayNs] = ports.delayNs[port]
      this.wires[wire + WIRE.framingBytes] = ports.framingBytes[port]
      this.wires[wire + WIRE.care] = impairments.isImpaired[port] === 0 ? 0 : CARE.impaired
      const queue = port * QUEUE_STRIDE
      this.queues[queue + QUEUE.head] = NONE
      this.queues[queue + QUEUE.tail] = NONE
      this.queues[queue + QUEUE.packetLimit] = ports.queueLimitPackets[port] || NO_LIMIT
    }
  }

  /** Asks {@link faults} about every frame of a port from now on. */
  expose(port: number): void {
    this.wires[port * WIRE_STRIDE + WIRE.care] |= CARE.impaired
  }

  /** Changes a wire's propagation delay. */
  setDelay(port: number, delayNs: number): void {
    this.wires[port * WIRE_STRIDE + WIRE.delayNs] = delayNs
  }

  /** Changes a wire's rate. */
  setNsPerByte(port: number, nsPerByte: number): void {
    this.wires[port * WIRE_STRIDE + WIRE.nsPerByte] = nsPerByte
  }

  /** Makes a port hand its packets to {@link special}. */
  makeSpecial(port: number): void {
    this.wires[port * WIRE_STRIDE + WIRE.care] |= CARE.special
  }

  /** Tells how long each port's wire has carried frames that left after the warm-up, ns. */
  tellBusy(portBusyNs: Float64Array): void {
    for (let port = 0; port < portBusyNs.length; port++) portBusyNs[port] = this.wires[port * WIRE_STRIDE + WIRE.busyNs]
  }

  /** Whether a frame could start on the port's wire now: it is idle, and nothing waits for it. */
  isFree(port: number, nowNs: number): boolean {
    const wire = port * WIRE_STRIDE
    return this.wires[wire + WIRE.freeAtNs] <= nowNs && this.wires[wire + WIRE.wake] === 0
  }

  /** Sends a wire packet by a switch's port: at once, or after those that wait; dropped where the queue is full. */
  send(port: number, packet: number, nowNs: number): void {
    if ((this.wires[port * WIRE_STRIDE + WIRE.care] & CARE.special) !== 0) {
      this.special.send(port, packet, nowNs)
      return
    }
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
    const framing = wires[wire + WIRE.framingBytes]
    let bytes = this.pool.ipBytes[packet] + framing
    // Ethernet pads what is shorter; wires with less around their packets are no Ethernet.
    if (bytes < LEAST_FRAME_BYTES && framing >= ETHERNET_FRAMING_BYTES) bytes = LEAST_FRAME_BYTES
    const exact = bytes * wires[wire + WIRE.nsPerByte] + wires[wire + WIRE.fraction]
    const whole = Math.floor(exact)
    wires[wire + WIRE.fraction] = exact - whole
    wires[wire + WIRE.freeAtNs] = nowNs + whole
    this.accounts.packetHops++
    if (nowNs >= this.accounts.warmupNs) wires[wire + WIRE.busyNs] += whole
  }

  /** Lets a frame travel once its time on the wire is over; it may be lost there. Requires: the wire is its own. */
  launch(port: number, packet: number, nowNs: number): void {
    const { wires } = this
    const wire = port * WIRE_STRIDE
    const onTimeNs = wires[wire + WIRE.freeAtNs] + wires[wire + WIRE.delayNs]
    if ((wires[wire + WIRE.care] & CARE.impaired) !== 0) this.risk(port, packet, onTimeNs, nowNs)
    else this.travel(port, packet, onTimeNs)
  }

  private travel(port: number, packet: number, arrivalNs: number): void {
    this.pool.port[packet] = port
    if (this.border !== undefined && this.isForeign[port] === 1) this.border.leave(packet, arrivalNs)
    else this.expect(packet, arrivalNs)
  }

  /** Schedules the arrival of a wire packet at the far end of its port. */
  expect(packet: number, arrivalNs: number): void {
    const { arrival } = this.layout
    this.events.scheduleRanked(arrival + placeOfPacket(packet), arrivalNs, arrival + this.pool.port[packet])
  }

  /** Lets a frame travel on an impaired wire: it may end there, come late, or twice. */
  private risk(port: number, packet: number, onTimeNs: number, nowNs: number): void {
    const struck = this.faults.strikes(port)
    if (struck !== NONE) {
      this.lose(port, packet, struck, nowNs)
      return
    }
    if (this.impairments.isImpaired[port] === 0) {
      this.travel(port, packet, onTimeNs)
      return
    }
    const fate = this.impairments.fate(port)
    if (fate === FATE.lost || fate === FATE.damaged) {
      this.lose(port, packet, FATE_REASON[fate], nowNs)
      return
    }
    const arrivalNs = this.impairments.arrivalNs(port, onTimeNs)
    const copy = fate === FATE.copied ? this.copyOf(packet) : NONE
    this.travel(port, packet, arrivalNs)
    if (copy !== NONE) this.travel(port, copy, arrivalNs)
  }

  /** A copy that the network makes of a wire packet. */
  private copyOf(packet: number): number {
    const { pool } = this
    const copy = pool.allocate()
    pool.copy(packet, copy)
    pool.flags[copy] |= PACKET_FLAG.networkMade
    pool.segmentsSent[copy] = 0
    pool.ipBytes[copy] = pool.ipBytes[packet]
    pool.rss[copy] = pool.rss[packet]
    const from = headerAt(packet)
    pool.header.copyWithin(headerAt(copy), from, from + MAX_HEADER_BYTES)
    this.accounts.networkSent++
    return copy
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
    this.accounts.drop(reason, this.pool.segments[packet], nowNs, this.pool.flow[packet])
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
