/**
 * Congestion control: NewReno (RFC 5681) and CUBIC (RFC 9438) with HyStart as Linux has them (net/ipv4/tcp_cubic.c).
 * Windows are in segments, as in the kernel.
 */

import { CONGESTION } from '#shared/plan/index'
import type { Sockets } from './sockets'

/** RFC 9438: C in segments/s³ and β; Linux: scale 41 × 10 / 1024 and 717 / 1024. */
const CUBIC_C = 410 / 1024
const CUBIC_BETA = 717 / 1024
/** Additive factor of the Reno-friendly region, 3(1 − β) / (1 + β). */
const FRIENDLY_ALPHA = (3 * (1 - CUBIC_BETA)) / (1 + CUBIC_BETA)
/** CUBIC never asks for more than half a window more per round trip (net/ipv4/tcp_cubic.c: cnt ≥ 2). */
const MIN_COUNT = 2
/** Segments acknowledged per segment of growth: at the plateau, per window; and while no loss has told the capacity. */
const SLOWEST_COUNT = 100
const UNKNOWN_COUNT = 20
const MIN_WINDOW = 2
/** HyStart: hystart_low_window, hystart_ack_delta_us, HYSTART_DELAY_MIN, HYSTART_DELAY_MAX, HYSTART_MIN_SAMPLES. */
const HYSTART_LOW_WINDOW = 16
const HYSTART_ACK_DELTA_NS = 2_000_000
const HYSTART_DELAY_MIN_NS = 4_000_000
const HYSTART_DELAY_MAX_NS = 16_000_000
const HYSTART_SAMPLES = 8
const SECOND_NS = 1e9

export class CongestionControl {
  private readonly sockets: Sockets
  private readonly lastMax: Float64Array
  private readonly epochStartNs: Float64Array
  private readonly originPoint: Float64Array
  private readonly timeToOrigin: Float64Array
  private readonly friendlyWindow: Float64Array
  private readonly roundEnd: Float64Array
  private readonly roundStartNs: Float64Array
  private readonly lastAckNs: Float64Array
  private readonly roundMinRttNs: Float64Array
  private readonly roundSamples: Int32Array

  constructor(sockets: Sockets) {
    const { count } = sockets
    this.sockets = sockets
    this.lastMax = new Float64Array(count)
    this.epochStartNs = new Float64Array(count).fill(-1)
    this.originPoint = new Float64Array(count)
    this.timeToOrigin = new Float64Array(count)
    this.friendlyWindow = new Float64Array(count)
    this.roundEnd = new Float64Array(count)
    this.roundStartNs = new Float64Array(count)
    this.lastAckNs = new Float64Array(count)
    this.roundMinRttNs = new Float64Array(count).fill(Infinity)
    this.roundSamples = new Int32Array(count)
  }

  /** Forgets what an earlier connection of the row has learnt. */
  renew(socket: number): void {
    this.lastMax[socket] = 0
    this.epochStartNs[socket] = -1
    this.roundEnd[socket] = 0
    this.roundStartNs[socket] = 0
    this.lastAckNs[socket] = 0
    this.roundMinRttNs[socket] = Infinity
    this.roundSamples[socket] = 0
  }

  /** An acknowledgement of `acked` segments outside recovery; `rttNs` is its sample, −1 for none. */
  onAck(socket: number, acked: number, rttNs: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.congestion[socket] === CONGESTION.cubic) this.observeRound(socket, rttNs, nowNs)
    if (sockets.cwndLimited[socket] === 0) return
    let left = acked
    if (sockets.cwnd[socket] < sockets.ssthresh[socket]) {
      const grown = Math.min(sockets.cwnd[socket] + left, sockets.ssthresh[socket])
      left -= grown - sockets.cwnd[socket]
      sockets.cwnd[socket] = grown
    }
    if (left <= 0) return
    if (sockets.congestion[socket] === CONGESTION.cubic) this.growCubic(socket, left, nowNs)
    else sockets.cwnd[socket] += left / sockets.cwnd[socket]
  }

  /** A loss was found: sets the threshold; the caller sets the window. */
  onLoss(socket: number): void {
    const { sockets } = this
    const cwnd = sockets.cwnd[socket]
    if (sockets.congestion[socket] === CONGESTION.cubic) {
      this.epochStartNs[socket] = -1
      // Fast convergence (RFC 9438, section 4.7).
      const shrank = cwnd < this.lastMax[socket]
      this.lastMax[socket] = shrank ? (cwnd * (1 + CUBIC_BETA)) / 2 : cwnd
      sockets.ssthresh[socket] = Math.max(MIN_WINDOW, Math.floor(cwnd * CUBIC_BETA))
    } else {
      sockets.ssthresh[socket] = Math.max(MIN_WINDOW, Math.floor(cwnd / 2))
    }
  }

  private growCubic(socket: number, acked: number, nowNs: number): void {
    const { sockets } = this
    const cwnd = sockets.cwnd[socket]
    if (this.epochStartNs[socket] < 0) {
      this.epochStartNs[socket] = nowNs
      this.friendlyWindow[socket] = cwnd
      const below = this.lastMax[socket] - cwnd
      this.timeToOrigin[socket] = below > 0 ? Math.cbrt(below / CUBIC_C) : 0
      this.originPoint[socket] = Math.max(cwnd, this.lastMax[socket])
    }
    const elapsed = (nowNs - this.epochStartNs[socket] + sockets.minRttNs[socket]) / SECOND_NS
    const offset = elapsed - this.timeToOrigin[socket]
    const target = this.originPoint[socket] + CUBIC_C * offset * offset * offset
    let count = target > cwnd ? cwnd / (target - cwnd) : SLOWEST_COUNT * cwnd
    if (this.lastMax[socket] === 0) count = Math.min(count, UNKNOWN_COUNT)
    this.friendlyWindow[socket] += (FRIENDLY_ALPHA * acked) / cwnd
    const friendly = this.friendlyWindow[socket] - cwnd
    if (friendly > 0) count = Math.min(count, cwnd / friendly)
    sockets.cwnd[socket] = cwnd + acked / Math.max(count, MIN_COUNT)
  }

  /** HyStart: leaves slow start when acknowledgements come in a long train, or when the delay grows. */
  private observeRound(socket: number, rttNs: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.sndUna[socket] > this.roundEnd[socket]) this.beginRound(socket, nowNs)
    if (sockets.cwnd[socket] >= sockets.ssthresh[socket] || sockets.cwnd[socket] < HYSTART_LOW_WINDOW) return
    const minRtt = sockets.minRttNs[socket]
    if (nowNs - this.lastAckNs[socket] <= HYSTART_ACK_DELTA_NS) {
      this.lastAckNs[socket] = nowNs
      if (nowNs - this.roundStartNs[socket] > minRtt / 2) this.leaveSlowStart(socket)
    }
    if (rttNs < 0) return
    this.roundMinRttNs[socket] = Math.min(this.roundMinRttNs[socket], rttNs)
    if (++this.roundSamples[socket] < HYSTART_SAMPLES) return
    const margin = Math.min(HYSTART_DELAY_MAX_NS, Math.max(HYSTART_DELAY_MIN_NS, minRtt / 8))
    if (this.roundMinRttNs[socket] > minRtt + margin) this.leaveSlowStart(socket)
  }

  private beginRound(socket: number, nowNs: number): void {
    this.roundEnd[socket] = this.sockets.sndNxt[socket]
    this.roundStartNs[socket] = nowNs
    this.lastAckNs[socket] = nowNs
    this.roundMinRttNs[socket] = Infinity
    this.roundSamples[socket] = 0
  }

  private leaveSlowStart(socket: number): void {
    this.sockets.ssthresh[socket] = this.sockets.cwnd[socket]
  }
}
