/** What BBR knows of one connection (struct bbr of net/ipv4/tcp_bbr.c). Rates are segments a nanosecond, times ns. */

import { LOSS_STATE } from '../sockets'
import { WindowedMax } from './windowed-max'

/** What BBR does: finds the rate, drains the queue that made, probes for more, looks at the round trip of an empty path. */
export const BBR_MODE = { startup: 0, drain: 1, probeBandwidth: 2, probeRtt: 3 } as const

export class BbrConnection {
  mode: number = BBR_MODE.startup
  /** Rate of delivery in the last ten round trips. */
  readonly bandwidth = new WindowedMax()
  minRttNs = Infinity
  minRttAtNs = 0
  /** Round trips counted by delivery. */
  rounds = 0
  roundEndsAtDelivered = 0
  isRoundStart = false
  pacingGain = 1
  windowGain = 1
  hasSeenRtt = false
  /** Startup ends when the rate has stopped growing for three rounds. */
  isFull = false
  fullBandwidth = 0
  fullRounds = 0
  /** Phase of the eight that probing goes through, and when it began. */
  phase = 0
  phaseAtNs = 0
  priorWindow = 0
  lossState: number = LOSS_STATE.open
  conservesPackets = false
  isRestarting = false
  probeRttDoneAtNs = 0
  probeRttRoundDone = false
  /** Segments acknowledged beyond the rate, for acknowledgements that come in aggregates. */
  readonly extraAcked = new Float64Array(2)
  extraWindow = 0
  extraRounds = 0
  epochAtNs = 0
  epochAcked = 0
  /** Long-term sampling, which finds token-bucket policers. */
  policedBandwidth = 0
  usesPoliced = false
  isSampling = false
  sampledRounds = 0
  sampleAtNs = 0
  sampleDelivered = 0
  sampleLost = 0

  constructor(delivered: number, nowNs: number) {
    this.roundEndsAtDelivered = delivered
    this.minRttAtNs = nowNs
    this.epochAtNs = nowNs
  }

  /** Rate that BBR goes by. */
  get rate(): number {
    return this.usesPoliced ? this.policedBandwidth : this.bandwidth.best
  }
}
