/**
 * What losses and congestion marks do to a sender: the states of tcp_fastretrans_alert (net/ipv4/tcp_input.c), with loss
 * detection by RACK (RFC 8985), proportional rate reduction (RFC 6937), F-RTO (RFC 5682) and the undoing of reductions that
 * turn out wrong, by timestamps (RFC 3522) or duplicate blocks (RFC 3708).
 */

import type { AckSample } from './ack-sample'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import { SEGMENT } from './segment-ring'
import { LOSS_STATE, type Sockets } from './sockets'
import { REORDERING, TIMESTAMP_TICK_NS } from './tcp-constants'

/** What an acknowledgement asks to be sent: nothing again, what is lost, or new data to test a timeout (F-RTO). */
export const RESEND = { none: 0, lost: 1, fresh: 2 } as const

const NONE = -1
/** Share of the window that is known to have been safe (tcp_current_ssthresh). */
const SAFE_SHARE = 3 / 4

export class LossRecovery {
  private readonly sockets: Sockets
  private readonly algorithms: readonly CongestionAlgorithm[]
  /** End of what had been sent when the state began (high_seq). */
  readonly point: Float64Array
  /** Window and threshold before a reduction; threshold 0: not to be returned to. */
  private readonly windowBefore: Float64Array
  private readonly thresholdBefore: Float64Array
  /** Segments delivered and sent since a reduction began. */
  private readonly reductionDelivered: Int32Array
  private readonly reductionSent: Int32Array
  /** First position of an episode that may be undone; −1: none. Retransmissions not reported as duplicates; −1: none sent. */
  private readonly undoFrom: Float64Array
  private readonly undoCount: Int32Array
  /** Tick of the first retransmission since all was well; −1: none. */
  private readonly firstAgainTick: Float64Array
  /** F-RTO is under way. */
  private readonly testsTimeout: Uint8Array
  /** A CWR flag is to be sent (RFC 3168, section 6.1.2). */
  readonly owesReduced: Uint8Array

  constructor(sockets: Sockets, algorithms: readonly CongestionAlgorithm[]) {
    const { count } = sockets
    this.sockets = sockets
    this.algorithms = algorithms
    this.point = new Float64Array(count)
    this.windowBefore = new Float64Array(count)
    this.thresholdBefore = new Float64Array(count)
    this.reductionDelivered = new Int32Array(count)
    this.reductionSent = new Int32Array(count)
    this.undoFrom = new Float64Array(count).fill(NONE)
    this.undoCount = new Int32Array(count)
    this.firstAgainTick = new Float64Array(count).fill(NONE)
    this.testsTimeout = new Uint8Array(count)
    this.owesReduced = new Uint8Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.point[socket] = 0
    this.thresholdBefore[socket] = 0
    this.undoFrom[socket] = NONE
    this.firstAgainTick[socket] = NONE
    this.testsTimeout[socket] = 0
    this.owesReduced[socket] = 0
  }

  /** Whether the window is being reduced, segment by segment. */
  isReducing(socket: number): boolean {
    const state = this.sockets.lossState[socket]
    return state === LOSS_STATE.reduced || state === LOSS_STATE.recovery
  }

  /** Notes segments sent during a reduction. */
  noteSent(socket: number, segments: number): void {
    if (this.isReducing(socket)) this.reductionSent[socket] += segments
  }

  /** Notes a segment sent again. */
  noteSentAgain(socket: number, nowNs: number): void {
    if (this.firstAgainTick[socket] === NONE) this.firstAgainTick[socket] = Math.floor(nowNs / TIMESTAMP_TICK_NS)
    this.undoCount[socket] = Math.max(0, this.undoCount[socket]) + 1
  }

  /** A duplicate block of `segments` segments that ends at `end`: so many retransmissions were not needed. */
  noteDuplicate(socket: number, end: number, segments: number): void {
    const isOfEpisode = this.undoFrom[socket] >= 0 && this.undoCount[socket] > 0 && end > this.undoFrom[socket]
    if (isOfEpisode) this.undoCount[socket] = Math.max(0, this.undoCount[socket] - segments)
  }

  /**
   * Takes an acknowledgement that is a duplicate, tells of losses or marks, or finds the sender in trouble. `echoNs` is the
   * timestamp it echoes. Returns what to send, of {@link RESEND}.
   */
  onAck(socket: number, sample: AckSample, echoNs: number, nowNs: number): number {
    const { sockets } = this
    if (sample.echoesCongestion) this.thresholdBefore[socket] = 0
    if (sockets.lossState[socket] === LOSS_STATE.open) this.firstAgainTick[socket] = NONE
    else if (sockets.sndUna[socket] >= this.point[socket]) this.pass(socket, echoNs)
    switch (sockets.lossState[socket]) {
      case LOSS_STATE.recovery:
        return this.inRecovery(socket, sample, echoNs, nowNs)
      case LOSS_STATE.timeout:
        return this.inTimeout(socket, sample, echoNs, nowNs)
      default:
        return this.findLosses(socket, sample, nowNs)
    }
  }

  /** tcp_cwnd_reduction: the window that lets the reduction's share of what is delivered go (RFC 6937). */
  reduce(socket: number, delivered: number, lost: number, hasAdvanced: boolean): void {
    const { sockets } = this
    if (delivered <= 0 || this.windowBefore[socket] === 0) return
    const inNetwork = sockets.flight[socket].inNetwork
    const threshold = Math.floor(sockets.ssthresh[socket])
    const room = threshold - inNetwork
    this.reductionDelivered[socket] += delivered
    const sent = this.reductionSent[socket]
    let quota: number
    if (room < 0) {
      quota = Math.ceil((threshold * this.reductionDelivered[socket]) / this.windowBefore[socket]) - sent
    } else {
      quota = Math.max(this.reductionDelivered[socket] - sent, delivered)
      if (hasAdvanced && lost === 0) quota++
      quota = Math.min(room, quota)
    }
    // The first retransmission of a recovery goes at once.
    sockets.cwnd[socket] = inNetwork + Math.max(quota, sent > 0 ? 0 : 1)
  }

  /** The reordering timer: enters recovery where what it found lost asks for it. Returns whether anything is lost. */
  onReorderTimer(socket: number, nowNs: number): boolean {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const before = flight.inNetwork
    const waitNs = this.detect(socket, nowNs)
    this.reorderWaitNs = waitNs
    if (flight.inNetwork === before) return false
    if (sockets.lossState[socket] !== LOSS_STATE.recovery) {
      this.enterRecovery(socket, false, nowNs)
      if (!this.algorithm(socket).isModelBased) this.reduce(socket, 1, 1, false)
    }
    return true
  }

  /** How long to wait for what may still come, as the last detection found, ns; 0: nothing to wait for. */
  reorderWaitNs = 0

  /** tcp_enter_loss: a retransmission timeout. */
  enterTimeout(socket: number, nowNs: number): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const state = sockets.lossState[socket]
    const isNew = state < LOSS_STATE.recovery
    this.loseAll(socket, nowNs)
    const isFirstOfWindow =
      state <= LOSS_STATE.disorder ||
      this.point[socket] <= sockets.sndUna[socket] ||
      (state === LOSS_STATE.timeout && sockets.timeouts[socket] === 1)
    if (isFirstOfWindow) {
      this.thresholdBefore[socket] = this.safeThreshold(socket)
      this.windowBefore[socket] = Math.floor(sockets.cwnd[socket])
      sockets.ssthresh[socket] = this.algorithm(socket).threshold(socket, nowNs)
      this.algorithm(socket).onTimeout(socket)
      this.beginEpisode(socket)
    }
    sockets.cwnd[socket] = flight.inNetwork + 1
    if (state <= LOSS_STATE.disorder && flight.sacked >= flight.rack.reordering) {
      flight.rack.reordering = Math.min(flight.rack.reordering, REORDERING)
    }
    this.setState(socket, LOSS_STATE.timeout)
    this.point[socket] = sockets.sndNxt[socket]
    this.owesReduced[socket] = sockets.usesEcn[socket]
    this.testsTimeout[socket] = isNew || sockets.timeouts[socket] > 1 ? 1 : 0
  }

  /** tcp_simple_retransmit: what is longer than a segment may be counts as lost; returns whether anything is. */
  loseLongSegments(socket: number, nowNs: number): boolean {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const { ring } = flight
    const mss = sockets.mssBytes[socket]
    let found = false
    for (let segment = ring.head; segment < ring.tail; segment++) {
      const row = segment & ring.mask
      if ((ring.tags[row] & SEGMENT.sacked) !== 0 || ring.end[row] - flight.start(segment) <= mss) continue
      flight.lose(segment)
      found = true
    }
    if (!found || sockets.lossState[socket] === LOSS_STATE.timeout) return found
    // The path did not lose them for want of room: the window stays as it is.
    this.point[socket] = sockets.sndNxt[socket]
    sockets.ssthresh[socket] = this.safeThreshold(socket)
    this.thresholdBefore[socket] = 0
    this.undoFrom[socket] = NONE
    this.algorithm(socket).onState(socket, LOSS_STATE.timeout)
    sockets.lossState[socket] = LOSS_STATE.timeout
    this.firstAgainTick[socket] = Math.floor(nowNs / TIMESTAMP_TICK_NS)
    return true
  }

  /** A tail-loss probe repaired a loss: the window shrinks once (tcp_process_tlp_ack). */
  onProbeRepair(socket: number, nowNs: number): void {
    this.beginReduction(socket, nowNs)
    this.setState(socket, LOSS_STATE.reduced)
    this.endReduction(socket)
    this.keepOpen(socket)
  }

  /** F-RTO found nothing new to send: back to conventional recovery. */
  stopTest(socket: number): void {
    this.testsTimeout[socket] = 0
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.algorithms[this.sockets.congestion[socket]]
  }

  /** All that was outstanding when the state began is acknowledged. */
  private pass(socket: number, echoNs: number): void {
    const { sockets } = this
    if (sockets.lossState[socket] === LOSS_STATE.reduced) {
      // The CWR flag is to reach the receiver before another reduction.
      if (sockets.sndUna[socket] === this.point[socket]) return
      this.endReduction(socket)
      this.setState(socket, LOSS_STATE.open)
    } else if (sockets.lossState[socket] === LOSS_STATE.recovery) {
      this.leaveRecovery(socket, echoNs)
      this.endReduction(socket)
    }
  }

  private inRecovery(socket: number, sample: AckSample, echoNs: number, nowNs: number): number {
    if (sample.advanced && this.undoPartly(socket, sample, echoNs)) return RESEND.none
    if (this.undoByDuplicates(socket)) this.tryToOpen(socket, sample, nowNs)
    this.identify(socket, sample, nowNs)
    if (this.sockets.lossState[socket] !== LOSS_STATE.recovery) {
      if (this.sockets.flight[socket].lost === 0) return RESEND.none
      this.enterRecovery(socket, sample.echoesCongestion, nowNs)
    }
    return RESEND.lost
  }

  private inTimeout(socket: number, sample: AckSample, echoNs: number, nowNs: number): number {
    const resend = this.processTimeout(socket, sample, echoNs)
    this.identify(socket, sample, nowNs)
    if (this.sockets.lossState[socket] !== LOSS_STATE.open && !sample.lostAgain) return resend
    return this.findLosses(socket, sample, nowNs) === RESEND.lost ? RESEND.lost : resend
  }

  private findLosses(socket: number, sample: AckSample, nowNs: number): number {
    if (this.sockets.lossState[socket] <= LOSS_STATE.disorder) this.undoByDuplicates(socket)
    this.identify(socket, sample, nowNs)
    if (this.sockets.flight[socket].lost === 0) {
      this.tryToOpen(socket, sample, nowNs)
      return RESEND.none
    }
    this.enterRecovery(socket, sample.echoesCongestion, nowNs)
    return RESEND.lost
  }

  /** tcp_process_loss: F-RTO finds out whether the timeout was one. */
  private processTimeout(socket: number, sample: AckSample, echoNs: number): number {
    const { sockets } = this
    const isPast = sockets.sndUna[socket] >= this.point[socket]
    if (sample.advanced && this.mayUndo(socket, echoNs)) {
      this.undoTimeout(socket)
      return RESEND.none
    }
    if (this.testsTimeout[socket] === 1) {
      if (sample.originalArrived) {
        this.undoTimeout(socket)
        return RESEND.none
      }
      if (sockets.sndNxt[socket] > this.point[socket]) {
        if (sample.sackedNew || !sample.isNoDuplicate) this.testsTimeout[socket] = 0
      } else if (sample.advanced && !isPast) {
        this.point[socket] = sockets.sndNxt[socket]
        const hasNew = sockets.written[socket] > sockets.sndNxt[socket]
        if (hasNew && sockets.windowEdge[socket] > sockets.sndNxt[socket]) return RESEND.fresh
        this.testsTimeout[socket] = 0
      }
    }
    if (!isPast) return RESEND.lost
    this.leaveRecovery(socket, echoNs)
    return RESEND.none
  }

  private identify(socket: number, sample: AckSample, nowNs: number): void {
    const flight = this.sockets.flight[socket]
    if (flight.out === 0 || !flight.rack.hasAdvanced) return
    const againBefore = flight.underWayAgain
    this.reorderWaitNs = this.detect(socket, nowNs)
    if (this.reorderWaitNs > 0) sample.reorderTimerSet = true
    if (flight.underWayAgain < againBefore) sample.lostAgain = true
  }

  private detect(socket: number, nowNs: number): number {
    const { sockets } = this
    const { flight } = sockets
    const one = flight[socket]
    const isRecovering = sockets.lossState[socket] >= LOSS_STATE.recovery
    const windowNs = one.rack.windowNs(one.sacked, isRecovering, sockets.minRttNs[socket], sockets.smoothedRttNs[socket])
    return one.rack.detect(one, windowNs, nowNs)
  }

  /** tcp_timeout_mark_lost: all but what was sent so lately that it may still come. */
  private loseAll(socket: number, nowNs: number): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const { ring, rack } = flight
    const isRecovering = sockets.lossState[socket] >= LOSS_STATE.recovery
    const windowNs = rack.windowNs(flight.sacked, isRecovering, sockets.minRttNs[socket], sockets.smoothedRttNs[socket])
    for (let segment = ring.head; segment < ring.tail; segment++) {
      const row = segment & ring.mask
      const tags = ring.tags[row]
      if ((tags & SEGMENT.sacked) !== 0) continue
      if (segment !== ring.head && rack.rttNs + windowNs - (nowNs - ring.sentNs[row]) > 0) continue
      if ((tags & (SEGMENT.lost | SEGMENT.underWayAgain)) !== SEGMENT.lost) flight.lose(segment)
    }
  }

  private enterRecovery(socket: number, isMarked: boolean, nowNs: number): void {
    this.thresholdBefore[socket] = 0
    this.beginEpisode(socket)
    if (!this.isReducing(socket)) {
      if (!isMarked) this.thresholdBefore[socket] = this.safeThreshold(socket)
      this.beginReduction(socket, nowNs)
    }
    this.setState(socket, LOSS_STATE.recovery)
  }

  /** tcp_try_undo_recovery: the episode is over. */
  private leaveRecovery(socket: number, echoNs: number): void {
    if (this.mayUndo(socket, echoNs)) this.undo(socket, false)
    else this.sockets.flight[socket].rack.noteRecoveryEnd()
    this.setState(socket, LOSS_STATE.open)
  }

  /** tcp_try_undo_partial: the hole was filled by the original, not by its retransmission. */
  private undoPartly(socket: number, sample: AckSample, echoNs: number): boolean {
    if (this.undoFrom[socket] < 0 || !this.isEchoOlder(socket, echoNs)) return false
    const flight = this.sockets.flight[socket]
    flight.rack.noteReordering(sample.unaBefore, flight.highestSackStart, this.sockets.mssBytes[socket])
    if (flight.underWayAgain > 0) return true
    this.undo(socket, true)
    this.keepOpen(socket)
    return true
  }

  private undoByDuplicates(socket: number): boolean {
    if (this.undoFrom[socket] < 0 || this.undoCount[socket] !== 0) return false
    this.undo(socket, false)
    return true
  }

  private undoTimeout(socket: number): void {
    this.undo(socket, true)
    this.sockets.timeouts[socket] = 0
    this.setState(socket, LOSS_STATE.open)
  }

  private mayUndo(socket: number, echoNs: number): boolean {
    return this.undoFrom[socket] >= 0 && (this.undoCount[socket] === 0 || this.isEchoOlder(socket, echoNs))
  }

  /** Whether the acknowledgement answers something sent before the first retransmission (tcp_packet_delayed). */
  private isEchoOlder(socket: number, echoNs: number): boolean {
    const first = this.firstAgainTick[socket]
    return first !== NONE && echoNs >= 0 && Math.floor(echoNs / TIMESTAMP_TICK_NS) < first
  }

  /** tcp_undo_cwnd_reduction. */
  private undo(socket: number, forgivesLosses: boolean): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    if (forgivesLosses) flight.forgiveLosses()
    if (this.thresholdBefore[socket] > 0) {
      sockets.cwnd[socket] = this.algorithm(socket).undoneWindow(socket, this.windowBefore[socket])
      if (this.thresholdBefore[socket] > sockets.ssthresh[socket]) {
        sockets.ssthresh[socket] = this.thresholdBefore[socket]
        this.owesReduced[socket] = 0
      }
    }
    this.undoFrom[socket] = NONE
    flight.rack.hasAdvanced = true
  }

  private tryToOpen(socket: number, sample: AckSample, nowNs: number): void {
    if (this.sockets.flight[socket].underWayAgain === 0) this.firstAgainTick[socket] = NONE
    if (sample.echoesCongestion) this.enterReduced(socket, nowNs)
    if (this.sockets.lossState[socket] !== LOSS_STATE.reduced) this.keepOpen(socket)
  }

  /** tcp_enter_cwr: a congestion mark. */
  private enterReduced(socket: number, nowNs: number): void {
    this.thresholdBefore[socket] = 0
    if (this.sockets.lossState[socket] >= LOSS_STATE.reduced) return
    this.undoFrom[socket] = NONE
    this.beginReduction(socket, nowNs)
    this.setState(socket, LOSS_STATE.reduced)
  }

  private keepOpen(socket: number): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const isDisordered = flight.sacked + flight.lost + flight.underWayAgain > 0
    const state = isDisordered ? LOSS_STATE.disorder : LOSS_STATE.open
    if (sockets.lossState[socket] === state) return
    this.setState(socket, state)
    this.point[socket] = sockets.sndNxt[socket]
  }

  private beginEpisode(socket: number): void {
    this.undoFrom[socket] = this.sockets.sndUna[socket]
    this.undoCount[socket] = this.sockets.flight[socket].underWayAgain || NONE
  }

  private beginReduction(socket: number, nowNs: number): void {
    const { sockets } = this
    this.point[socket] = sockets.sndNxt[socket]
    this.windowBefore[socket] = Math.floor(sockets.cwnd[socket])
    this.reductionDelivered[socket] = 0
    this.reductionSent[socket] = 0
    sockets.ssthresh[socket] = this.algorithm(socket).threshold(socket, nowNs)
    this.owesReduced[socket] = sockets.usesEcn[socket]
  }

  private endReduction(socket: number): void {
    const { sockets } = this
    if (this.algorithm(socket).isModelBased) return
    const isDue = sockets.lossState[socket] === LOSS_STATE.reduced || this.undoFrom[socket] >= 0
    if (isDue && sockets.ssthresh[socket] < Infinity) sockets.cwnd[socket] = sockets.ssthresh[socket]
  }

  private safeThreshold(socket: number): number {
    const { sockets } = this
    if (this.isReducing(socket)) return sockets.ssthresh[socket]
    return Math.max(sockets.ssthresh[socket], sockets.cwnd[socket] * SAFE_SHARE)
  }

  private setState(socket: number, state: number): void {
    this.algorithm(socket).onState(socket, state)
    this.sockets.lossState[socket] = state
  }
}
