/**
 * Which bytes are lost, which are in flight, and how fast a recovery sends: RFC 6675 (scoreboard), RFC 6937 (proportional
 * rate reduction).
 */

import type { FlowTable } from '#shared/plan/index'
import type { CongestionControl } from './congestion'
import { LOSS_STATE, type Sockets } from './sockets'
import { DUPLICATE_THRESHOLD } from './tcp-constants'

export class LossRecovery {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly congestion: CongestionControl

  constructor(sockets: Sockets, flows: FlowTable, congestion: CongestionControl) {
    this.sockets = sockets
    this.flows = flows
    this.congestion = congestion
  }

  /** An acknowledgement that newly covered `delivered` bytes, selectively or not, has been taken. */
  onAck(socket: number, delivered: number): void {
    const { sockets } = this
    if (sockets.lossState[socket] !== LOSS_STATE.open && sockets.sndUna[socket] >= sockets.recoveryPoint[socket]) {
      this.leave(socket)
    }
    if (sockets.lossState[socket] === LOSS_STATE.open && this.lostEdge(socket) > sockets.sndUna[socket]) this.enter(socket)
    if (sockets.lossState[socket] === LOSS_STATE.recovery) this.reduce(socket, delivered)
  }

  /** A retransmission timeout. */
  enterTimeout(socket: number): void {
    const { sockets } = this
    if (sockets.lossState[socket] !== LOSS_STATE.timeout) this.congestion.onLoss(socket)
    sockets.lossState[socket] = LOSS_STATE.timeout
    sockets.cwnd[socket] = 1
    sockets.recoveryPoint[socket] = sockets.sndNxt[socket]
    sockets.highRetransmit[socket] = sockets.sndUna[socket]
  }

  /** Bytes that the sender takes to be in the network: RFC 6675 calls it pipe. */
  bytesInFlight(socket: number): number {
    const { sockets } = this
    const outstanding = sockets.sndNxt[socket] - sockets.sndUna[socket]
    if (sockets.lossState[socket] === LOSS_STATE.open) return outstanding - sockets.sacked.total(socket)
    const edge = this.lostEdge(socket)
    const from = Math.max(sockets.sndUna[socket], sockets.highRetransmit[socket])
    const lostNotResent = this.missing(socket, from, edge)
    return outstanding - sockets.sacked.total(socket) - lostNotResent
  }

  /** First lost byte that was not sent again in this recovery; −1 when there is none. */
  nextHole(socket: number): number {
    const { sockets } = this
    let from = Math.max(sockets.sndUna[socket], sockets.highRetransmit[socket])
    const { sacked } = sockets
    for (let index = 0; index < sacked.count[socket]; index++) {
      if (sacked.start(socket, index) > from) break
      from = Math.max(from, sacked.end(socket, index))
    }
    return from < this.lostEdge(socket) ? from : -1
  }

  /** Bytes of the segment that begins at a hole: a full one unless something that arrived follows. */
  holeBytes(socket: number, hole: number): number {
    const { sockets } = this
    const mss = this.flows.mssBytes[socket >> 1]
    let end = Math.min(hole + mss, sockets.sndNxt[socket])
    for (let index = 0; index < sockets.sacked.count[socket]; index++) {
      const start = sockets.sacked.start(socket, index)
      if (start > hole) {
        end = Math.min(end, start)
        break
      }
    }
    return end - hole
  }

  private enter(socket: number): void {
    const { sockets } = this
    this.congestion.onLoss(socket)
    sockets.lossState[socket] = LOSS_STATE.recovery
    sockets.recoveryPoint[socket] = sockets.sndNxt[socket]
    sockets.highRetransmit[socket] = sockets.sndUna[socket]
    sockets.prrDelivered[socket] = 0
    sockets.prrSent[socket] = 0
    sockets.recoveryFlight[socket] = sockets.sndNxt[socket] - sockets.sndUna[socket]
  }

  private leave(socket: number): void {
    const { sockets } = this
    if (sockets.lossState[socket] === LOSS_STATE.recovery) sockets.cwnd[socket] = sockets.ssthresh[socket]
    sockets.lossState[socket] = LOSS_STATE.open
  }

  private reduce(socket: number, delivered: number): void {
    const { sockets } = this
    const mss = this.flows.mssBytes[socket >> 1]
    const target = sockets.ssthresh[socket] * mss
    const pipe = this.bytesInFlight(socket)
    sockets.prrDelivered[socket] += delivered
    const sent = sockets.prrSent[socket]
    let quota: number
    if (pipe > target) {
      quota = Math.ceil((sockets.prrDelivered[socket] * target) / sockets.recoveryFlight[socket]) - sent
    } else {
      const bound = Math.max(sockets.prrDelivered[socket] - sent, delivered) + mss
      quota = Math.min(target - pipe, bound)
    }
    // The first retransmission of a recovery goes at once.
    if (sent === 0) quota = Math.max(quota, mss)
    sockets.cwnd[socket] = Math.max(1, (pipe + Math.max(0, quota)) / mss)
  }

  /** Everything below this that is not selectively acknowledged counts as lost. */
  private lostEdge(socket: number): number {
    const { sockets } = this
    if (sockets.lossState[socket] === LOSS_STATE.timeout) return sockets.recoveryPoint[socket]
    const { sacked } = sockets
    const enough = (DUPLICATE_THRESHOLD - 1) * this.flows.mssBytes[socket >> 1]
    let above = 0
    for (let index = sacked.count[socket] - 1; index >= 0; index--) {
      above += sacked.end(socket, index) - sacked.start(socket, index)
      if (above > enough) return sacked.start(socket, index)
    }
    return sockets.sndUna[socket]
  }

  /** Bytes of [from, to) that are not selectively acknowledged. */
  private missing(socket: number, from: number, to: number): number {
    if (to <= from) return 0
    const { sacked } = this.sockets
    let bytes = to - from
    for (let index = 0; index < sacked.count[socket]; index++) {
      const start = Math.max(from, sacked.start(socket, index))
      const end = Math.min(to, sacked.end(socket, index))
      if (end > start) bytes -= end - start
    }
    return bytes
  }
}
