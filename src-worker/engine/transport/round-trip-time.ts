/** Round-trip times and the retransmission timeout: RFC 6298 as tcp_rtt_estimator has it (net/ipv4/tcp_input.c). */

import type { Sockets } from './sockets'
import { INITIAL_RTO_NS, MAX_RTO_NS } from './tcp-constants'

export class RoundTripTimes {
  private readonly sockets: Sockets
  /** Mean deviation, its largest value of this round trip, and the variation that the timeout adds, ns. */
  private readonly deviationNs: Float64Array
  private readonly worstNs: Float64Array
  private readonly variationNs: Float64Array
  private readonly roundEnd: Float64Array

  constructor(sockets: Sockets) {
    this.sockets = sockets
    this.deviationNs = new Float64Array(sockets.count)
    this.worstNs = new Float64Array(sockets.count)
    this.variationNs = new Float64Array(sockets.count)
    this.roundEnd = new Float64Array(sockets.count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    const { sockets } = this
    sockets.smoothedRttNs[socket] = 0
    sockets.minRttNs[socket] = Infinity
    sockets.rtoNs[socket] = INITIAL_RTO_NS
  }

  /** Takes a sample; the retransmission timeout follows, and is no longer backed off. */
  sample(socket: number, rttNs: number): void {
    const { sockets, deviationNs, worstNs, variationNs } = this
    if (sockets.smoothedRttNs[socket] === 0) {
      sockets.smoothedRttNs[socket] = rttNs
      deviationNs[socket] = rttNs * 2
      variationNs[socket] = Math.max(deviationNs[socket], sockets.minRtoNs[socket])
      worstNs[socket] = variationNs[socket]
      this.roundEnd[socket] = sockets.sndNxt[socket]
    } else {
      this.update(socket, rttNs)
    }
    sockets.rtoNs[socket] = Math.min(MAX_RTO_NS, sockets.smoothedRttNs[socket] + variationNs[socket])
  }

  /** The deviation is kept fourfold, as it enters the timeout; it grows slower when the round trip shrinks (Eifel). */
  private update(socket: number, rttNs: number): void {
    const { sockets, deviationNs, worstNs, variationNs } = this
    const error = rttNs - sockets.smoothedRttNs[socket]
    sockets.smoothedRttNs[socket] += error / 8
    const change = Math.abs(error) - deviationNs[socket] / 4
    deviationNs[socket] += error < 0 && change > 0 ? change / 8 : change
    if (deviationNs[socket] > worstNs[socket]) {
      worstNs[socket] = deviationNs[socket]
      if (worstNs[socket] > variationNs[socket]) variationNs[socket] = worstNs[socket]
    }
    if (sockets.sndUna[socket] <= this.roundEnd[socket]) return
    if (worstNs[socket] < variationNs[socket]) variationNs[socket] -= (variationNs[socket] - worstNs[socket]) / 4
    this.roundEnd[socket] = sockets.sndNxt[socket]
    worstNs[socket] = sockets.minRtoNs[socket]
  }
}
