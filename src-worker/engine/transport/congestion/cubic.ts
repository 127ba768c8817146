/** CUBIC (RFC 9438) with HyStart as Linux has them (net/ipv4/tcp_cubic.c). */

import { SECOND_NS } from '#shared/units/index'
import type { AckSample } from '../ack-sample'
import { LOSS_STATE, type Sockets } from '../sockets'
import { GSO_MAX_BYTES } from '../tcp-constants'
import { CongestionAlgorithm, MIN_WINDOW } from './congestion-algorithm'

/** RFC 9438: C in segments/s³ and β; Linux: scale 41 × 10 / 1024 and 717 / 1024. */
const CUBIC_C = 410 / 1024
const CUBIC_BETA = 717 / 1024
/** Additive factor of the Reno-friendly region, 3(1 − β) / (1 + β). */
const FRIENDLY_ALPHA = (3 * (1 - CUBIC_BETA)) / (1 + CUBIC_BETA)
/** CUBIC never asks for more than half a window more per round trip (cnt ≥ 2). */
const MIN_COUNT = 2
/** Segments acknowledged per segment of growth: at the plateau, per window; and while no loss has told the capacity. */
const SLOWEST_COUNT = 100
const UNKNOWN_COUNT = 20
/** HyStart: hystart_low_window, hystart_ack_delta_us, HYSTART_DELAY_MIN, HYSTART_DELAY_MAX, HYSTART_MIN_SAMPLES. */
const HYSTART_LOW_WINDOW = 16
const HYSTART_ACK_DELTA_NS = 2_000_000
const HYSTART_DELAY_MIN_NS = 4_000_000
const HYSTART_DELAY_MAX_NS = 16_000_000
const HYSTART_SAMPLES = 8
/** hystart_ack_delay: four full trains at the pacing rate, at most a millisecond. */
const HYSTART_ACK_DELAY_TRAINS = 4
const HYSTART_ACK_DELAY_MAX_NS = 1_000_000

export class Cubic extends CongestionAlgorithm {
  private readonly lastMax: Float64Array
  private readonly epochStartNs: Float64Array
  private readonly originPoint: Float64Array
  private readonly timeToOrigin: Float64Array
  private readonly friendlyWindow: Float64Array
  private readonly minDelayNs: Float64Array
  private readonly roundEnd: Float64Array
  private readonly roundStartNs: Float64Array
  private readonly lastAckNs: Float64Array
  private readonly roundMinRttNs: Float64Array
  private readonly roundSamples: Int32Array
  /** HyStart has ended slow start: not again before the next loss. */
  private readonly hasFound: Uint8Array

  constructor(sockets: Sockets) {
    super(sockets)
    const { count } = sockets
    this.lastMax = new Float64Array(count)
    this.epochStartNs = new Float64Array(count)
    this.originPoint = new Float64Array(count)
    this.timeToOrigin = new Float64Array(count)
    this.friendlyWindow = new Float64Array(count)
    this.minDelayNs = new Float64Array(count)
    this.roundEnd = new Float64Array(count)
    this.roundStartNs = new Float64Array(count)
    this.lastAckNs = new Float64Array(count)
    this.roundMinRttNs = new Float64Array(count)
    this.roundSamples = new Int32Array(count)
    this.hasFound = new Uint8Array(count)
  }

  override renew(socket: number, nowNs: number): void {
    this.forget(socket)
    this.beginRound(socket, nowNs)
  }

  override threshold(socket: number): number {
    const cwnd = Math.floor(this.sockets.cwnd[socket])
    this.epochStartNs[socket] = -1
    // Fast convergence (RFC 9438, section 4.7).
    const shrank = cwnd < this.lastMax[socket]
    this.lastMax[socket] = shrank ? (cwnd * (1 + CUBIC_BETA)) / 2 : cwnd
    return Math.max(MIN_WINDOW, Math.floor(cwnd * CUBIC_BETA))
  }

  override onState(socket: number, state: number): void {
    if (state !== LOSS_STATE.timeout) return
    this.forget(socket)
    this.beginRound(socket, this.lastAckNs[socket])
  }

  /** An idle time is no time in which the window could have grown: the epoch moves on by it. */
  override onRestart(socket: number, nowNs: number): void {
    const idleNs = nowNs - this.sockets.lastSentNs[socket]
    if (this.epochStartNs[socket] >= 0 && idleNs > 0) {
      this.epochStartNs[socket] = Math.min(nowNs, this.epochStartNs[socket] + idleNs)
    }
  }

  override onSample(socket: number, sample: AckSample, nowNs: number): void {
    if (sample.rttNs < 0) return
    // Delay samples right after a recovery are those of a drained queue.
    if (this.epochStartNs[socket] >= 0 && nowNs - this.epochStartNs[socket] < SECOND_NS) return
    if (sample.rttNs < this.minDelayNs[socket]) this.minDelayNs[socket] = sample.rttNs
    const { cwnd, ssthresh } = this.sockets
    if (this.hasFound[socket] === 0 && cwnd[socket] < ssthresh[socket]) this.observeRound(socket, sample.rttNs, nowNs)
  }

  override grow(socket: number, acked: number, nowNs: number): void {
    const left = this.slowStart(socket, acked)
    if (left > 0) this.growCubic(socket, left, nowNs)
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
    const elapsed = (nowNs - this.epochStartNs[socket] + this.minDelayNs[socket]) / SECOND_NS
    const offset = elapsed - this.timeToOrigin[socket]
    const target = this.originPoint[socket] + CUBIC_C * offset * offset * offset
    let count = target > cwnd ? cwnd / (target - cwnd) : SLOWEST_COUNT * cwnd
    if (this.lastMax[socket] === 0) count = Math.min(count, UNKNOWN_COUNT)
    this.friendlyWindow[socket] += (FRIENDLY_ALPHA * acked) / cwnd
    const friendly = this.friendlyWindow[socket] - cwnd
    if (friendly > 0) count = Math.min(count, cwnd / friendly)
    sockets.cwnd[socket] = cwnd + acked / Math.max(count, MIN_COUNT)
  }

  /** hystart_update: leaves slow start when acknowledgements come in a long train, or when the delay grows. */
  private observeRound(socket: number, rttNs: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.sndUna[socket] > this.roundEnd[socket]) this.beginRound(socket, nowNs)
    if (sockets.cwnd[socket] < HYSTART_LOW_WINDOW) return
    const minDelay = this.minDelayNs[socket]
    if (nowNs - this.lastAckNs[socket] <= HYSTART_ACK_DELTA_NS) {
      this.lastAckNs[socket] = nowNs
      const whole = minDelay + this.acknowledgementDelayNs(socket)
      // Pacing may delay segments by half a round trip in slow start; without it the train is half as long.
      const limit = sockets.paces[socket] === 0 ? whole / 2 : whole
      if (nowNs - this.roundStartNs[socket] > limit) this.leaveSlowStart(socket)
    }
    this.roundMinRttNs[socket] = Math.min(this.roundMinRttNs[socket], rttNs)
    if (this.roundSamples[socket] < HYSTART_SAMPLES) {
      this.roundSamples[socket]++
      return
    }
    const margin = Math.min(HYSTART_DELAY_MAX_NS, Math.max(HYSTART_DELAY_MIN_NS, minDelay / 8))
    if (this.roundMinRttNs[socket] > minDelay + margin) this.leaveSlowStart(socket)
  }

  /** How long the receiver's aggregation may hold acknowledgements back. */
  private acknowledgementDelayNs(socket: number): number {
    const rate = this.sockets.pacingRate[socket]
    if (rate === 0) return 0
    return Math.min(HYSTART_ACK_DELAY_MAX_NS, (GSO_MAX_BYTES * HYSTART_ACK_DELAY_TRAINS * SECOND_NS) / rate)
  }

  private beginRound(socket: number, nowNs: number): void {
    this.roundEnd[socket] = this.sockets.sndNxt[socket]
    this.roundStartNs[socket] = nowNs
    this.lastAckNs[socket] = nowNs
    this.roundMinRttNs[socket] = Infinity
    this.roundSamples[socket] = 0
  }

  private leaveSlowStart(socket: number): void {
    this.hasFound[socket] = 1
    this.sockets.ssthresh[socket] = this.sockets.cwnd[socket]
  }

  /** bictcp_reset. */
  private forget(socket: number): void {
    this.lastMax[socket] = 0
    this.epochStartNs[socket] = -1
    this.minDelayNs[socket] = Infinity
    this.hasFound[socket] = 0
  }
}
