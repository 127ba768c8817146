/**
 * Transmit queues of the hosts' NICs: one per core and port, served round robin one frame at a time. A queue holds
 * trains; the NIC cuts the next segment off when its wire is free (TSO), so that a train interleaves with other queues as
 * it does on a real wire. A train's last segment tells the sending socket that the qdisc is done with it. What a socket
 * accounts for stays in one queue; with XPS, what the host's stack has orphaned goes by the core that sends it, and overtakes.
 */

import { dropReasonId, type DisciplineTable, type FlowTable, type HostTable, type PortTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { HeaderWriter } from '../network/header-writer'
import type { Links, FrameSource } from '../network/links'
import type { FragmentHeaders } from '../ip/fragment-headers'
import { KEPT_HEADERS, PACKET_FLAG, type PacketPool } from '../packet-pool'
import { HostQdiscs } from './host-qdiscs'
import { PacketLists } from './packet-list'

const NONE = -1
/** Flags of packets that keep their flow's queue: their socket accounts for them, or they are too small to wait anywhere. */
const KEEPS_QUEUE = PACKET_FLAG.owned | PACKET_FLAG.control
const QDISC_FULL = dropReasonId('qdisc-full')
/** TCP option bytes of a SYN beyond the timestamps: MSS 4, SACK permitted 2, window scale 3, padding. */
const SYN_OPTION_BYTES = 8
const SACK_HEAD_BYTES = 4
/** Header of UDP and of ICMP echo, which only the first fragment of a datagram has. */
const DATAGRAM_HEADER_BYTES = 8
const SACK_BLOCK_BYTES = 8

/** Told when the NIC has taken a whole train. */
export interface TransmitObserver {
  /** The sending socket stops accounting for the packet. */
  orphan(packet: number, nowNs: number): void
}

export class TransmitQueues implements FrameSource {
  private readonly hosts: HostTable
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly links: Links
  private readonly headers: HeaderWriter
  private readonly fragments: FragmentHeaders
  private readonly accounts: Accounts
  private readonly queues: PacketLists
  /** First queue and number of queues of each port; −1 for ports of switches. */
  private readonly firstOf: Int32Array
  private readonly perPort: Int32Array
  private readonly hostOf: Int32Array
  private readonly qdiscs: HostQdiscs
  /** Queue of each flow and direction; −1 before its first packet. */
  private readonly queueOf: Int32Array
  private readonly activeHead: Int32Array
  private readonly activeTail: Int32Array
  private readonly activeNext: Int32Array
  /** Set once by the engine. */
  observer!: TransmitObserver

  constructor(parts: {
    hosts: HostTable
    ports: PortTable
    switchCount: number
    disciplines: DisciplineTable
    flows: FlowTable
    pool: PacketPool
    events: EventQueue
    layout: EventLayout
    links: Links
    headers: HeaderWriter
    fragments: FragmentHeaders
    accounts: Accounts
    seed: number
  }) {
    const { ports, hosts } = parts
    this.hosts = hosts
    this.flows = parts.flows
    this.pool = parts.pool
    this.links = parts.links
    this.headers = parts.headers
    this.fragments = parts.fragments
    this.accounts = parts.accounts
    this.firstOf = new Int32Array(ports.count).fill(NONE)
    this.perPort = new Int32Array(ports.count)
    this.queueOf = new Int32Array(parts.flows.count * 2).fill(NONE)
    this.hostOf = new Int32Array(ports.count).fill(NONE)
    const portOf: number[] = []
    for (let port = 0; port < ports.count; port++) {
      const host = ports.owner[port] - parts.switchCount
      if (host < 0) continue
      this.hostOf[port] = host
      this.firstOf[port] = portOf.length
      this.perPort[port] = Math.max(1, hosts.coreCount[host])
      for (let queue = 0; queue < this.perPort[port]; queue++) portOf.push(port)
    }
    const total = portOf.length
    this.queues = new PacketLists(parts.pool, total)
    const hostOfQueue = Int32Array.from(portOf, (port) => this.hostOf[port])
    this.qdiscs = new HostQdiscs({ ...parts, nsPerByte: ports.nsPerByte }, Int32Array.from(portOf), hostOfQueue, parts.seed)
    this.qdiscs.observer = { orphan: (packet, nowNs) => this.observer.orphan(packet, nowNs) }
    this.activeHead = new Int32Array(ports.count).fill(NONE)
    this.activeTail = new Int32Array(ports.count).fill(NONE)
    this.activeNext = new Int32Array(total).fill(NONE)
  }

  /** Hands a packet or train to the NIC. `core` is the host's core (0 …) that sends. */
  send(packet: number, port: number, core: number, nowNs: number): void {
    const queue = this.choose(packet, port, core)
    if (this.qdiscs.isUsed[queue] !== 0) {
      this.qdiscs.enqueue(queue, packet, nowNs)
      this.serve(port, queue, nowNs)
      return
    }
    // Where nothing waits and the wire is idle, a frame need not be queued to be sent.
    if (this.pool.segments[packet] === 1 && this.activeHead[port] === NONE && this.links.isFree(port, nowNs)) {
      this.pool.ipBytes[packet] = this.ipBytes(packet)
      this.put(packet, port, nowNs)
      return
    }
    if (this.queues.count[queue] >= this.hosts.txQueueLimit[this.hostOf[port]]) {
      this.accounts.portDrops[port] += this.pool.segments[packet]
      this.discard(packet, QDISC_FULL, nowNs)
      return
    }
    this.queues.push(queue, packet)
    if (this.queues.count[queue] === 1) this.activate(port, queue)
    if (this.links.isFree(port, nowNs)) this.pump(port, nowNs)
    else this.links.wakeWhenFree(port)
  }

  /**
   * The queue that a packet goes to (net/core/dev.c, netdev_pick_tx): a connection keeps the one it began with, as packets
   * under way must not be overtaken. With XPS, a packet that has no socket any more tells nothing of that, and goes by its core.
   */
  private choose(packet: number, port: number, core: number): number {
    const { pool, queueOf, hosts } = this
    const row = pool.rowOf(packet)
    const first = this.firstOf[port]
    const lanes = this.perPort[port]
    // None yet, or one of another port: the next connection of a flow may leave by another of several uplinks.
    const isNew = queueOf[row] < first || queueOf[row] >= first + lanes
    const goesByCore = hosts.queuesByCore?.[this.hostOf[port]] === 1 && (pool.flags[packet] & KEEPS_QUEUE) === 0
    if (isNew || goesByCore) queueOf[row] = first + (core % lanes)
    return queueOf[row]
  }

  /** Ends a packet or train before it reaches a queue. `reason` is a number of `DROP_REASONS`. */
  discard(packet: number, reason: number, nowNs: number): void {
    if (this.pool.isOwned(packet)) this.observer.orphan(packet, nowNs)
    this.accounts.drop(reason, this.pool.segments[packet], nowNs, this.pool.flow[packet])
    this.pool.release(packet)
  }

  /** Puts the next frame of the queue whose turn it is on the port's free wire, if any waits. */
  pump(port: number, nowNs: number): void {
    const queue = this.activeHead[port]
    if (queue === NONE) return
    const { pool } = this
    const packet = this.queues.peek(queue)
    this.activeHead[port] = this.activeNext[queue]
    if (this.activeHead[port] === NONE) this.activeTail[port] = NONE
    const isLast = pool.segments[packet] - pool.segmentsSent[packet] === 1
    const wire = isLast ? this.queues.shift(queue) : pool.allocate()
    this.cut(packet, wire)
    if (this.queues.count[queue] === 0 && this.qdiscs.isUsed[queue] !== 0) this.refill(queue, nowNs)
    if (this.queues.count[queue] > 0) this.activate(port, queue)
    this.put(wire, port, nowNs)
  }

  /** The time has come that a qdisc held a packet back for. */
  release(queue: number, packet: number, nowNs: number): void {
    this.qdiscs.release(queue, packet, nowNs)
    this.serve(this.qdiscs.portOf[queue], queue, nowNs)
  }

  /** A queue's qdisc may have something to send: the NIC takes it where it has nothing of the queue. */
  private serve(port: number, queue: number, nowNs: number): void {
    if (this.queues.count[queue] === 0 && this.refill(queue, nowNs)) this.activate(port, queue)
    if (this.links.isFree(port, nowNs)) this.pump(port, nowNs)
    else this.links.wakeWhenFree(port)
  }

  /** Gives an empty queue the next train of its qdisc; false where none may go. */
  private refill(queue: number, nowNs: number): boolean {
    const packet = this.qdiscs.dequeue(queue, nowNs)
    if (packet === NONE) return false
    this.queues.push(queue, packet)
    return true
  }

  /** Puts a frame on the port's free wire. */
  private put(wire: number, port: number, nowNs: number): void {
    const flags = this.pool.flags[wire]
    if ((flags & KEPT_HEADERS) === 0) this.headers.write(wire)
    if ((flags & PACKET_FLAG.fragment) !== 0) this.fragments.stamp(wire)
    this.links.reserve(port, wire, nowNs)
    if (this.activeHead[port] !== NONE) this.links.wakeWhenFree(port)
    // The wire is taken by now, so whatever the socket sends next waits its turn. What is left of a train owns its bytes.
    if (this.pool.isOwned(wire)) this.observer.orphan(wire, nowNs)
    this.links.launch(port, wire, nowNs)
  }

  /** Makes `wire` the next segment of a train; the last segment is what is left of the train itself. */
  private cut(train: number, wire: number): void {
    const { pool } = this
    if (wire !== train) {
      const mss = pool.segmentBytes[train]
      pool.copy(train, wire)
      // FIN is the last segment's, CWR the first one's (net/ipv4/tcp_offload.c, tcp_gso_segment).
      pool.flags[wire] &= ~(PACKET_FLAG.owned | PACKET_FLAG.fin)
      pool.flags[train] &= ~PACKET_FLAG.cwr
      pool.payloadBytes[wire] = mss
      pool.payloadBytes[train] -= mss
      pool.sequence[train] += mss
      pool.segmentsSent[train]++
    }
    pool.segments[wire] = 1
    pool.segmentsSent[wire] = 0
    pool.ipBytes[wire] = this.ipBytes(wire)
  }

  private ipBytes(packet: number): number {
    const { pool, flows } = this
    if ((pool.flags[packet] & KEPT_HEADERS) !== 0) return pool.ipBytes[packet]
    const flow = pool.flow[packet]
    const columns = pool.direction[packet] === 0 ? flows.forwardHeaderBytes : flows.reverseHeaderBytes
    const syn = (pool.flags[packet] & PACKET_FLAG.syn) !== 0 ? SYN_OPTION_BYTES : 0
    const blocks = pool.sackCount[packet]
    const sack = blocks > 0 ? SACK_HEAD_BYTES + blocks * SACK_BLOCK_BYTES : 0
    const isLater = (pool.flags[packet] & PACKET_FLAG.fragment) !== 0 && pool.fragmentStart[packet] > 0
    return columns[flow] + pool.payloadBytes[packet] + syn + sack - (isLater ? DATAGRAM_HEADER_BYTES : 0)
  }

  private activate(port: number, queue: number): void {
    this.activeNext[queue] = NONE
    if (this.activeTail[port] === NONE) this.activeHead[port] = queue
    else this.activeNext[this.activeTail[port]] = queue
    this.activeTail[port] = queue
  }
}
