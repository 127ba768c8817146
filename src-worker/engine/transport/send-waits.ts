/** What a sender waits for, and how long: timeouts, loss probes, reordering, the peer's window (net/ipv4/tcp_timer.c). */

import { SEND_TIMER, type SendTimers } from './send-timers'
import { LOSS_STATE, SOCKET_STATE, type Sockets } from './sockets'
import { MAX_RTO_NS, MAX_SYN_ACK_TIMEOUTS, MAX_SYN_TIMEOUTS, MAX_TIMEOUTS, MIN_RTO_NS, MIN_TIMEOUT_NS } from './tcp-constants'

export class SendWaits {
  private readonly sockets: Sockets
  private readonly timers: SendTimers

  constructor(sockets: Sockets, timers: SendTimers) {
    this.sockets = sockets
    this.timers = timers
  }

  /** After data was sent: waits for its acknowledgement, unless something is waited for already. */
  onSent(socket: number, nowNs: number): void {
    // What was sent puts off no timeout: that still counts from the head's departure.
    if (!this.armLossProbe(socket, this.leftOfTimeout(socket, nowNs), nowNs) && this.timers.kind[socket] === SEND_TIMER.none) {
      this.armTimeout(socket, nowNs)
    }
  }

  /** After the head was sent again: its timeout counts anew, but for what reordering delays. */
  onHeadSentAgain(socket: number, nowNs: number): void {
    if (this.timers.kind[socket] !== SEND_TIMER.reordering) this.armTimeout(socket, nowNs)
  }

  /** After an acknowledgement: waits for the next, a probe first where the state allows one. */
  onAck(socket: number, nowNs: number): void {
    if (!this.armLossProbe(socket, this.sockets.rtoNs[socket], nowNs)) this.armTimeout(socket, nowNs)
  }

  /** tcp_rearm_rto: something is outstanding, or nothing is. */
  armTimeout(socket: number, nowNs: number): void {
    const { sockets, timers } = this
    const flight = sockets.flight[socket]
    if (flight.out === 0) {
      timers.stop(socket)
      return
    }
    let waitNs = sockets.rtoNs[socket]
    const kind = timers.kind[socket]
    if (kind === SEND_TIMER.reordering || kind === SEND_TIMER.lossProbe) {
      // Those timers ran in the place of this one, which counts from the head's departure.
      waitNs = Math.max(1, this.leftOfTimeout(socket, nowNs))
    }
    timers.arm(socket, SEND_TIMER.retransmit, nowNs + waitNs, nowNs)
  }

  /** Waits for what reordering may have delayed, before it counts as lost. */
  armReordering(socket: number, waitNs: number, nowNs: number): void {
    this.timers.arm(socket, SEND_TIMER.reordering, nowNs + waitNs + MIN_TIMEOUT_NS, nowNs)
  }

  /** tcp_check_probe_timer. Requires: nothing is outstanding. Waits where the peer's window is what holds data back. */
  armWindowProbe(socket: number, nowNs: number): void {
    const { sockets, timers } = this
    const waits = sockets.written[socket] > sockets.sndNxt[socket] || sockets.sndFin[socket] === sockets.sndNxt[socket]
    if (!waits || timers.kind[socket] !== SEND_TIMER.none || sockets.throttled[socket] === 1) return
    if (sockets.windowEdge[socket] - sockets.sndNxt[socket] >= sockets.mssBytes[socket]) return
    timers.arm(socket, SEND_TIMER.windowProbe, nowNs + Math.max(MIN_RTO_NS, sockets.rtoNs[socket]), nowNs)
  }

  /** Doubles the timeout; false when the connection is given up. */
  backOff(socket: number): boolean {
    const { sockets } = this
    if (++sockets.timeouts[socket] > this.maxTimeouts(sockets.state[socket])) return false
    sockets.rtoNs[socket] = Math.min(MAX_RTO_NS, sockets.rtoNs[socket] * 2)
    return true
  }

  /** Timeouts in a row after which a socket in this state gives up. */
  private maxTimeouts(state: number): number {
    if (state > SOCKET_STATE.synReceived) return MAX_TIMEOUTS
    return state === SOCKET_STATE.synReceived ? MAX_SYN_ACK_TIMEOUTS : MAX_SYN_TIMEOUTS
  }

  /** tcp_rto_delta_us: how far off the head's timeout is, ns. Requires: something is outstanding. */
  private leftOfTimeout(socket: number, nowNs: number): number {
    const { ring } = this.sockets.flight[socket]
    return ring.sentNs[ring.head & ring.mask] + this.sockets.rtoNs[socket] - nowNs
  }

  /** tcp_schedule_loss_probe: no later than the timeout, where that lies ahead; returns false where the state allows none. */
  private armLossProbe(socket: number, timeoutNs: number, nowNs: number): boolean {
    const { sockets } = this
    const flight = sockets.flight[socket]
    const state = sockets.lossState[socket]
    if (flight.out === 0 || (state !== LOSS_STATE.open && state !== LOSS_STATE.reduced) || flight.sacked > 0) return false
    const rtt = sockets.smoothedRttNs[socket]
    const waitNs = rtt > 0 ? 2 * rtt + (flight.out === 1 ? sockets.minRtoNs[socket] : MIN_TIMEOUT_NS) : sockets.rtoNs[socket]
    this.timers.arm(socket, SEND_TIMER.lossProbe, nowNs + (timeoutNs > 0 ? Math.min(waitNs, timeoutNs) : waitNs), nowNs)
    return true
  }
}
