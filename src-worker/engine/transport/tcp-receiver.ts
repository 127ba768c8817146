/**
 * The receiving half of a TCP connection: in-order and out-of-order data, the window, and when to acknowledge (RFC 9293,
 * RFC 2018, RFC 7323; delayed and quick acknowledgements as net/ipv4/tcp_input.c has them).
 */

import { dropReasonId, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { PACKET_FLAG, SACK_BLOCKS, type PacketPool } from '../packet-pool'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import type { Sockets } from './sockets'
import { DELAYED_ACK_NS } from './tcp-constants'

const RECEIVE_BUFFER_FULL = dropReasonId('tcp-receive-buffer')

export class TcpReceiver {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: Outlet

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    events: EventQueue
    layout: EventLayout
    accounts: Accounts
    maker: PacketMaker
    outlet: Outlet
  }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
  }

  /**
   * Takes the payload and FIN of a packet: queues it, and acknowledges at once or later. Returns the bytes that became
   * readable; −1 where the packet was dropped for want of room.
   */
  onData(socket: number, packet: number, core: number, nowNs: number): number {
    const { sockets, pool } = this
    const start = pool.sequence[packet]
    const payloadEnd = start + pool.payloadBytes[packet]
    const hasFin = (pool.flags[packet] & PACKET_FLAG.fin) !== 0
    const end = hasFin ? payloadEnd + 1 : payloadEnd
    const expected = sockets.rcvNxt[socket]
    if (payloadEnd > expected && payloadEnd > sockets.advertisedEdge[socket]) {
      this.accounts.drop(RECEIVE_BUFFER_FULL, pool.segments[packet], nowNs)
      this.acknowledge(socket, core, nowNs)
      return -1
    }
    if (hasFin) sockets.rcvFin[socket] = payloadEnd
    if (start <= sockets.lastAcked[socket] && end > sockets.lastAcked[socket]) {
      sockets.echoNs[socket] = pool.createdNs[packet]
    }
    if (end <= expected) {
      this.acknowledge(socket, core, nowNs)
      return 0
    }
    if (start > expected) {
      const { outOfOrder } = sockets
      sockets.lastOutOfOrder[socket] = outOfOrder.insert(socket, start, end)
      this.acknowledge(socket, core, nowNs)
      return 0
    }
    const filledHole = this.advance(socket, end)
    const readable = Math.min(sockets.rcvNxt[socket], sockets.rcvFin[socket]) - expected
    sockets.unread[socket] += readable
    this.acknowledgeData(socket, filledHole, core, nowNs)
    return readable
  }

  /** Fills in acknowledgement, window, echo and selective blocks of a packet that leaves. */
  stamp(socket: number, packet: number): void {
    const { sockets, pool } = this
    const expected = sockets.rcvNxt[socket]
    const edge = Math.max(sockets.advertisedEdge[socket], expected + sockets.receiveWindow(socket))
    sockets.advertisedEdge[socket] = edge
    sockets.lastAcked[socket] = expected
    sockets.ackDeadlineNs[socket] = Infinity
    pool.acknowledged[packet] = expected
    pool.windowBytes[packet] = edge - expected
    pool.echoNs[packet] = sockets.echoNs[socket]
    this.writeBlocks(socket, packet)
  }

  /** Sends an acknowledgement without payload. */
  acknowledge(socket: number, core: number, nowNs: number): void {
    const flags = PACKET_FLAG.ack | PACKET_FLAG.control
    const packet = this.maker.make(socket, this.sockets.sndNxt[socket], 0, 1, flags, nowNs)
    this.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** tcp_cleanup_rbuf: the application has read; a window that opened much, or data not acknowledged yet, is told. */
  onRead(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const expected = sockets.rcvNxt[socket]
    const unacknowledged = expected - sockets.lastAcked[socket]
    const offered = sockets.advertisedEdge[socket] - expected
    const opened = sockets.receiveWindow(socket) >= 2 * offered
    const owes = unacknowledged > this.flows.mssBytes[socket >> 1]
    if (opened || (owes && sockets.unread[socket] === 0)) this.acknowledge(socket, core, nowNs)
  }

  /** The delayed-acknowledgement event fired: acknowledges if the time is out, else waits on. */
  onDelayedAck(socket: number, nowNs: number): void {
    const { sockets } = this
    sockets.ackPending[socket] = 0
    const deadline = sockets.ackDeadlineNs[socket]
    if (deadline === Infinity) return
    if (deadline <= nowNs) {
      this.acknowledge(socket, sockets.threadCore[socket], nowNs)
      return
    }
    sockets.ackPending[socket] = 1
    this.events.schedule(this.layout.delayedAck + socket, deadline)
  }

  /** Moves the in-order edge to `end` and over what was held out of order; returns whether anything was held. */
  private advance(socket: number, end: number): boolean {
    const { sockets } = this
    const { outOfOrder } = sockets
    const held = outOfOrder.count[socket] > 0
    sockets.rcvNxt[socket] = end
    if (!held) return false
    outOfOrder.trim(socket, end)
    if (outOfOrder.count[socket] > 0 && outOfOrder.start(socket, 0) <= end) {
      sockets.rcvNxt[socket] = outOfOrder.end(socket, 0)
      outOfOrder.trim(socket, sockets.rcvNxt[socket])
    }
    sockets.lastOutOfOrder[socket] = 0
    return true
  }

  /** __tcp_ack_snd_check: more than one full segment, a filled hole or a starting connection: now. Else: delayed. */
  private acknowledgeData(socket: number, filledHole: boolean, core: number, nowNs: number): void {
    const { sockets } = this
    const unacknowledged = sockets.rcvNxt[socket] - sockets.lastAcked[socket]
    const isQuick = sockets.quickAcks[socket] > 0 && sockets.isPingPong[socket] === 0
    if (isQuick) sockets.quickAcks[socket]--
    if (filledHole || isQuick || unacknowledged > this.flows.mssBytes[socket >> 1]) {
      this.acknowledge(socket, core, nowNs)
      return
    }
    if (sockets.ackDeadlineNs[socket] !== Infinity) return
    sockets.ackDeadlineNs[socket] = nowNs + DELAYED_ACK_NS
    if (sockets.ackPending[socket] === 1) return
    sockets.ackPending[socket] = 1
    this.events.schedule(this.layout.delayedAck + socket, sockets.ackDeadlineNs[socket])
  }

  /** The block that changed last goes first, then others (RFC 2018, section 4). */
  private writeBlocks(socket: number, packet: number): void {
    const { sockets, pool } = this
    const { outOfOrder } = sockets
    const count = Math.min(SACK_BLOCKS, outOfOrder.count[socket])
    pool.sackCount[packet] = count
    if (count === 0) return
    const latest = Math.max(0, Math.min(sockets.lastOutOfOrder[socket], outOfOrder.count[socket] - 1))
    for (let block = 0; block < count; block++) {
      const index = (latest + block) % outOfOrder.count[socket]
      const at = (packet * SACK_BLOCKS + block) * 2
      pool.sackEdges[at] = outOfOrder.start(socket, index)
      pool.sackEdges[at + 1] = outOfOrder.end(socket, index)
    }
  }
}
