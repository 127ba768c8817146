/**
 * Whether retransmissions of an episode of losses were needed at all: timestamps (Eifel, RFC 3522) and duplicate blocks
 * (RFC 3708) tell when they were not, and what the episode did can be undone (net/ipv4/tcp_input.c, tcp_may_undo).
 */

import { timestampTick } from './timestamp-clock'

const NONE = -1

export class UndoEvidence {
  /** First position of an episode that may be undone; −1: none. Retransmissions not reported as duplicates; −1: none sent. */
  private readonly from: Float64Array
  private readonly unreported: Int32Array
  /** Tick of the first retransmission since all was well; −1: none. */
  private readonly firstAgainTick: Float64Array

  constructor(count: number) {
    this.from = new Float64Array(count).fill(NONE)
    this.unreported = new Int32Array(count)
    this.firstAgainTick = new Float64Array(count).fill(NONE)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.end(socket)
    this.forgetRetransmissions(socket)
  }

  /** An episode begins at position `from`, with `underWay` segments sent again before it (tcp_init_undo). */
  begin(socket: number, from: number, underWay: number): void {
    this.from[socket] = from
    this.unreported[socket] = underWay || NONE
  }

  /** The episode is undone, or no longer can be. */
  end(socket: number): void {
    this.from[socket] = NONE
  }

  /** Whether an episode is under way that may still be undone. */
  isOpen(socket: number): boolean {
    return this.from[socket] >= 0
  }

  /** Nothing that was sent again is under way any more. */
  forgetRetransmissions(socket: number): void {
    this.firstAgainTick[socket] = NONE
  }

  /** Retransmissions begin now: what was sent before is original. */
  beginRetransmissions(socket: number, nowNs: number): void {
    this.firstAgainTick[socket] = timestampTick(nowNs)
  }

  /** Notes a segment sent again. */
  noteSentAgain(socket: number, nowNs: number): void {
    if (this.firstAgainTick[socket] === NONE) this.beginRetransmissions(socket, nowNs)
    this.unreported[socket] = Math.max(0, this.unreported[socket]) + 1
  }

  /** A duplicate block of `segments` segments that ends at `end`: so many retransmissions were not needed. */
  noteDuplicate(socket: number, end: number, segments: number): void {
    const isOfEpisode = this.isOpen(socket) && this.unreported[socket] > 0 && end > this.from[socket]
    if (isOfEpisode) this.unreported[socket] = Math.max(0, this.unreported[socket] - segments)
  }

  /** Whether duplicate blocks, or an acknowledgement that echoes `echoNs`, tell that the episode was for nothing. */
  isFor(socket: number, echoNs: number): boolean {
    return this.isOpen(socket) && (this.unreported[socket] === 0 || this.isEchoOlder(socket, echoNs))
  }

  /** Whether every retransmission of the episode was reported as a duplicate. */
  isByDuplicates(socket: number): boolean {
    return this.isOpen(socket) && this.unreported[socket] === 0
  }

  /** Whether the acknowledgement answers what was sent before the first retransmission (tcp_packet_delayed). */
  isByEcho(socket: number, echoNs: number): boolean {
    return this.isOpen(socket) && this.isEchoOlder(socket, echoNs)
  }

  private isEchoOlder(socket: number, echoNs: number): boolean {
    const first = this.firstAgainTick[socket]
    return first !== NONE && echoNs >= 0 && timestampTick(echoNs) < first
  }
}
