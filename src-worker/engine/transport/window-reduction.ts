/**
 * The reduction of a congestion window after losses or marks, segment by segment as the rest is delivered (proportional
 * rate reduction, RFC 6937; net/ipv4/tcp_input.c, tcp_cwnd_reduction), and what stood before it.
 */

import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import { LOSS_STATE, type Sockets } from './sockets'

/** Share of the window that is known to have been safe (tcp_current_ssthresh). */
const SAFE_SHARE = 3 / 4

export class WindowReduction {
  private readonly sockets: Sockets
  private readonly algorithms: readonly CongestionAlgorithm[]
  /** Window and threshold before a reduction; threshold 0: not to be returned to. */
  private readonly windowBefore: Float64Array
  private readonly thresholdBefore: Float64Array
  /** Segments delivered and sent since it began. */
  private readonly delivered: Int32Array
  private readonly sent: Int32Array
  /** A CWR flag is to be sent (RFC 3168, section 6.1.2). */
  readonly owesReduced: Uint8Array

  constructor(sockets: Sockets, algorithms: readonly CongestionAlgorithm[]) {
    const { count } = sockets
    this.sockets = sockets
    this.algorithms = algorithms
    this.windowBefore = new Float64Array(count)
    this.thresholdBefore = new Float64Array(count)
    this.delivered = new Int32Array(count)
    this.sent = new Int32Array(count)
    this.owesReduced = new Uint8Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.thresholdBefore[socket] = 0
    this.owesReduced[socket] = 0
  }

  /** Whether the window is being reduced. */
  isUnderWay(socket: number): boolean {
    const state = this.sockets.lossState[socket]
    return state === LOSS_STATE.reduced || state === LOSS_STATE.recovery
  }

  /** Notes segments sent during a reduction. */
  noteSent(socket: number, segments: number): void {
    if (this.isUnderWay(socket)) this.sent[socket] += segments
  }

  /** tcp_init_cwnd_reduction: the threshold falls now, the window as segments are delivered. */
  begin(socket: number, nowNs: number): void {
    this.delivered[socket] = 0
    this.sent[socket] = 0
    this.lowerThreshold(socket, nowNs)
    this.owesReduced[socket] = this.sockets.usesEcn[socket]
  }

  /** The threshold falls as the congestion control says; the window before it is kept. */
  lowerThreshold(socket: number, nowNs: number): void {
    const { sockets } = this
    this.windowBefore[socket] = Math.floor(sockets.cwnd[socket])
    sockets.ssthresh[socket] = this.algorithm(socket).threshold(socket, nowNs)
  }

  /** tcp_cwnd_reduction: the window that lets the reduction's share of what is delivered go. */
  proceed(socket: number, delivered: number, lost: number, hasAdvanced: boolean): void {
    const { sockets } = this
    if (delivered <= 0 || this.windowBefore[socket] === 0) return
    const inNetwork = sockets.flight[socket].inNetwork
    const threshold = Math.floor(sockets.ssthresh[socket])
    const room = threshold - inNetwork
    this.delivered[socket] += delivered
    const sent = this.sent[socket]
    let quota: number
    if (room < 0) {
      quota = Math.ceil((threshold * this.delivered[socket]) / this.windowBefore[socket]) - sent
    } else {
      quota = Math.max(this.delivered[socket] - sent, delivered)
      if (hasAdvanced && lost === 0) quota++
      quota = Math.min(room, quota)
    }
    // The first retransmission of a recovery goes at once.
    sockets.cwnd[socket] = inNetwork + Math.max(quota, sent > 0 ? 0 : 1)
  }

  /** tcp_end_cwnd_reduction. `isOfEpisode`: the recovery that ends has not been undone. */
  end(socket: number, isOfEpisode: boolean): void {
    const { sockets } = this
    if (this.algorithm(socket).isModelBased) return
    const isDue = sockets.lossState[socket] === LOSS_STATE.reduced || isOfEpisode
    if (isDue && sockets.ssthresh[socket] < Infinity) sockets.cwnd[socket] = sockets.ssthresh[socket]
  }

  /** Keeps the threshold, in case the reduction turns out wrong. */
  keepThreshold(socket: number): void {
    this.thresholdBefore[socket] = this.safeThreshold(socket)
  }

  /** The reduction is right, whatever comes: there is no way back from it. */
  forgetThreshold(socket: number): void {
    this.thresholdBefore[socket] = 0
  }

  /** Window and threshold are what they were before, where that was kept (tcp_undo_cwnd_reduction). */
  undo(socket: number): void {
    const { sockets } = this
    const threshold = this.thresholdBefore[socket]
    if (threshold === 0) return
    sockets.cwnd[socket] = this.algorithm(socket).undoneWindow(socket, this.windowBefore[socket])
    if (threshold <= sockets.ssthresh[socket]) return
    sockets.ssthresh[socket] = threshold
    this.owesReduced[socket] = 0
  }

  /** tcp_current_ssthresh: the threshold to start from, had the window been reduced now. */
  safeThreshold(socket: number): number {
    const { sockets } = this
    if (this.isUnderWay(socket)) return sockets.ssthresh[socket]
    return Math.max(sockets.ssthresh[socket], sockets.cwnd[socket] * SAFE_SHARE)
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.algorithms[this.sockets.congestion[socket]]
  }
}
