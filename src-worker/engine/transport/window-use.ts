/**
 * How far the congestion window is used: it grows only while it is, and what was not used for a timeout is lost again
 * (net/ipv4/tcp_output.c, tcp_cwnd_validate; RFC 2861).
 */

import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import { LOSS_STATE, type Sockets } from './sockets'
import { INITIAL_WINDOW } from './tcp-constants'

export class WindowUse {
  private readonly sockets: Sockets
  private readonly algorithms: readonly CongestionAlgorithm[]
  /** Most segments outstanding in the window that ends at `endOf`, and whether it was full. */
  private readonly mostOut: Int32Array
  private readonly endOf: Float64Array
  private readonly wasFull: Uint8Array
  /** When the window was last found in use, ns. */
  private readonly usedNs: Float64Array

  constructor(sockets: Sockets, algorithms: readonly CongestionAlgorithm[]) {
    const { count } = sockets
    this.sockets = sockets
    this.algorithms = algorithms
    this.mostOut = new Int32Array(count)
    this.endOf = new Float64Array(count)
    this.wasFull = new Uint8Array(count)
    this.usedNs = new Float64Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.mostOut[socket] = 0
    this.endOf[socket] = 0
    this.wasFull[socket] = 0
  }

  /** tcp_is_cwnd_limited: whether the window is used, and may grow. */
  isUsed(socket: number): boolean {
    const { sockets } = this
    if (this.wasFull[socket] === 1) return true
    return sockets.cwnd[socket] < sockets.ssthresh[socket] && sockets.cwnd[socket] < 2 * this.mostOut[socket]
  }

  /** Takes note of what has been sent, and whether the window let nothing more go (tcp_cwnd_validate). */
  note(socket: number, isFull: boolean, nowNs: number): void {
    const { sockets } = this
    const { out } = sockets.flight[socket]
    if (sockets.sndUna[socket] >= this.endOf[socket] || isFull || (this.wasFull[socket] === 0 && out > this.mostOut[socket])) {
      this.wasFull[socket] = isFull ? 1 : 0
      this.mostOut[socket] = out
      this.endOf[socket] = sockets.sndNxt[socket]
    }
    if (this.isUsed(socket)) {
      this.usedNs[socket] = nowNs
    } else if (nowNs - this.usedNs[socket] >= sockets.rtoNs[socket] && !this.algorithm(socket).isModelBased) {
      this.shrink(socket, nowNs)
    }
  }

  /** Something is sent after nothing was outstanding; after a timeout's time the window starts again (tcp_cwnd_restart). */
  restart(socket: number, nowNs: number): void {
    const { sockets } = this
    const algorithm = this.algorithm(socket)
    algorithm.onRestart(socket, nowNs)
    let idleNs = nowNs - sockets.lastSentNs[socket]
    if (idleNs <= sockets.rtoNs[socket] || algorithm.isModelBased || sockets.lastSentNs[socket] === 0) return
    const floor = Math.min(INITIAL_WINDOW, sockets.cwnd[socket])
    sockets.ssthresh[socket] = Math.max(sockets.ssthresh[socket], (sockets.cwnd[socket] * 3) / 4)
    while ((idleNs -= sockets.rtoNs[socket]) > 0 && sockets.cwnd[socket] > floor) sockets.cwnd[socket] /= 2
    sockets.cwnd[socket] = Math.max(sockets.cwnd[socket], floor)
  }

  /** tcp_cwnd_application_limited (RFC 2861): a window that was not used for a timeout shrinks towards its use. */
  private shrink(socket: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.lossState[socket] === LOSS_STATE.open) {
      const used = Math.max(this.mostOut[socket], INITIAL_WINDOW)
      if (used < sockets.cwnd[socket]) {
        sockets.ssthresh[socket] = Math.max(sockets.ssthresh[socket], (sockets.cwnd[socket] * 3) / 4)
        sockets.cwnd[socket] = (sockets.cwnd[socket] + used) / 2
      }
    }
    this.usedNs[socket] = nowNs
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.algorithms[this.sockets.congestion[socket]]
  }
}
