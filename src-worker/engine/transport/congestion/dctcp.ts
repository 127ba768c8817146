/**
 * DCTCP (RFC 8257; net/ipv4/tcp_dctcp.c), the sender's part: the window shrinks by half the share of marked segments, once a
 * round trip. The receiver's part, which tells marks exactly, is in `TcpReceiver`.
 */

import type { AckSample } from '../ack-sample'
import { LOSS_STATE, type Sockets } from '../sockets'
import { MIN_WINDOW } from './congestion-algorithm'
import { Reno } from './reno'

/** Gain of the share's moving average (dctcp_shift_g 4). */
const GAIN = 1 / 16
/** The share at first: the first mark halves the window (dctcp_alpha_on_init). */
const INITIAL_SHARE = 1

export class Dctcp extends Reno {
  override readonly needsEcn = true
  /** Moving average of the share of marked segments, 0 … 1. */
  readonly share: Float64Array
  private readonly roundEnd: Float64Array
  private readonly roundDelivered: Int32Array
  private readonly roundMarked: Int32Array
  private readonly state: Uint8Array
  private readonly windowAtLoss: Float64Array

  constructor(sockets: Sockets) {
    super(sockets)
    this.share = new Float64Array(sockets.count)
    this.roundEnd = new Float64Array(sockets.count)
    this.roundDelivered = new Int32Array(sockets.count)
    this.roundMarked = new Int32Array(sockets.count)
    this.state = new Uint8Array(sockets.count)
    this.windowAtLoss = new Float64Array(sockets.count)
  }

  override renew(socket: number): void {
    this.share[socket] = INITIAL_SHARE
    this.state[socket] = LOSS_STATE.open
    this.windowAtLoss[socket] = 0
    this.beginRound(socket)
  }

  override threshold(socket: number, nowNs: number): number {
    // Without ECN it is Reno (RFC 8257, section 3.5).
    if (this.sockets.usesEcn[socket] === 0) return super.threshold(socket, nowNs)
    const cwnd = this.sockets.cwnd[socket]
    this.windowAtLoss[socket] = cwnd
    return Math.max(MIN_WINDOW, cwnd * (1 - this.share[socket] / 2))
  }

  override onSample(socket: number, _sample: AckSample, _nowNs: number): void {
    const { sockets } = this
    if (sockets.sndUna[socket] < this.roundEnd[socket]) return
    const flight = sockets.flight[socket]
    const delivered = flight.delivered - this.roundDelivered[socket]
    const marked = flight.deliveredMarked - this.roundMarked[socket]
    this.share[socket] += GAIN * (marked / Math.max(1, delivered) - this.share[socket])
    this.beginRound(socket)
  }

  override onState(socket: number, state: number): void {
    if (state === LOSS_STATE.recovery && this.state[socket] !== state) this.reactToLoss(socket)
    this.state[socket] = state
  }

  override onTimeout(socket: number): void {
    this.reactToLoss(socket)
  }

  override undoneWindow(socket: number): number {
    return Math.max(this.sockets.cwnd[socket], this.windowAtLoss[socket])
  }

  /** Losses count as for Reno (RFC 8257, section 3.5). */
  private reactToLoss(socket: number): void {
    const cwnd = this.sockets.cwnd[socket]
    this.windowAtLoss[socket] = cwnd
    this.sockets.ssthresh[socket] = Math.max(MIN_WINDOW, Math.floor(cwnd / 2))
  }

  private beginRound(socket: number): void {
    const flight = this.sockets.flight[socket]
    this.roundEnd[socket] = this.sockets.sndNxt[socket]
    this.roundDelivered[socket] = flight.delivered
    this.roundMarked[socket] = flight.deliveredMarked
  }
}
