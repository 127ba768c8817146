/**
 * BBR's long-term sampling: where losses stay high while the rate is steady over intervals, a token bucket polices, and BBR
 * goes by its rate for a while (net/ipv4/tcp_bbr.c, bbr_lt_bw_sampling).
 */

import { SECOND_NS } from '#shared/units/index'
import type { Flight } from '../flight'
import type { BbrConnection } from './bbr-connection'
import { BBR_MODE } from './bbr-connection'

/** bbr_lt_intvl_min_rtts, bbr_lt_loss_thresh, bbr_lt_bw_ratio, bbr_lt_bw_diff (bytes a second), bbr_lt_bw_max_rtts. */
const MIN_ROUNDS = 4
const LOSS_SHARE = 50 / 256
const SAME_RATIO = 1 / 8
const SAME_BYTES_PER_SECOND = 4000 / 8
const MOST_ROUNDS = 48
const MIN_INTERVAL_NS = 1_000_000

/** Forgets what was sampled. */
export function resetPolicer(bbr: BbrConnection, flight: Flight): void {
  bbr.policedBandwidth = 0
  bbr.usesPoliced = false
  bbr.isSampling = false
  beginInterval(bbr, flight)
}

/** Takes a sample with so many new losses; returns whether the policer's rate has served its time. */
export function samplePolicer(
  bbr: BbrConnection,
  flight: Flight,
  losses: number,
  isAppLimited: boolean,
  mssBytes: number,
): boolean {
  if (bbr.usesPoliced) {
    if (bbr.mode !== BBR_MODE.probeBandwidth || !bbr.isRoundStart || ++bbr.sampledRounds < MOST_ROUNDS) return false
    resetPolicer(bbr, flight)
    return true
  }
  if (!bbr.isSampling) {
    if (losses === 0) return false
    beginInterval(bbr, flight)
    bbr.isSampling = true
  }
  if (isAppLimited) {
    resetPolicer(bbr, flight)
    return false
  }
  if (bbr.isRoundStart) bbr.sampledRounds++
  if (bbr.sampledRounds < MIN_ROUNDS) return false
  if (bbr.sampledRounds > 4 * MIN_ROUNDS) resetPolicer(bbr, flight)
  else if (losses > 0) endInterval(bbr, flight, mssBytes)
  return false
}

function endInterval(bbr: BbrConnection, flight: Flight, mssBytes: number): void {
  const lost = flight.lostTotal - bbr.sampleLost
  const delivered = flight.delivered - bbr.sampleDelivered
  const intervalNs = flight.deliveredNs - bbr.sampleAtNs
  if (delivered === 0 || lost < LOSS_SHARE * delivered || intervalNs < MIN_INTERVAL_NS) return
  const rate = delivered / intervalNs
  const difference = Math.abs(rate - bbr.policedBandwidth)
  const isSame =
    difference <= SAME_RATIO * bbr.policedBandwidth || difference * mssBytes * SECOND_NS <= SAME_BYTES_PER_SECOND
  if (bbr.policedBandwidth > 0 && isSame) {
    bbr.policedBandwidth = (rate + bbr.policedBandwidth) / 2
    bbr.usesPoliced = true
    bbr.pacingGain = 1
    bbr.sampledRounds = 0
    return
  }
  bbr.policedBandwidth = rate
  beginInterval(bbr, flight)
}

function beginInterval(bbr: BbrConnection, flight: Flight): void {
  bbr.sampleAtNs = flight.deliveredNs
  bbr.sampleDelivered = flight.delivered
  bbr.sampleLost = flight.lostTotal
  bbr.sampledRounds = 0
}
