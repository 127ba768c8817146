/**
 * The sending half of a TCP connection: what may go, and when (net/ipv4/tcp_output.c, tcp_write_xmit and
 * tcp_xmit_retransmit_queue): windows, trains, Nagle, small queues, pacing.
 */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { ECN, PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import type { LossRecovery } from './loss-recovery'
import type { PacketOutlet } from './outlet'
import { PACES, type Pacing } from './pacing'
import type { PacketMaker } from './packet-maker'
import { SEND_TIMER, type SendTimers } from './send-timers'
import { LOSS_STATE, SOCKET_STATE, type Sockets } from './sockets'
import {
  GSO_MAX_BYTES,
  INITIAL_WINDOW,
  MAX_RTO_NS,
  MAX_SYN_TIMEOUTS,
  MAX_TIMEOUTS,
  MIN_RTO_NS,
  MIN_TIMEOUT_NS,
  MIN_TRAIN_SEGMENTS,
  OUTPUT_LIMIT_BYTES,
  PACING_SHIFT,
  TSO_RTT_SHIFT,
  TSO_WINDOW_DIVISOR,
} from './tcp-constants'

const NONE = -1
const MICROSECOND_NS = 1000
/** tcp_tso_should_defer: a train waits only while the last one left within this time, ns. */
const DEFER_NS = 1_000_000

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
  private readonly pacing: Pacing
  /** A loss probe is out: what was sent when it left; −1: none. And whether it was sent again. */
  private readonly probeEnd: Float64Array
  private readonly probeAgain: Uint8Array
  /** End of the last short segment (tcp_minshall_update). */
  private readonly shortEnd: Float64Array
  /** Most segments outstanding in the window that ends at `usageEnd`, and whether it was full (tcp_cwnd_validate). */
  private readonly mostOut: Int32Array
  private readonly usageEnd: Float64Array
  private readonly wasFull: Uint8Array
  /** When the window was last found in use, ns. */
  private readonly usedNs: Float64Array
  private readonly ackState: AckState

  constructor(parts: SenderParts & { maker: PacketMaker; outlet: PacketOutlet; ackState: AckState }) {
    const { count } = parts.sockets
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
    this.pacing = parts.pacing
    this.probeEnd = new Float64Array(count).fill(NONE)
    this.probeAgain = new Uint8Array(count)
    this.shortEnd = new Float64Array(count)
    this.mostOut = new Int32Array(count)
    this.usageEnd = new Float64Array(count)
    this.wasFull = new Uint8Array(count)
    this.usedNs = new Float64Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.probeEnd[socket] = NONE
    this.shortEnd[socket] = 0
    this.mostOut[socket] = 0
    this.usageEnd[socket] = 0
    this.wasFull[socket] = 0
    this.timers.stop(socket)
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
    } while (sockets.throttled[socket] === 1 && this.hasOutputRoom(socket))
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
    const most = this.trainSegments(socket)
    for (;;) {
      const first = flight.lostSegment()
      if (first < 0 || this.pacing.mustWait(socket, nowNs)) return
      const room = Math.floor(sockets.cwnd[socket]) - flight.inNetwork
      if (room <= 0) return
      if (!this.hasOutputRoom(socket)) {
        sockets.throttled[socket] = 1
        return
      }
      const isHead = first === flight.ring.head
      this.sendAgain(socket, first, Math.min(room, most), core, nowNs)
      if (isHead && this.timers.kind[socket] !== SEND_TIMER.reordering) this.rearm(socket, nowNs)
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
    if (this.probeEnd[socket] < 0 && flight.out > 0) {
      const sent = this.writeQueue(socket, core, nowNs, true)
      this.probeAgain[socket] = 0
      if (sent === 0 && sockets.outputBytes[socket] === 0) {
        this.sendAgain(socket, flight.ring.tail - 1, 1, core, nowNs)
        this.probeAgain[socket] = 1
      }
      if (sent > 0 || this.probeAgain[socket] === 1) this.probeEnd[socket] = sockets.sndNxt[socket]
    }
    this.rearm(socket, nowNs)
  }

  /** tcp_process_tlp_ack: returns whether the probe turns out to have repaired a loss. */
  noteProbeAck(socket: number, acknowledged: number, isDuplicated: boolean, isPureDuplicate: boolean): boolean {
    const end = this.probeEnd[socket]
    if (end < 0 || acknowledged < end) return false
    if (this.probeAgain[socket] === 0 || isDuplicated) {
      this.probeEnd[socket] = NONE
      return false
    }
    if (acknowledged > end) {
      this.probeEnd[socket] = NONE
      return true
    }
    if (isPureDuplicate) this.probeEnd[socket] = NONE
    return false
  }

  /** Whether `end` is the end of the loss probe that is out. */
  isProbeEnd(socket: number, end: number): boolean {
    return this.probeEnd[socket] === end
  }

  /** A window probe: a packet without payload below what is acknowledged, which the peer answers (tcp_xmit_probe_skb). */
  sendWindowProbe(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const packet = this.maker.make(socket, sockets.sndUna[socket] - 1, 0, 1, PACKET_FLAG.ack | PACKET_FLAG.control, nowNs)
    this.ackState.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** tcp_schedule_loss_probe; returns false where the state allows none. */
  scheduleLossProbe(socket: number, nowNs: number): boolean {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const state = sockets.lossState[socket]
    if (flight.out === 0 || (state !== LOSS_STATE.open && state !== LOSS_STATE.reduced) || flight.sacked > 0) return false
    const rtt = sockets.smoothedRttNs[socket]
    const waitNs = rtt > 0 ? 2 * rtt + (flight.out === 1 ? MIN_RTO_NS : MIN_TIMEOUT_NS) : sockets.rtoNs[socket]
    const sooner = Math.min(waitNs, sockets.rtoNs[socket])
    this.timers.arm(socket, SEND_TIMER.lossProbe, nowNs + sooner, nowNs)
    return true
  }

  /** tcp_rearm_rto: something is outstanding, or nothing is. */
  rearm(socket: number, nowNs: number): void {
    const { sockets, timers } = this
    const flight = sockets.flight[socket]
    if (flight.out === 0) {
      timers.stop(socket)
      return
    }
    let waitNs = sockets.rtoNs[socket]
    const kind = timers.kind[socket]
    if (kind === SEND_TIMER.reordering || kind === SEND_TIMER.lossProbe) {
      // Those timers ran in the place of this one, which counts from the head's departure.
      waitNs = Math.max(1, flight.ring.sentNs[flight.ring.head & flight.ring.mask] + waitNs - nowNs)
    }
    timers.arm(socket, SEND_TIMER.retransmit, nowNs + waitNs, nowNs)
  }

  /** Waits for what reordering may have delayed, before it counts as lost. */
  armReordering(socket: number, waitNs: number, nowNs: number): void {
    this.timers.arm(socket, SEND_TIMER.reordering, nowNs + waitNs + MIN_TIMEOUT_NS, nowNs)
  }

  /** Doubles the timeout; false when the connection is given up. */
  backOff(socket: number): boolean {
    const { sockets } = this
    const isOpening = sockets.state[socket] <= SOCKET_STATE.synReceived
    if (++sockets.timeouts[socket] > (isOpening ? MAX_SYN_TIMEOUTS : MAX_TIMEOUTS)) return false
    sockets.rtoNs[socket] = Math.min(MAX_RTO_NS, sockets.rtoNs[socket] * 2)
    return true
  }

  /** tcp_is_cwnd_limited: the window may grow only while it is used. */
  isWindowUsed(socket: number): boolean {
    const { sockets } = this
    if (this.wasFull[socket] === 1) return true
    return sockets.cwnd[socket] < sockets.ssthresh[socket] && sockets.cwnd[socket] < 2 * this.mostOut[socket]
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
    const mostSegments = isProbe ? 1 : this.trainSegments(socket)
    let sent = 0
    let isFull = false
    if (flight.out === 0 && sockets.written[socket] > sockets.sndNxt[socket]) this.restart(socket, nowNs)
    for (;;) {
      const waiting = sockets.written[socket] - sockets.sndNxt[socket]
      const isFinDue = sockets.sndFin[socket] === sockets.written[socket]
      if (waiting < 0 || (waiting === 0 && !isFinDue) || this.pacing.mustWait(socket, nowNs)) break
      const quota = isProbe ? 1 : this.windowQuota(socket, flight.inNetwork)
      if (quota <= 0) {
        isFull = true
        break
      }
      const segments = Math.min(quota, mostSegments)
      const bytes = isProbe
        ? this.fit(socket, waiting, 1)
        : this.bytesToSend(socket, waiting, segments, mostSegments, nowNs)
      if (bytes < 0) {
        isFull ||= bytes === WINDOW_WAIT
        break
      }
      if (!this.hasOutputRoom(socket)) {
        sockets.throttled[socket] = 1
        break
      }
      sent += this.sendNew(socket, bytes, isFinDue && bytes === waiting, core, nowNs)
      if (isProbe) break
    }
    if (sent > 0 || isFull) this.noteUse(socket, isFull || flight.inNetwork >= Math.floor(sockets.cwnd[socket]), nowNs)
    if (sent > 0 && !isProbe) {
      this.recovery.noteSent(socket, sent)
      if (!this.scheduleLossProbe(socket, nowNs) && this.timers.kind[socket] === SEND_TIMER.none) this.rearm(socket, nowNs)
    }
    if (sent === 0 && flight.out === 0) this.checkWindowProbe(socket, nowNs)
    return sent
  }

  /** tcp_cwnd_test: at most half of the window in one train, so that two are under way. */
  private windowQuota(socket: number, inNetwork: number): number {
    const cwnd = Math.floor(this.sockets.cwnd[socket])
    return Math.min(Math.max(cwnd >> 1, 1), cwnd - inNetwork)
  }

  /**
   * Bytes of new data to send as one train of up to `segments`, `most` being the largest train; negative where it is better
   * to wait.
   */
  private bytesToSend(socket: number, waiting: number, segments: number, most: number, nowNs: number): number {
    const mss = this.sockets.mssBytes[socket]
    const bytes = this.fit(socket, waiting, segments)
    if (bytes < 0) return bytes
    if (waiting <= mss) return this.nagleHolds(socket, waiting) ? RECEIVER_WAIT : bytes
    const wait = this.deferral(socket, waiting, most, nowNs)
    return wait < 0 ? wait : bytes
  }

  /** What fits the peer's window (tcp_mss_split_point): parts of segments go only at the end of what there is. */
  private fit(socket: number, waiting: number, segments: number): number {
    const { sockets } = this
    const mss = sockets.mssBytes[socket]
    const room = sockets.windowEdge[socket] - sockets.sndNxt[socket]
    if (Math.min(waiting, mss) > room) return RECEIVER_WAIT
    const needed = Math.min(waiting, room)
    if (segments * mss <= needed) return segments * mss
    const part = needed % mss
    if (part === 0 || needed === part) return needed
    return needed < waiting || this.nagleHolds(socket, part) ? needed - part : needed
  }

  /** Nagle with Minshall's modification (tcp_nagle_check): a short segment waits for an earlier short one's acknowledgement. */
  private nagleHolds(socket: number, bytes: number): boolean {
    const { sockets } = this
    if (bytes >= sockets.mssBytes[socket] || sockets.noDelay[socket] === 1 || sockets.sndFin[socket] < Infinity) return false
    return sockets.flight[socket].out > 0 && this.shortEnd[socket] > sockets.sndUna[socket]
  }

  /** tcp_tso_should_defer: a small part of the window waits for the acknowledgements that will make it larger. */
  private deferral(socket: number, waiting: number, most: number, nowNs: number): number {
    const { sockets } = this
    const flight = sockets.flight[socket]
    if (sockets.lossState[socket] >= LOSS_STATE.recovery || flight.out === 0) return 0
    if (nowNs - sockets.lastSentNs[socket] > DEFER_NS) return 0
    const mss = sockets.mssBytes[socket]
    const room = sockets.windowEdge[socket] - sockets.sndNxt[socket]
    const windowRoom = (Math.floor(sockets.cwnd[socket]) - flight.inNetwork) * mss
    const limit = Math.min(room, windowRoom)
    if (limit >= most * mss || limit >= waiting) return 0
    const announced = sockets.windowEdge[socket] - sockets.sndUna[socket]
    if (limit >= Math.min(announced, sockets.cwnd[socket] * mss) / TSO_WINDOW_DIVISOR) return 0
    // An acknowledgement that is not to be expected soon is not worth waiting for.
    const { ring } = flight
    if (nowNs - ring.sentNs[ring.head & ring.mask] < sockets.smoothedRttNs[socket] / 2) return 0
    return windowRoom < room ? WINDOW_WAIT : RECEIVER_WAIT
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
    if (bytes % mss !== 0) this.shortEnd[socket] = end
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
      recovery.noteSentAgain(socket, nowNs)
    }
    const count = last + 1 - first
    recovery.noteSent(socket, count)
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
    const { sockets, pool, recovery } = this
    const kind = bytes > 0 ? PACKET_FLAG.owned : PACKET_FLAG.control
    const packet = this.maker.make(socket, start, bytes, segments, flags | PACKET_FLAG.ack | kind, nowNs)
    pool.ownedBytes[packet] = bytes
    sockets.outputBytes[socket] += bytes
    const isNewData = (flags & PACKET_FLAG.retransmission) === 0 && bytes > 0
    // Nothing that is sent again is ECN-capable (RFC 3168, section 6.1.5), but with DCTCP all is.
    if (sockets.usesEcn[socket] === 1 && (isNewData || this.algorithm(socket).needsEcn)) {
      pool.ecn[packet] = ECN.capable0
      if (isNewData && recovery.owesReduced[socket] === 1) {
        recovery.owesReduced[socket] = 0
        pool.flags[packet] |= PACKET_FLAG.cwr
      }
    }
    this.pacing.depart(socket, packet, segments, nowNs)
    this.ackState.onAnswer(socket, nowNs)
    sockets.lastSentNs[socket] = nowNs
    this.ackState.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** Segments of the largest train (tcp_tso_autosize): a millisecond's worth at the pacing rate, more on short paths. */
  private trainSegments(socket: number): number {
    const { sockets } = this
    const most = this.flows.gsoSegments[socket >> 1]
    if (most === 1) return 1
    const mss = sockets.mssBytes[socket]
    const shift = Math.floor(sockets.minRttNs[socket] / MICROSECOND_NS / 2 ** TSO_RTT_SHIFT)
    const extra = shift < 32 ? GSO_MAX_BYTES / 2 ** shift : 0
    const bytes = sockets.pacingRate[socket] / 2 ** PACING_SHIFT + extra
    return Math.min(most, Math.max(MIN_TRAIN_SEGMENTS, Math.floor(bytes / mss)))
  }

  /** TCP small queues (tcp_small_queue_check): whether another train may join what lies below the socket. */
  private hasOutputRoom(socket: number): boolean {
    const { sockets } = this
    const below = sockets.outputBytes[socket]
    if (below === 0) return true
    const byRate = sockets.pacingRate[socket] / 2 ** PACING_SHIFT
    const train = this.flows.gsoSegments[socket >> 1] * sockets.mssBytes[socket]
    const limit = Math.max(2 * train, byRate)
    return below <= (sockets.paces[socket] === PACES.no ? Math.min(OUTPUT_LIMIT_BYTES, limit) : limit)
  }

  /** tcp_cwnd_validate. */
  private noteUse(socket: number, isFull: boolean, nowNs: number): void {
    const { sockets } = this
    const { out } = sockets.flight[socket]
    if (sockets.sndUna[socket] >= this.usageEnd[socket] || isFull || (this.wasFull[socket] === 0 && out > this.mostOut[socket])) {
      this.wasFull[socket] = isFull ? 1 : 0
      this.mostOut[socket] = out
      this.usageEnd[socket] = sockets.sndNxt[socket]
    }
    if (this.isWindowUsed(socket)) {
      this.usedNs[socket] = nowNs
    } else if (nowNs - this.usedNs[socket] >= sockets.rtoNs[socket] && !this.algorithm(socket).isModelBased) {
      this.shrinkToUse(socket, nowNs)
    }
  }

  /** tcp_cwnd_application_limited (RFC 2861): a window that was not used for a timeout shrinks towards its use. */
  private shrinkToUse(socket: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.lossState[socket] === LOSS_STATE.open) {
      const used = Math.max(this.mostOut[socket], INITIAL_WINDOW)
      if (used < sockets.cwnd[socket]) {
        sockets.ssthresh[socket] = Math.max(sockets.ssthresh[socket], (sockets.cwnd[socket] * 3) / 4)
        sockets.cwnd[socket] = (sockets.cwnd[socket] + used) / 2
      }
    }
    this.usedNs[socket] = nowNs
  }

  /** Something is sent after nothing was outstanding; after a timeout's time the window starts again (tcp_cwnd_restart). */
  private restart(socket: number, nowNs: number): void {
    const { sockets } = this
    const algorithm = this.algorithm(socket)
    algorithm.onRestart(socket, nowNs)
    let idleNs = nowNs - sockets.lastSentNs[socket]
    if (idleNs <= sockets.rtoNs[socket] || algorithm.isModelBased || sockets.lastSentNs[socket] === 0) return
    const floor = Math.min(INITIAL_WINDOW, sockets.cwnd[socket])
    sockets.ssthresh[socket] = Math.max(sockets.ssthresh[socket], (sockets.cwnd[socket] * 3) / 4)
    while ((idleNs -= sockets.rtoNs[socket]) > 0 && sockets.cwnd[socket] > floor) sockets.cwnd[socket] /= 2
    sockets.cwnd[socket] = Math.max(sockets.cwnd[socket], floor)
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

  /** tcp_check_probe_timer: nothing is outstanding, and the peer's window is closed. */
  private checkWindowProbe(socket: number, nowNs: number): void {
    const { sockets, timers } = this
    const waits = sockets.written[socket] > sockets.sndNxt[socket] || sockets.sndFin[socket] === sockets.sndNxt[socket]
    if (!waits || timers.kind[socket] !== SEND_TIMER.none || sockets.throttled[socket] === 1) return
    if (sockets.windowEdge[socket] - sockets.sndNxt[socket] >= sockets.mssBytes[socket]) return
    timers.arm(socket, SEND_TIMER.windowProbe, nowNs + Math.max(MIN_RTO_NS, sockets.rtoNs[socket]), nowNs)
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.algorithms[this.sockets.congestion[socket]]
  }
}

/** Why a train does not go now: the congestion window is to grow first, or something else. */
const WINDOW_WAIT = -1
const RECEIVER_WAIT = -2
