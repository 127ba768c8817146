/**
 * The receiving half of a TCP connection: in-order and out-of-order data, the window, congestion marks, and when to
 * acknowledge (RFC 9293, RFC 2018, RFC 2883, RFC 7323, RFC 3168; net/ipv4/tcp_input.c).
 */

import { CONGESTION, dropReasonId, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { ECN, PACKET_FLAG, SACK_BLOCKS, type PacketPool } from '../packet-pool'
import type { PacketOutlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import type { ReceiveWindow } from './receive-window'
import type { Sockets } from './sockets'
import { MAX_ACK_DELAY_NS, MAX_QUICK_ACKS, MIN_ACK_DELAY_NS } from './tcp-constants'

const RECEIVE_BUFFER_FULL = dropReasonId('tcp-receive-buffer')
/** Acknowledgements sent at once after a congestion mark (tcp_enter_quickack_mode). */
const QUICK_ACKS_AFTER_MARK = 2
const NONE = -1

export class TcpReceiver {
  private readonly sockets: Sockets
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: PacketOutlet
  private readonly window: ReceiveWindow
  /** When data last came, and the delay of acknowledgements that follows from how it comes, ns; 0: no data yet. */
  private readonly receivedNs: Float64Array
  private readonly ackDelayNs: Float64Array
  /** Index of the interval that changed last. */
  private readonly latest: Int32Array
  /** Data that arrived twice, to be reported once; −1: none. */
  private readonly duplicateStart: Float64Array
  private readonly duplicateEnd: Float64Array
  /** ECN-Echo is set until the sender answers with CWR; with DCTCP it tells whether the last data was marked. */
  private readonly echoesMark: Uint8Array

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    events: EventQueue
    layout: EventLayout
    accounts: Accounts
    maker: PacketMaker
    outlet: PacketOutlet
    window: ReceiveWindow
  }) {
    const { count } = parts.sockets
    this.sockets = parts.sockets
    this.pool = parts.pool
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.window = parts.window
    this.receivedNs = new Float64Array(count)
    this.ackDelayNs = new Float64Array(count)
    this.latest = new Int32Array(count)
    this.duplicateStart = new Float64Array(count).fill(NONE)
    this.duplicateEnd = new Float64Array(count)
    this.echoesMark = new Uint8Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.window.renew(socket)
    this.receivedNs[socket] = 0
    this.ackDelayNs[socket] = 0
    this.latest[socket] = 0
    this.duplicateStart[socket] = NONE
    this.echoesMark[socket] = 0
  }

  /** Notes the timestamp to echo: of packets that are next in order, or repeat what was acknowledged (RFC 7323, 4.3). */
  noteTimestamp(socket: number, packet: number): void {
    const { sockets, pool } = this
    if (pool.sequence[packet] > sockets.lastAcked[socket]) return
    if (pool.createdNs[packet] > sockets.echoNs[socket]) sockets.echoNs[socket] = pool.createdNs[packet]
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
      this.accounts.drop(RECEIVE_BUFFER_FULL, pool.segments[packet], nowNs, pool.flow[packet])
      this.acknowledge(socket, core, nowNs)
      return -1
    }
    if (hasFin) sockets.rcvFin[socket] = payloadEnd
    if (end <= expected) {
      this.reportDuplicate(socket, start, end)
      this.beQuick(socket, MAX_QUICK_ACKS)
      this.acknowledge(socket, core, nowNs)
      return 0
    }
    const isChangedMark = sockets.usesEcn[socket] === 1 && this.noteMark(socket, packet, core, nowNs)
    if (start > expected) {
      this.accounts.outOfOrder[sockets.flows.traffic[socket >> 1]] += pool.segments[packet]
      this.holdOutOfOrder(socket, start, end)
      this.acknowledge(socket, core, nowNs)
      return 0
    }
    if (start < expected) this.reportDuplicate(socket, start, expected)
    if (pool.payloadBytes[packet] >= sockets.mssBytes[socket] && pool.echoNs[packet] >= 0) {
      this.window.sampleRtt(socket, pool.echoNs[packet], nowNs)
    }
    const filledHole = this.advance(socket, end)
    const readable = Math.min(sockets.rcvNxt[socket], sockets.rcvFin[socket]) - expected
    sockets.unread[socket] += readable
    this.window.grow(socket, readable)
    this.noteArrival(socket, nowNs)
    this.acknowledgeData(socket, filledHole || isChangedMark, core, nowNs)
    return readable
  }

  /** Fills in acknowledgement, window, echo, ECN-Echo and selective blocks of a packet that leaves. */
  stamp(socket: number, packet: number): void {
    const { sockets, pool } = this
    const expected = sockets.rcvNxt[socket]
    const edge = Math.max(sockets.advertisedEdge[socket], expected + this.window.bytes(socket))
    sockets.advertisedEdge[socket] = edge
    sockets.lastAcked[socket] = expected
    sockets.ackDeadlineNs[socket] = Infinity
    if (sockets.quickAcks[socket] > 0) sockets.quickAcks[socket]--
    pool.acknowledged[packet] = expected
    pool.windowBytes[packet] = edge - expected
    pool.echoNs[packet] = sockets.echoNs[socket]
    if (this.echoesMark[socket] === 1) pool.flags[packet] |= PACKET_FLAG.ece
    if (sockets.outOfOrder.count[socket] > 0 || this.duplicateStart[socket] >= 0) this.writeBlocks(socket, packet)
    else pool.sackCount[packet] = 0
  }

  /** Sends an acknowledgement without payload. */
  acknowledge(socket: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const flags = PACKET_FLAG.ack | PACKET_FLAG.control
    const packet = this.maker.make(socket, sockets.sndNxt[socket], 0, 1, flags, nowNs)
    // With DCTCP acknowledgements are ECN-capable too (tcp_ecn_send).
    if (sockets.usesEcn[socket] === 1 && sockets.congestion[socket] === CONGESTION.dctcp) pool.ecn[packet] = ECN.capable0
    this.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** The application answered what it had received lately: acknowledgements may wait for answers (tcp_event_data_sent). */
  onAnswer(socket: number, nowNs: number): void {
    if (nowNs - this.receivedNs[socket] < this.ackDelayNs[socket]) this.sockets.isPingPong[socket] = 1
  }

  /** tcp_cleanup_rbuf: the application has read; a window that opened much, or data not acknowledged yet, is told. */
  onRead(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    this.window.adjust(socket, nowNs)
    const expected = sockets.rcvNxt[socket]
    const owes = expected - sockets.lastAcked[socket] > sockets.mssBytes[socket]
    const offered = sockets.advertisedEdge[socket] - expected
    const opened = this.window.bytes(socket) >= Math.max(2 * offered, sockets.mssBytes[socket])
    if (owes || opened) this.acknowledge(socket, core, nowNs)
  }

  /** The delayed-acknowledgement event fired: acknowledges if the time is out, else waits on. */
  onDelayedAck(socket: number, nowNs: number): void {
    const { sockets } = this
    sockets.ackPending[socket] = 0
    const deadline = sockets.ackDeadlineNs[socket]
    if (deadline === Infinity) return
    if (deadline <= nowNs) {
      // Nobody answered in time: wait longer for the second segment, or no longer for answers (tcp_delack_timer_handler).
      this.ackDelayNs[socket] =
        sockets.isPingPong[socket] === 1 ? MIN_ACK_DELAY_NS : Math.min(this.ackDelayNs[socket] * 2, sockets.rtoNs[socket])
      sockets.isPingPong[socket] = 0
      this.acknowledge(socket, sockets.threadCore[socket], nowNs)
      return
    }
    this.watchDeadline(socket, nowNs)
  }

  /** Moves the in-order edge to `end` and over what was held out of order; returns whether anything was held. */
  private advance(socket: number, end: number): boolean {
    const { sockets } = this
    const { outOfOrder } = sockets
    sockets.rcvNxt[socket] = end
    if (outOfOrder.count[socket] === 0) return false
    outOfOrder.trim(socket, end)
    if (outOfOrder.count[socket] > 0 && outOfOrder.start(socket, 0) <= end) {
      sockets.rcvNxt[socket] = outOfOrder.end(socket, 0)
      outOfOrder.trim(socket, sockets.rcvNxt[socket])
    }
    this.latest[socket] = 0
    return true
  }

  private holdOutOfOrder(socket: number, start: number, end: number): void {
    const { outOfOrder } = this.sockets
    if (outOfOrder.holds(socket, start, end)) this.reportDuplicate(socket, start, end)
    this.latest[socket] = outOfOrder.insert(socket, start, end)
  }

  private reportDuplicate(socket: number, start: number, end: number): void {
    this.duplicateStart[socket] = start
    this.duplicateEnd[socket] = end
  }

  /** tcp_event_data_recv: the delay of acknowledgements follows the gaps between arrivals. */
  private noteArrival(socket: number, nowNs: number): void {
    const { sockets, ackDelayNs } = this
    const delay = ackDelayNs[socket]
    const gap = nowNs - this.receivedNs[socket]
    this.receivedNs[socket] = nowNs
    if (delay === 0) {
      this.beQuick(socket, MAX_QUICK_ACKS)
      ackDelayNs[socket] = MIN_ACK_DELAY_NS
    } else if (gap <= MIN_ACK_DELAY_NS / 2) {
      ackDelayNs[socket] = delay / 2 + MIN_ACK_DELAY_NS / 2
    } else if (gap < delay) {
      ackDelayNs[socket] = Math.min(delay / 2 + gap, sockets.rtoNs[socket])
    } else if (gap > sockets.rtoNs[socket]) {
      // Too long a gap: the sender restarts, and needs acknowledgements.
      this.beQuick(socket, MAX_QUICK_ACKS)
    }
  }

  private beQuick(socket: number, most: number): void {
    const { sockets } = this
    const half = Math.floor(sockets.receiveBuffer[socket] / (2 * sockets.mssBytes[socket])) || 2
    sockets.quickAcks[socket] = Math.max(sockets.quickAcks[socket], Math.min(half, most))
  }

  /** __tcp_ack_snd_check: more than one full segment with the window open, a filled hole or a starting connection: now. */
  private acknowledgeData(socket: number, isUrgent: boolean, core: number, nowNs: number): void {
    const { sockets } = this
    const isQuick = sockets.quickAcks[socket] > 0 && sockets.isPingPong[socket] === 0
    if (isUrgent || isQuick || this.owesNow(socket)) {
      this.acknowledge(socket, core, nowNs)
      return
    }
    const delay = this.delayNs(socket)
    const deadline = sockets.ackDeadlineNs[socket]
    if (deadline <= nowNs + delay / 4) {
      this.acknowledge(socket, core, nowNs)
      return
    }
    sockets.ackDeadlineNs[socket] = Math.min(deadline, Math.round(nowNs + delay))
    if (sockets.ackPending[socket] === 0) this.watchDeadline(socket, nowNs)
  }

  /** More than a segment is owed, and the window's edge moves; where it can't, the reader will tell when it has read. */
  private owesNow(socket: number): boolean {
    const { sockets } = this
    const owed = sockets.rcvNxt[socket] - sockets.lastAcked[socket]
    if (owed <= sockets.mssBytes[socket]) return false
    // A bare host's reader takes at once what arrives.
    if (sockets.threadCore[socket] < 0) return true
    return this.window.bytes(socket) >= sockets.advertisedEdge[socket] - sockets.lastAcked[socket]
  }

  /** tcp_send_delayed_ack. */
  private delayNs(socket: number): number {
    const { sockets } = this
    const delay = this.ackDelayNs[socket]
    if (delay <= MIN_ACK_DELAY_NS) return MIN_ACK_DELAY_NS
    const rtt = sockets.smoothedRttNs[socket]
    const most = rtt > 0 ? Math.max(rtt, MIN_ACK_DELAY_NS) : MAX_ACK_DELAY_NS
    return Math.min(delay, most, MAX_ACK_DELAY_NS)
  }

  /** No deadline is nearer than the least delay, so an event that far ahead never comes too late. */
  private watchDeadline(socket: number, nowNs: number): void {
    const { sockets } = this
    sockets.ackPending[socket] = 1
    const atNs = Math.min(sockets.ackDeadlineNs[socket], nowNs + MIN_ACK_DELAY_NS)
    this.events.schedule(this.layout.delayedAck + socket, atNs)
  }

  /** Takes the marks of a packet with new payload; returns whether it is to be acknowledged at once. */
  private noteMark(socket: number, packet: number, core: number, nowNs: number): boolean {
    const { sockets, pool } = this
    const isMarked = pool.ecn[packet] === ECN.congestion
    if (sockets.congestion[socket] === CONGESTION.dctcp) return this.noteExactMark(socket, isMarked ? 1 : 0, core, nowNs)
    const answers = (pool.flags[packet] & PACKET_FLAG.cwr) !== 0
    if (answers) this.echoesMark[socket] = 0
    if (isMarked && this.echoesMark[socket] === 0) {
      this.beQuick(socket, QUICK_ACKS_AFTER_MARK)
      this.echoesMark[socket] = 1
    }
    return answers
  }

  /** RFC 8257, section 3.2: an acknowledgement covers data that was all marked or all unmarked. */
  private noteExactMark(socket: number, mark: number, core: number, nowNs: number): boolean {
    if (this.echoesMark[socket] === mark) return false
    // What is owed was received under the other mark.
    if (this.sockets.ackDeadlineNs[socket] < Infinity) this.acknowledge(socket, core, nowNs)
    this.echoesMark[socket] = mark
    return true
  }

  /** Data that came twice goes first (RFC 2883), then the block that changed last, then others (RFC 2018, section 4). */
  private writeBlocks(socket: number, packet: number): void {
    const { pool } = this
    const { outOfOrder } = this.sockets
    const held = outOfOrder.count[socket]
    let block = 0
    if (this.duplicateStart[socket] >= 0) {
      this.writeBlock(packet, block++, this.duplicateStart[socket], this.duplicateEnd[socket])
      this.duplicateStart[socket] = NONE
    }
    const latest = Math.min(this.latest[socket], held - 1)
    for (let i = 0; i < held && block < SACK_BLOCKS; i++) {
      const index = (latest + i) % held
      this.writeBlock(packet, block++, outOfOrder.start(socket, index), outOfOrder.end(socket, index))
    }
    pool.sackCount[packet] = block
  }

  private writeBlock(packet: number, block: number, start: number, end: number): void {
    const at = packet + block * 2
    this.pool.sackEdges[at] = start
    this.pool.sackEdges[at + 1] = end
  }
}
