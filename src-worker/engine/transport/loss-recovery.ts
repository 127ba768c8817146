/**
 * What losses and congestion marks do to a sender: the states of tcp_fastretrans_alert (net/ipv4/tcp_input.c), with loss
 * detection by RACK (RFC 8985), F-RTO (RFC 5682) and the undoing of what turns out to be for nothing.
 */

import type { AckSample } from './ack-sample'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import { SEGMENT } from './segment-ring'
import { LOSS_STATE, type Sockets } from './sockets'
import { REORDERING } from './tcp-constants'
import { UndoEvidence } from './undo-evidence'
import { WindowReduction } from './window-reduction'

/** What an acknowledgement asks to be sent: nothing again, what is lost, or new data to test a timeout (F-RTO). */
export const RESEND = { none: 0, lost: 1, fresh: 2 } as const

export class LossRecovery {
  private readonly sockets: Sockets
  private readonly algorithms: readonly CongestionAlgorithm[]
  /** End of what had been sent when the state began (high_seq). */
  readonly point: Float64Array
  /** How the window is reduced in an episode, and what tells that it was for nothing. */
  readonly reduction: WindowReduction
  readonly evidence: UndoEvidence
  /** F-RTO is under way. */
  private readonly testsTimeout: Uint8Array
  /** How long to wait for what may still come, as the last detection found, ns; 0: nothing to wait for. */
  reorderWaitNs = 0

  constructor(sockets: Sockets, algorithms: readonly CongestionAlgorithm[]) {
    const { count } = sockets
    this.sockets = sockets
    this.algorithms = algorithms
    this.point = new Float64Array(count)
    this.reduction = new WindowReduction(sockets, algorithms)
    this.evidence = new UndoEvidence(count)
    this.testsTimeout = new Uint8Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.point[socket] = 0
    this.testsTimeout[socket] = 0
    this.reduction.renew(socket)
    this.evidence.renew(socket)
  }

  /**
   * Takes an acknowledgement that is a duplicate, tells of losses or marks, or finds the sender in trouble. `echoNs` is the
   * timestamp it echoes. Returns what to send, of {@link RESEND}.
   */
  onAck(socket: number, sample: AckSample, echoNs: number, nowNs: number): number {
    const { sockets } = this
    if (sample.echoesCongestion) this.reduction.forgetThreshold(socket)
    if (sockets.lossState[socket] === LOSS_STATE.open) this.evidence.forgetRetransmissions(socket)
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
      if (!this.algorithm(socket).isModelBased) this.reduction.proceed(socket, 1, 1, false)
    }
    return true
  }

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
      this.reduction.keepThreshold(socket)
      this.reduction.lowerThreshold(socket, nowNs)
      this.algorithm(socket).onTimeout(socket)
      this.beginEpisode(socket)
    }
    sockets.cwnd[socket] = flight.inNetwork + 1
    if (state <= LOSS_STATE.disorder && flight.sacked >= flight.rack.reordering) {
      flight.rack.reordering = Math.min(flight.rack.reordering, REORDERING)
    }
    this.setState(socket, LOSS_STATE.timeout)
    this.point[socket] = sockets.sndNxt[socket]
    this.reduction.owesReduced[socket] = sockets.usesEcn[socket]
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
    sockets.ssthresh[socket] = this.reduction.safeThreshold(socket)
    this.reduction.forgetThreshold(socket)
    this.evidence.end(socket)
    this.setState(socket, LOSS_STATE.timeout)
    this.evidence.beginRetransmissions(socket, nowNs)
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
    if (sample.advanced && this.evidence.isFor(socket, echoNs)) {
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
    const flight = this.sockets.flight[socket]
    return flight.rack.detect(flight, this.reorderWindowNs(socket), nowNs)
  }

  /** tcp_timeout_mark_lost: all but what was sent so lately that it may still come. */
  private loseAll(socket: number, nowNs: number): void {
    const flight = this.sockets.flight[socket]
    const { ring, rack } = flight
    const windowNs = this.reorderWindowNs(socket)
    for (let segment = ring.head; segment < ring.tail; segment++) {
      const row = segment & ring.mask
      const tags = ring.tags[row]
      if ((tags & SEGMENT.sacked) !== 0) continue
      if (segment !== ring.head && rack.rttNs + windowNs - (nowNs - ring.sentNs[row]) > 0) continue
      if ((tags & (SEGMENT.lost | SEGMENT.underWayAgain)) !== SEGMENT.lost) flight.lose(segment)
    }
  }

  /** How long reordering may delay a segment, ns. */
  private reorderWindowNs(socket: number): number {
    const { sockets } = this
    const { rack, sacked } = sockets.flight[socket]
    const isRecovering = sockets.lossState[socket] >= LOSS_STATE.recovery
    return rack.windowNs(sacked, isRecovering, sockets.minRttNs[socket], sockets.smoothedRttNs[socket])
  }

  private enterRecovery(socket: number, isMarked: boolean, nowNs: number): void {
    this.reduction.forgetThreshold(socket)
    this.beginEpisode(socket)
    if (!this.reduction.isUnderWay(socket)) {
      if (!isMarked) this.reduction.keepThreshold(socket)
      this.beginReduction(socket, nowNs)
    }
    this.setState(socket, LOSS_STATE.recovery)
  }

  /** tcp_try_undo_recovery: the episode is over. */
  private leaveRecovery(socket: number, echoNs: number): void {
    if (this.evidence.isFor(socket, echoNs)) this.undo(socket, false)
    else this.sockets.flight[socket].rack.noteRecoveryEnd()
    this.setState(socket, LOSS_STATE.open)
  }

  /** tcp_try_undo_partial: the hole was filled by the original, not by its retransmission. */
  private undoPartly(socket: number, sample: AckSample, echoNs: number): boolean {
    if (!this.evidence.isByEcho(socket, echoNs)) return false
    const flight = this.sockets.flight[socket]
    flight.rack.noteReordering(sample.unaBefore, flight.highestSackStart, this.sockets.mssBytes[socket])
    if (flight.underWayAgain > 0) return true
    this.undo(socket, true)
    this.keepOpen(socket)
    return true
  }

  private undoByDuplicates(socket: number): boolean {
    if (!this.evidence.isByDuplicates(socket)) return false
    this.undo(socket, false)
    return true
  }

  private undoTimeout(socket: number): void {
    this.undo(socket, true)
    this.sockets.timeouts[socket] = 0
    this.setState(socket, LOSS_STATE.open)
  }

  /** tcp_undo_cwnd_reduction. */
  private undo(socket: number, forgivesLosses: boolean): void {
    const flight = this.sockets.flight[socket]
    if (forgivesLosses) flight.forgiveLosses()
    this.reduction.undo(socket)
    this.evidence.end(socket)
    flight.rack.hasAdvanced = true
  }

  private tryToOpen(socket: number, sample: AckSample, nowNs: number): void {
    if (this.sockets.flight[socket].underWayAgain === 0) this.evidence.forgetRetransmissions(socket)
    if (sample.echoesCongestion) this.enterReduced(socket, nowNs)
    if (this.sockets.lossState[socket] !== LOSS_STATE.reduced) this.keepOpen(socket)
  }

  /** tcp_enter_cwr: a congestion mark. */
  private enterReduced(socket: number, nowNs: number): void {
    this.reduction.forgetThreshold(socket)
    if (this.sockets.lossState[socket] >= LOSS_STATE.reduced) return
    this.evidence.end(socket)
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
    this.evidence.begin(socket, this.sockets.sndUna[socket], this.sockets.flight[socket].underWayAgain)
  }

  private beginReduction(socket: number, nowNs: number): void {
    this.point[socket] = this.sockets.sndNxt[socket]
    this.reduction.begin(socket, nowNs)
  }

  private endReduction(socket: number): void {
    this.reduction.end(socket, this.evidence.isOpen(socket))
  }

  private setState(socket: number, state: number): void {
    this.algorithm(socket).onState(socket, state)
    this.sockets.lossState[socket] = state
  }
}
