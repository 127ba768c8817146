/**
 * The sending half of a TCP connection: what may go, and when (net/ipv4/tcp_output.c, tcp_write_xmit and
 * tcp_xmit_retransmit_queue).
 */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { ECN, PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import type { LossProbe } from './loss-probe'
import type { LossRecovery } from './loss-recovery'
import type { PacketOutlet } from './outlet'
import type { Pacing } from './pacing'
import type { PacketMaker } from './packet-maker'
import type { SendTimers } from './send-timers'
import type { SendWaits } from './send-waits'
import { LOSS_STATE, SOCKET_STATE, type Sockets } from './sockets'
import { TRAIN_WAITS, Trains } from './trains'
import type { WindowUse } from './window-use'

/** What a sender needs of the receiving half of its socket. */
export interface AckState {
  /** The application sends: it may be an answer. */
  onAnswer(socket: number, nowNs: number): void
  /** Fills in acknowledgement, window, echo and ECN-Echo of a packet that leaves, and takes note that they went. */
  stamp(socket: number, packet: number): void
}

/** Parts that both the sender and the taker of acknowledgements work with. */
export interface SenderParts {
  readonly sockets: Sockets
  readonly flows: FlowTable
  readonly pool: PacketPool
  readonly accounts: Accounts
  readonly algorithms: readonly CongestionAlgorithm[]
  readonly recovery: LossRecovery
  readonly timers: SendTimers
  readonly waits: SendWaits
  readonly probe: LossProbe
  readonly use: WindowUse
  readonly pacing: Pacing
}

export class TcpSender {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: PacketOutlet
  private readonly algorithms: readonly CongestionAlgorithm[]
  private readonly recovery: LossRecovery
  private readonly timers: SendTimers
  private readonly waits: SendWaits
  private readonly probe: LossProbe
  private readonly use: WindowUse
  private readonly pacing: Pacing
  private readonly trains: Trains
  private readonly ackState: AckState

  constructor(parts: SenderParts & { maker: PacketMaker; outlet: PacketOutlet; ackState: AckState }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.ackState = parts.ackState
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.algorithms = parts.algorithms
    this.recovery = parts.recovery
    this.timers = parts.timers
    this.waits = parts.waits
    this.probe = parts.probe
    this.use = parts.use
    this.pacing = parts.pacing
    this.trains = new Trains(parts.sockets, parts.flows)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.probe.renew(socket)
    this.trains.renew(socket)
    this.use.renew(socket)
    this.timers.stop(socket)
  }

  /** The application has written (tcp_push): sends it, unless more is to be gathered first. */
  push(socket: number, core: number, nowNs: number): void {
    if (core >= 0 && this.trains.isCorked(socket)) this.sockets.throttled[socket] = 1
    else this.transmit(socket, core, nowNs)
  }

  /** Sends whatever new data the windows, the queue limit, pacing and the application allow. */
  transmit(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.sending[socket] === 1) {
      sockets.throttled[socket] = 1
      return
    }
    sockets.sendCore[socket] = core
    if (!this.hasWaiting(socket)) {
      sockets.throttled[socket] = 0
      return
    }
    sockets.sending[socket] = 1
    do {
      sockets.throttled[socket] = 0
      this.writeQueue(socket, core, nowNs, false)
      // A train that left meanwhile may have made room.
    } while (sockets.throttled[socket] === 1 && this.trains.hasOutputRoom(socket))
    sockets.sending[socket] = 0
  }

  /** The NIC or another network namespace took `bytes` over: a throttled socket goes on. */
  released(socket: number, bytes: number, nowNs: number): void {
    const { sockets } = this
    sockets.outputBytes[socket] -= bytes
    if (sockets.throttled[socket] === 1) this.resume(socket, nowNs)
  }

  /** A throttled or paced socket goes on where it stopped (tcp_tsq_write): what is lost first, then new data. */
  resume(socket: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.state[socket] < SOCKET_STATE.established) return
    const core = sockets.sendCore[socket]
    if (sockets.sending[socket] === 0 && sockets.lossState[socket] >= LOSS_STATE.recovery) this.sendLost(socket, core, nowNs)
    this.transmit(socket, core, nowNs)
  }

  /** tcp_xmit_retransmit_queue: sends again what is lost, as far as the window goes. */
  sendLost(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const most = this.trains.mostSegments(socket)
    for (;;) {
      const first = flight.lostSegment()
      if (first < 0 || this.pacing.mustWait(socket, nowNs)) return
      const room = Math.floor(sockets.cwnd[socket]) - flight.inNetwork
      if (room <= 0) return
      if (!this.trains.hasOutputRoom(socket)) {
        sockets.throttled[socket] = 1
        return
      }
      const isHead = first === flight.ring.head
      this.sendAgain(socket, first, Math.min(room, most), core, nowNs)
      if (isHead) this.waits.onHeadSentAgain(socket, nowNs)
    }
  }

  /** A retransmission timeout: the first segment goes again, whatever the window. Requires: it counts as lost. */
  sendHead(socket: number, core: number, nowNs: number): void {
    this.sendAgain(socket, this.sockets.flight[socket].ring.head, 1, core, nowNs)
  }

  /** tcp_send_loss_probe: a new segment, or the last one again, may bring an acknowledgement that tells of losses. */
  sendLossProbe(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    if (!this.probe.isOut(socket) && flight.out > 0) {
      const sent = this.writeQueue(socket, core, nowNs, true)
      const isSentAgain = sent === 0 && sockets.outputBytes[socket] === 0
      if (isSentAgain) this.sendAgain(socket, flight.ring.tail - 1, 1, core, nowNs)
      if (sent > 0 || isSentAgain) this.probe.note(socket, sockets.sndNxt[socket], isSentAgain)
    }
    this.waits.armTimeout(socket, nowNs)
  }

  /** A window probe: a packet without payload below what is acknowledged, which the peer answers (tcp_xmit_probe_skb). */
  sendWindowProbe(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const packet = this.maker.make(socket, sockets.sndUna[socket] - 1, 0, 1, PACKET_FLAG.ack | PACKET_FLAG.control, nowNs)
    this.ackState.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** Whether data or a FIN has not been sent yet: most packets find a socket that only receives, or has sent all it has. */
  private hasWaiting(socket: number): boolean {
    const { sockets } = this
    const written = sockets.written[socket]
    const next = sockets.sndNxt[socket]
    return written > next || (written === next && sockets.sndFin[socket] === written)
  }

  /** tcp_write_xmit. A probe sends one segment beyond the window. Returns the segments sent. */
  private writeQueue(socket: number, core: number, nowNs: number, isProbe: boolean): number {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const mostSegments = isProbe ? 1 : this.trains.mostSegments(socket)
    let sent = 0
    let isFull = false
    if (flight.out === 0 && sockets.written[socket] > sockets.sndNxt[socket]) this.use.restart(socket, nowNs)
    for (;;) {
      const waiting = sockets.written[socket] - sockets.sndNxt[socket]
      const isFinDue = sockets.sndFin[socket] === sockets.written[socket]
      if (waiting < 0 || (waiting === 0 && !isFinDue) || this.pacing.mustWait(socket, nowNs)) break
      const quota = isProbe ? 1 : this.trains.windowQuota(socket, flight.inNetwork)
      if (quota <= 0) {
        isFull = true
        break
      }
      const segments = Math.min(quota, mostSegments)
      const bytes = isProbe
        ? this.trains.fit(socket, waiting, 1)
        : this.trains.bytesToSend(socket, waiting, segments, mostSegments, nowNs)
      if (bytes < 0) {
        isFull ||= bytes === TRAIN_WAITS.forWindow
        break
      }
      if (!this.trains.hasOutputRoom(socket)) {
        sockets.throttled[socket] = 1
        break
      }
      sent += this.sendNew(socket, bytes, isFinDue && bytes === waiting, core, nowNs)
      if (isProbe) break
    }
    if (sent > 0 || isFull) this.use.note(socket, isFull || flight.inNetwork >= Math.floor(sockets.cwnd[socket]), nowNs)
    if (sent > 0 && !isProbe) {
      this.recovery.reduction.noteSent(socket, sent)
      this.waits.onSent(socket, nowNs)
    }
    if (sent === 0 && flight.out === 0) this.waits.armWindowProbe(socket, nowNs)
    return sent
  }

  /** Sends new data, and the FIN behind it. Returns the number of segments. */
  private sendNew(socket: number, bytes: number, hasFin: boolean, core: number, nowNs: number): number {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const mss = sockets.mssBytes[socket]
    const start = sockets.sndNxt[socket]
    const end = start + bytes
    const segments = Math.max(1, Math.ceil(bytes / mss))
    this.checkAppLimited(socket, bytes, mss)
    for (let segment = 1; segment < segments; segment++) flight.send(start + segment * mss, nowNs)
    flight.send(hasFin ? end + 1 : end, nowNs)
    sockets.sndNxt[socket] = hasFin ? end + 1 : end
    if (bytes % mss !== 0) this.trains.noteShort(socket, end)
    this.emit(socket, start, bytes, segments, hasFin ? PACKET_FLAG.fin : 0, core, nowNs)
    return segments
  }

  /** Sends a run of lost segments, or one that is not lost, again. */
  private sendAgain(socket: number, first: number, most: number, core: number, nowNs: number): void {
    const { sockets, flows, accounts, recovery } = this
    const flight = sockets.flight[socket]
    const { ring } = flight
    const mss = sockets.mssBytes[socket]
    const start = flight.start(first)
    let last = first
    // A train consists of full segments but for its last one.
    while (
      last + 1 < ring.tail &&
      last + 1 - first < most &&
      ring.end[last & ring.mask] - flight.start(last) === mss &&
      flight.waits(last + 1)
    ) {
      last++
    }
    for (let segment = first; segment <= last; segment++) {
      flight.sendAgain(segment, nowNs)
      recovery.evidence.noteSentAgain(socket, nowNs)
    }
    const count = last + 1 - first
    recovery.reduction.noteSent(socket, count)
    const end = ring.end[last & ring.mask]
    const hasFin = end > sockets.sndFin[socket]
    const bytes = (hasFin ? end - 1 : end) - start
    const segments = Math.max(1, Math.ceil(bytes / mss))
    accounts.retransmits[flows.traffic[socket >> 1]] += segments
    const flags = PACKET_FLAG.retransmission | (hasFin ? PACKET_FLAG.fin : 0)
    this.emit(socket, start, bytes, segments, flags, core, nowNs)
  }

  private emit(
    socket: number,
    start: number,
    bytes: number,
    segments: number,
    flags: number,
    core: number,
    nowNs: number,
  ): void {
    const { sockets, pool } = this
    const kind = bytes > 0 ? PACKET_FLAG.owned : PACKET_FLAG.control
    const packet = this.maker.make(socket, start, bytes, segments, flags | PACKET_FLAG.ack | kind, nowNs)
    pool.ownedBytes[packet] = bytes
    sockets.outputBytes[socket] += bytes
    const isNewData = (flags & PACKET_FLAG.retransmission) === 0 && bytes > 0
    // Nothing that is sent again is ECN-capable (RFC 3168, section 6.1.5), but with DCTCP all is.
    if (sockets.usesEcn[socket] === 1 && (isNewData || this.algorithm(socket).needsEcn)) {
      const { owesReduced } = this.recovery.reduction
      pool.ecn[packet] = ECN.capable0
      if (isNewData && owesReduced[socket] === 1) {
        owesReduced[socket] = 0
        pool.flags[packet] |= PACKET_FLAG.cwr
      }
    }
    this.pacing.depart(socket, packet, segments, nowNs)
    this.ackState.onAnswer(socket, nowNs)
    sockets.lastSentNs[socket] = nowNs
    this.ackState.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** tcp_rate_check_app_limited: less than a segment is left, and nothing else holds the sender up. */
  private checkAppLimited(socket: number, sending: number, mss: number): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const left = sockets.written[socket] - sockets.sndNxt[socket]
    if (left > sending || left >= mss || sockets.outputBytes[socket] > 0) return
    if (flight.inNetwork >= sockets.cwnd[socket] || flight.lost > flight.underWayAgain) return
    flight.appLimitedUntil = flight.delivered + flight.inNetwork || 1
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.algorithms[this.sockets.congestion[socket]]
  }
}
