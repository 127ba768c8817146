/**
 * Trains of segments, which cross the host as one packet: how long they may be, and what is better sent later
 * (net/ipv4/tcp_output.c): autosizing, the window's share, Nagle, deferral, small queues.
 */

import type { FlowTable } from '#shared/plan/index'
import { PACES } from './pacing'
import { LOSS_STATE, type Sockets } from './sockets'
import {
  GSO_MAX_BYTES,
  MIN_TRAIN_SEGMENTS,
  OUTPUT_LIMIT_BYTES,
  PACING_SHIFT,
  TSO_RTT_SHIFT,
  TSO_WINDOW_DIVISOR,
} from './tcp-constants'

/** Why a train does not go now: the congestion window is to grow first, or something else. */
export const TRAIN_WAITS = { forWindow: -1, forOther: -2 } as const

const MICROSECOND_NS = 1000
/** tcp_tso_should_defer: a train waits only while the last one left within this time, ns. */
const DEFER_NS = 1_000_000

export class Trains {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  /** End of the last short segment (tcp_minshall_update). */
  private readonly shortEnd: Float64Array

  constructor(sockets: Sockets, flows: FlowTable) {
    this.sockets = sockets
    this.flows = flows
    this.shortEnd = new Float64Array(sockets.count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.shortEnd[socket] = 0
  }

  /** Takes note of a train of new data that ends at `end` with a segment that is not full. */
  noteShort(socket: number, end: number): void {
    this.shortEnd[socket] = end
  }

  /** Segments of the largest train (tcp_tso_autosize): a millisecond's worth at the pacing rate, more on short paths. */
  mostSegments(socket: number): number {
    const { sockets } = this
    const most = this.flows.gsoSegments[socket >> 1]
    if (most === 1) return 1
    const mss = sockets.mssBytes[socket]
    const shift = Math.floor(sockets.minRttNs[socket] / MICROSECOND_NS / 2 ** TSO_RTT_SHIFT)
    const extra = shift < 32 ? GSO_MAX_BYTES / 2 ** shift : 0
    const bytes = sockets.pacingRate[socket] / 2 ** PACING_SHIFT + extra
    return Math.min(most, Math.max(MIN_TRAIN_SEGMENTS, Math.floor(bytes / mss)))
  }

  /** TCP small queues (tcp_small_queue_check): whether another train may join what lies below the socket. */
  hasOutputRoom(socket: number): boolean {
    const { sockets } = this
    const below = sockets.outputBytes[socket]
    if (below === 0) return true
    const byRate = sockets.pacingRate[socket] / 2 ** PACING_SHIFT
    const train = this.flows.gsoSegments[socket >> 1] * sockets.mssBytes[socket]
    const limit = Math.max(2 * train, byRate)
    return below <= (sockets.paces[socket] === PACES.no ? Math.min(OUTPUT_LIMIT_BYTES, limit) : limit)
  }

  /** tcp_should_autocork: less than a full train waits for what lies below the socket, to be sent as one with later writes. */
  isCorked(socket: number): boolean {
    const { sockets } = this
    const waiting = sockets.written[socket] - sockets.sndNxt[socket]
    if (waiting >= this.flows.gsoSegments[socket >> 1] * sockets.mssBytes[socket]) return false
    return sockets.outputBytes[socket] > 0 && sockets.flight[socket].out > 0
  }

  /** tcp_cwnd_test: at most half of the window in one train, so that two are under way. */
  windowQuota(socket: number, inNetwork: number): number {
    const cwnd = Math.floor(this.sockets.cwnd[socket])
    return Math.min(Math.max(cwnd >> 1, 1), cwnd - inNetwork)
  }

  /**
   * Bytes of new data to send as one train of up to `segments`, `most` being the largest train; of {@link TRAIN_WAITS} where
   * it is better to wait.
   */
  bytesToSend(socket: number, waiting: number, segments: number, most: number, nowNs: number): number {
    const mss = this.sockets.mssBytes[socket]
    const bytes = this.fit(socket, waiting, segments)
    if (bytes < 0) return bytes
    if (waiting <= mss) return this.nagleHolds(socket, waiting) ? TRAIN_WAITS.forOther : bytes
    const wait = this.deferral(socket, waiting, most, nowNs)
    return wait < 0 ? wait : bytes
  }

  /** What fits the peer's window (tcp_mss_split_point): parts of segments go only at the end of what there is. */
  fit(socket: number, waiting: number, segments: number): number {
    const { sockets } = this
    const mss = sockets.mssBytes[socket]
    const room = sockets.windowEdge[socket] - sockets.sndNxt[socket]
    if (Math.min(waiting, mss) > room) return TRAIN_WAITS.forOther
    const needed = Math.min(waiting, room)
    if (segments * mss <= needed) return segments * mss
    const part = needed % mss
    if (part === 0 || needed === part) return needed
    return needed < waiting || this.nagleHolds(socket, part) ? needed - part : needed
  }

  /** Nagle with Minshall's modification (tcp_nagle_check): a short segment waits for an earlier short one's acknowledgement. */
  private nagleHolds(socket: number, bytes: number): boolean {
    const { sockets } = this
    if (bytes >= sockets.mssBytes[socket] || sockets.noDelay[socket] === 1 || sockets.sndFin[socket] < Infinity) return false
    return sockets.flight[socket].out > 0 && this.shortEnd[socket] > sockets.sndUna[socket]
  }

  /** tcp_tso_should_defer: a small part of the window waits for the acknowledgements that will make it larger. */
  private deferral(socket: number, waiting: number, most: number, nowNs: number): number {
    const { sockets } = this
    const flight = sockets.flight[socket]
    if (sockets.lossState[socket] >= LOSS_STATE.recovery || flight.out === 0) return 0
    if (nowNs - sockets.lastSentNs[socket] > DEFER_NS) return 0
    const mss = sockets.mssBytes[socket]
    const room = sockets.windowEdge[socket] - sockets.sndNxt[socket]
    const windowRoom = (Math.floor(sockets.cwnd[socket]) - flight.inNetwork) * mss
    const limit = Math.min(room, windowRoom)
    if (limit >= most * mss || limit >= waiting) return 0
    const announced = sockets.windowEdge[socket] - sockets.sndUna[socket]
    if (limit >= Math.min(announced, sockets.cwnd[socket] * mss) / TSO_WINDOW_DIVISOR) return 0
    // An acknowledgement that is not to be expected soon is not worth waiting for.
    const { ring } = flight
    if (nowNs - ring.sentNs[ring.head & ring.mask] < sockets.smoothedRttNs[socket] / 2) return 0
    return windowRoom < room ? TRAIN_WAITS.forWindow : TRAIN_WAITS.forOther
  }
}
