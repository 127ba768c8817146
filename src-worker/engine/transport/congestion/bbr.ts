/**
 * BBR, version 1, as Linux has it (net/ipv4/tcp_bbr.c): the window and the pacing rate follow a model of the path, the
 * greatest rate of delivery and the least round trip seen lately.
 */

import { SECOND_NS } from '#shared/units/index'
import { RANDOM_USE, RandomStream } from '../../random'
import type { AckSample } from '../ack-sample'
import type { Flight } from '../flight'
import { LOSS_STATE, type Sockets } from '../sockets'
import { INITIAL_WINDOW, PACING_SHIFT } from '../tcp-constants'
import { BBR_MODE, BbrConnection } from './bbr-connection'
import { resetPolicer, samplePolicer } from './bbr-policer'
import { CongestionAlgorithm } from './congestion-algorithm'

/** bbr_high_gain (2 / ln 2) and bbr_drain_gain, bbr_cwnd_gain, bbr_pacing_gain. */
const HIGH_GAIN = 2885 / 1000
const DRAIN_GAIN = 1000 / 2885
const WINDOW_GAIN = 2
const PHASE_GAINS = [5 / 4, 3 / 4, 1, 1, 1, 1, 1, 1] as const
/** bbr_cycle_rand: probing begins in any phase but the second. */
const RANDOM_PHASES = 7
/** bbr_bw_rtts, bbr_min_rtt_win_sec, bbr_probe_rtt_mode_ms, bbr_cwnd_min_target. */
const BANDWIDTH_ROUNDS = PHASE_GAINS.length + 2
const MIN_RTT_WINDOW_NS = 10e9
const PROBE_RTT_NS = 200e6
const MIN_TARGET = 4
/** bbr_pacing_margin_percent: it paces a little below the rate, so that no queue builds up. */
const PACING_MARGIN = 0.99
/** bbr_full_bw_thresh, bbr_full_bw_cnt. */
const FULL_GROWTH = 1.25
const FULL_ROUNDS = 3
/** bbr_extra_acked_win_rtts, bbr_ack_epoch_acked_reset_thresh, bbr_extra_acked_max_us. */
const EXTRA_ROUNDS = 5
const EPOCH_ACKED_LIMIT = 1 << 20
const EXTRA_MAX_NS = 100e6
/** bbr_min_tso_rate, bytes a second; most segments of a train in its accounts. */
const MIN_TSO_RATE = 1_200_000 / 8
const MAX_TRAIN_SEGMENTS = 127
const MAX_TRAIN_BYTES = 65_535 - 320
const UNKNOWN_RTT_NS = 1_000_000

export class Bbr extends CongestionAlgorithm {
  override readonly isModelBased = true
  override readonly bufferFactor = 3
  private readonly seed: number
  private readonly connections: (BbrConnection | undefined)[]
  private readonly phases: (RandomStream | undefined)[]

  constructor(sockets: Sockets, seed: number) {
    super(sockets)
    this.seed = seed
    this.connections = Array.from<BbrConnection | undefined>({ length: sockets.count }).fill(undefined)
    this.phases = Array.from<RandomStream | undefined>({ length: sockets.count }).fill(undefined)
  }

  override renew(socket: number, nowNs: number): void {
    const bbr = new BbrConnection(this.sockets.flight[socket].delivered, nowNs)
    this.connections[socket] = bbr
    resetPolicer(bbr, this.sockets.flight[socket])
    this.startUp(bbr)
    this.initialiseRate(socket, bbr)
  }

  override threshold(socket: number): number {
    this.saveWindow(socket, this.of(socket))
    return this.sockets.ssthresh[socket]
  }

  override grow(): void {}

  override onState(socket: number, state: number): void {
    if (state !== LOSS_STATE.timeout) return
    const bbr = this.of(socket)
    bbr.lossState = state
    bbr.fullBandwidth = 0
    bbr.isRoundStart = true
    samplePolicer(bbr, this.sockets.flight[socket], 1, false, this.mss(socket))
  }

  override onRestart(socket: number, nowNs: number): void {
    const bbr = this.of(socket)
    if (this.sockets.flight[socket].appLimitedUntil === 0) return
    bbr.isRestarting = true
    bbr.epochAtNs = nowNs
    bbr.epochAcked = 0
    if (bbr.mode === BBR_MODE.probeBandwidth) this.setRate(socket, bbr, 1)
    else if (bbr.mode === BBR_MODE.probeRtt) this.endProbeRtt(socket, bbr, nowNs)
  }

  override undoneWindow(socket: number): number {
    const bbr = this.of(socket)
    bbr.fullBandwidth = 0
    bbr.fullRounds = 0
    resetPolicer(bbr, this.sockets.flight[socket])
    return this.sockets.cwnd[socket]
  }

  override control(socket: number, sample: AckSample, nowNs: number): void {
    const bbr = this.of(socket)
    this.updateBandwidth(socket, bbr, sample)
    this.updateAggregation(socket, bbr, sample)
    if (bbr.mode === BBR_MODE.probeBandwidth && this.isPhaseOver(socket, bbr, sample, nowNs)) this.nextPhase(socket, bbr)
    this.checkFull(bbr, sample)
    this.checkDrain(socket, bbr, nowNs)
    this.updateMinRtt(socket, bbr, sample, nowNs)
    this.setGains(bbr)
    this.setRate(socket, bbr, bbr.pacingGain)
    this.setWindow(socket, bbr, sample)
  }

  private of(socket: number): BbrConnection {
    return this.connections[socket]!
  }

  private mss(socket: number): number {
    return this.sockets.mssBytes[socket]
  }

  private updateBandwidth(socket: number, bbr: BbrConnection, sample: AckSample): void {
    const flight = this.sockets.flight[socket]
    bbr.isRoundStart = false
    if (sample.rateDelivered < 0 || sample.rateIntervalNs <= 0) return
    if (sample.priorDelivered >= bbr.roundEndsAtDelivered) {
      bbr.roundEndsAtDelivered = flight.delivered
      bbr.rounds++
      bbr.isRoundStart = true
      bbr.conservesPackets = false
    }
    if (samplePolicer(bbr, flight, sample.lost, sample.isAppLimited, this.mss(socket))) this.probeBandwidth(socket, bbr)
    const rate = sample.rateDelivered / sample.rateIntervalNs
    if (!sample.isAppLimited || rate >= bbr.bandwidth.best) bbr.bandwidth.take(BANDWIDTH_ROUNDS, bbr.rounds, rate)
  }

  /** bbr_update_ack_aggregation. */
  private updateAggregation(socket: number, bbr: BbrConnection, sample: AckSample): void {
    if (sample.delivered <= 0 || sample.rateDelivered < 0 || sample.rateIntervalNs <= 0) return
    if (bbr.isRoundStart && ++bbr.extraRounds >= EXTRA_ROUNDS) {
      bbr.extraRounds = 0
      bbr.extraWindow ^= 1
      bbr.extraAcked[bbr.extraWindow] = 0
    }
    const { deliveredNs } = this.sockets.flight[socket]
    let expected = Math.floor(bbr.rate * (deliveredNs - bbr.epochAtNs))
    if (bbr.epochAcked <= expected || bbr.epochAcked + sample.delivered >= EPOCH_ACKED_LIMIT) {
      bbr.epochAcked = 0
      bbr.epochAtNs = deliveredNs
      expected = 0
    }
    bbr.epochAcked += sample.delivered
    const extra = Math.min(bbr.epochAcked - expected, Math.floor(this.sockets.cwnd[socket]))
    if (extra > bbr.extraAcked[bbr.extraWindow]) bbr.extraAcked[bbr.extraWindow] = extra
  }

  /** bbr_is_next_cycle_phase. */
  private isPhaseOver(socket: number, bbr: BbrConnection, sample: AckSample, nowNs: number): boolean {
    const isLong = this.sockets.flight[socket].deliveredNs - bbr.phaseAtNs > bbr.minRttNs
    if (bbr.pacingGain === 1) return isLong
    const inFlight = this.inNetworkAtDeparture(socket, bbr, sample.inFlightBefore, nowNs)
    if (bbr.pacingGain > 1) return isLong && (sample.lost > 0 || inFlight >= this.target(socket, bbr, bbr.pacingGain))
    return isLong || inFlight <= this.target(socket, bbr, 1)
  }

  private nextPhase(socket: number, bbr: BbrConnection): void {
    bbr.phase = (bbr.phase + 1) % PHASE_GAINS.length
    bbr.phaseAtNs = this.sockets.flight[socket].deliveredNs
  }

  private checkFull(bbr: BbrConnection, sample: AckSample): void {
    if (bbr.isFull || !bbr.isRoundStart || sample.isAppLimited) return
    if (bbr.bandwidth.best >= bbr.fullBandwidth * FULL_GROWTH) {
      bbr.fullBandwidth = bbr.bandwidth.best
      bbr.fullRounds = 0
      return
    }
    bbr.isFull = ++bbr.fullRounds >= FULL_ROUNDS
  }

  private checkDrain(socket: number, bbr: BbrConnection, nowNs: number): void {
    const flight = this.sockets.flight[socket]
    if (bbr.mode === BBR_MODE.startup && bbr.isFull) {
      bbr.mode = BBR_MODE.drain
      this.sockets.ssthresh[socket] = this.target(socket, bbr, 1)
    }
    if (bbr.mode !== BBR_MODE.drain) return
    const inFlight = this.inNetworkAtDeparture(socket, bbr, flight.inNetwork, nowNs)
    if (inFlight <= this.target(socket, bbr, 1)) this.probeBandwidth(socket, bbr)
  }

  private updateMinRtt(socket: number, bbr: BbrConnection, sample: AckSample, nowNs: number): void {
    const isExpired = nowNs > bbr.minRttAtNs + MIN_RTT_WINDOW_NS
    if (sample.rttNs >= 0 && (sample.rttNs < bbr.minRttNs || (isExpired && !sample.mayBeDelayed))) {
      bbr.minRttNs = sample.rttNs
      bbr.minRttAtNs = nowNs
    }
    if (isExpired && !bbr.isRestarting && bbr.mode !== BBR_MODE.probeRtt) {
      bbr.mode = BBR_MODE.probeRtt
      this.saveWindow(socket, bbr)
      bbr.probeRttDoneAtNs = 0
    }
    if (bbr.mode === BBR_MODE.probeRtt) this.probeRtt(socket, bbr, nowNs)
    if (sample.rateDelivered > 0) bbr.isRestarting = false
  }

  private probeRtt(socket: number, bbr: BbrConnection, nowNs: number): void {
    const flight = this.sockets.flight[socket]
    flight.appLimitedUntil = flight.delivered + flight.inNetwork || 1
    if (bbr.probeRttDoneAtNs === 0) {
      if (flight.inNetwork > MIN_TARGET) return
      bbr.probeRttDoneAtNs = nowNs + PROBE_RTT_NS
      bbr.probeRttRoundDone = false
      bbr.roundEndsAtDelivered = flight.delivered
      return
    }
    if (bbr.isRoundStart) bbr.probeRttRoundDone = true
    if (bbr.probeRttRoundDone) this.endProbeRtt(socket, bbr, nowNs)
  }

  private endProbeRtt(socket: number, bbr: BbrConnection, nowNs: number): void {
    if (bbr.probeRttDoneAtNs === 0 || nowNs <= bbr.probeRttDoneAtNs) return
    bbr.minRttAtNs = nowNs
    this.sockets.cwnd[socket] = Math.max(this.sockets.cwnd[socket], bbr.priorWindow)
    if (bbr.isFull) this.probeBandwidth(socket, bbr)
    else this.startUp(bbr)
  }

  private startUp(bbr: BbrConnection): void {
    bbr.mode = BBR_MODE.startup
    bbr.pacingGain = HIGH_GAIN
    bbr.windowGain = HIGH_GAIN
  }

  private probeBandwidth(socket: number, bbr: BbrConnection): void {
    bbr.mode = BBR_MODE.probeBandwidth
    this.phases[socket] ??= new RandomStream(this.seed, RANDOM_USE.probing, socket)
    bbr.phase = PHASE_GAINS.length - 1 - this.phases[socket].below(RANDOM_PHASES)
    this.nextPhase(socket, bbr)
  }

  private setGains(bbr: BbrConnection): void {
    switch (bbr.mode) {
      case BBR_MODE.startup:
        bbr.pacingGain = HIGH_GAIN
        bbr.windowGain = HIGH_GAIN
        return
      case BBR_MODE.drain:
        bbr.pacingGain = DRAIN_GAIN
        bbr.windowGain = HIGH_GAIN
        return
      case BBR_MODE.probeBandwidth:
        bbr.pacingGain = bbr.usesPoliced ? 1 : PHASE_GAINS[bbr.phase]
        bbr.windowGain = WINDOW_GAIN
        return
      default:
        bbr.pacingGain = 1
        bbr.windowGain = 1
    }
  }

  private setRate(socket: number, bbr: BbrConnection, gain: number): void {
    const { sockets } = this
    if (!bbr.hasSeenRtt && sockets.smoothedRttNs[socket] > 0) this.initialiseRate(socket, bbr)
    const rate = bbr.rate * this.mss(socket) * gain * PACING_MARGIN * SECOND_NS
    if (bbr.isFull || rate > sockets.pacingRate[socket]) sockets.pacingRate[socket] = rate
  }

  private initialiseRate(socket: number, bbr: BbrConnection): void {
    const { sockets } = this
    const rtt = sockets.smoothedRttNs[socket]
    bbr.hasSeenRtt = rtt > 0
    const rate = (sockets.cwnd[socket] * this.mss(socket) * SECOND_NS) / (rtt > 0 ? rtt : UNKNOWN_RTT_NS)
    sockets.pacingRate[socket] = rate * HIGH_GAIN * PACING_MARGIN
  }

  private setWindow(socket: number, bbr: BbrConnection, sample: AckSample): void {
    const { sockets } = this
    const flight = sockets.flight[socket]
    if (sample.delivered > 0) {
      let cwnd = this.windowInRecovery(socket, bbr, sample, flight)
      if (!bbr.conservesPackets) {
        const target = this.quantised(socket, bbr, this.product(bbr, bbr.rate, bbr.windowGain) + this.aggregate(bbr))
        if (bbr.isFull) cwnd = Math.min(cwnd + sample.delivered, target)
        else if (cwnd < target || flight.delivered < INITIAL_WINDOW) cwnd += sample.delivered
        cwnd = Math.max(cwnd, MIN_TARGET)
      }
      sockets.cwnd[socket] = cwnd
    }
    if (bbr.mode === BBR_MODE.probeRtt) sockets.cwnd[socket] = Math.min(sockets.cwnd[socket], MIN_TARGET)
  }

  /** bbr_set_cwnd_to_recover_or_restore. */
  private windowInRecovery(socket: number, bbr: BbrConnection, sample: AckSample, flight: Flight): number {
    const { sockets } = this
    const state = sockets.lossState[socket]
    let cwnd = Math.floor(sockets.cwnd[socket])
    if (sample.lost > 0) cwnd = Math.max(cwnd - sample.lost, 1)
    if (state === LOSS_STATE.recovery && bbr.lossState !== LOSS_STATE.recovery) {
      bbr.conservesPackets = true
      bbr.roundEndsAtDelivered = flight.delivered
      cwnd = flight.inNetwork + sample.delivered
    } else if (bbr.lossState >= LOSS_STATE.recovery && state < LOSS_STATE.recovery) {
      cwnd = Math.max(cwnd, bbr.priorWindow)
      bbr.conservesPackets = false
    }
    bbr.lossState = state
    return bbr.conservesPackets ? Math.max(cwnd, flight.inNetwork + sample.delivered) : cwnd
  }

  private saveWindow(socket: number, bbr: BbrConnection): void {
    const cwnd = this.sockets.cwnd[socket]
    const isWhole = bbr.lossState < LOSS_STATE.recovery && bbr.mode !== BBR_MODE.probeRtt
    bbr.priorWindow = isWhole ? cwnd : Math.max(bbr.priorWindow, cwnd)
  }

  /** Product of a rate, the path's delay and a gain, segments (bbr_bdp). */
  private product({ minRttNs }: BbrConnection, rate: number, gain: number): number {
    return minRttNs === Infinity ? INITIAL_WINDOW : Math.ceil(rate * minRttNs * gain)
  }

  /** bbr_inflight: of the greatest rate, policed or not. */
  private target(socket: number, bbr: BbrConnection, gain: number): number {
    return this.quantised(socket, bbr, this.product(bbr, bbr.bandwidth.best, gain))
  }

  /** bbr_quantization_budget: room for what trains and delayed acknowledgements hold back. */
  private quantised(socket: number, bbr: BbrConnection, segments: number): number {
    const withTrains = segments + 3 * this.trainSegments(socket)
    const even = Math.ceil(withTrains / 2) * 2
    return bbr.mode === BBR_MODE.probeBandwidth && bbr.phase === 0 ? even + 2 : even
  }

  private aggregate(bbr: BbrConnection): number {
    if (!bbr.isFull) return 0
    return Math.min(Math.max(bbr.extraAcked[0], bbr.extraAcked[1]), Math.floor(bbr.rate * EXTRA_MAX_NS))
  }

  private trainSegments(socket: number): number {
    const rate = this.sockets.pacingRate[socket]
    const bytes = Math.min(rate / 2 ** PACING_SHIFT, MAX_TRAIN_BYTES)
    const least = rate < MIN_TSO_RATE ? 1 : 2
    return Math.min(MAX_TRAIN_SEGMENTS, Math.max(Math.floor(bytes / this.mss(socket)), least))
  }

  /** bbr_packets_in_net_at_edt: what will be in the network when pacing lets the next segment go. */
  private inNetworkAtDeparture(socket: number, bbr: BbrConnection, inFlight: number, nowNs: number): number {
    const waitNs = Math.max(0, this.sockets.nextDepartureNs[socket] - nowNs)
    const then = bbr.pacingGain > 1 ? inFlight + this.trainSegments(socket) : inFlight
    return Math.max(0, then - Math.floor(bbr.rate * waitNs))
  }
}
