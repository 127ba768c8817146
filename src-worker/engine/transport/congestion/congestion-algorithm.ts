/** What every congestion control answers (Linux include/net/tcp.h, tcp_congestion_ops). Windows are in segments. */

import type { AckSample } from '../ack-sample'
import type { Sockets } from '../sockets'

/** Least window and threshold, segments. */
export const MIN_WINDOW = 2

export abstract class CongestionAlgorithm {
  protected readonly sockets: Sockets
  /** It sets window and pacing rate by itself, in recovery too (cong_control). */
  readonly isModelBased: boolean = false
  /** It asks for ECN, and sends all packets as capable (TCP_CONG_NEEDS_ECN). */
  readonly needsEcn: boolean = false
  /** Segments that the send buffer holds per segment of the window (sndbuf_expand). */
  readonly bufferFactor: number = 2

  constructor(sockets: Sockets) {
    this.sockets = sockets
  }

  /** A row begins a connection. */
  renew(_socket: number, _nowNs: number): void {}

  /** The threshold after a loss or a mark (ssthresh). */
  abstract threshold(socket: number, nowNs: number): number

  /** Segments were acknowledged outside of reductions: the window may grow (cong_avoid). Requires: it was in use. */
  abstract grow(socket: number, acked: number, nowNs: number): void

  /** An acknowledgement was taken, before the window is adapted (in_ack_event, pkts_acked). */
  onSample(_socket: number, _sample: AckSample, _nowNs: number): void {}

  /** Sets window and rate from a sample; of {@link isModelBased} only (cong_control). */
  control(_socket: number, _sample: AckSample, _nowNs: number): void {}

  /** The sender enters a state of `LOSS_STATE` (set_state). */
  onState(_socket: number, _state: number): void {}

  /** A retransmission timeout has occurred (CA_EVENT_LOSS). */
  onTimeout(_socket: number): void {}

  /** The sender goes on after it had nothing outstanding (CA_EVENT_TX_START). */
  onRestart(_socket: number, _nowNs: number): void {}

  /** The window to return to when a reduction turns out wrong; `priorWindow` is the one before it (undo_cwnd). */
  undoneWindow(socket: number, priorWindow: number): number {
    return Math.max(this.sockets.cwnd[socket], priorWindow)
  }

  /** Slow start: a segment for each acknowledged, up to the threshold; returns those left over (tcp_slow_start). */
  protected slowStart(socket: number, acked: number): number {
    const { cwnd, ssthresh } = this.sockets
    const before = cwnd[socket]
    if (before >= ssthresh[socket]) return acked
    cwnd[socket] = Math.min(before + acked, ssthresh[socket])
    return acked - (cwnd[socket] - before)
  }
}
