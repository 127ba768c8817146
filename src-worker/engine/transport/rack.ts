/**
 * RACK (RFC 8985 as net/ipv4/tcp_recovery.c has it): a segment is lost when one that was sent after it has arrived and the
 * reordering window has passed since. One object per connection.
 */

import { SEGMENT, type SegmentRing } from './segment-ring'
import type { SentAgain } from './sent-again'
import { MAX_REORDERING, REORDERING, REORDER_WINDOW_STEPS, REORDER_WINDOW_PERSISTENCE } from './tcp-constants'

/** What losses are looked for in. */
export interface Scoreboard {
  readonly ring: SegmentRing
  readonly sentAgain: SentAgain
  /** Takes a segment to be lost. */
  lose(segment: number): void
}

export class Rack {
  /** When the segment was sent that was sent last among those that have arrived, its end, and its round-trip time, ns. */
  sentNs = 0
  end = 0
  rttNs = 0
  /** Something has arrived since losses were last looked for. */
  hasAdvanced = false
  /** Reordering was seen on this connection; the degree of it, segments. */
  reorderingSeen = false
  reordering: number = REORDERING
  /** The reordering window in quarters of the least round-trip time. */
  private windowSteps = 1
  private persistence = 0
  private duplicateSeen = false
  private adjustedAtDelivered = 0
  /** First segment, by number, that was sent once and is not judged yet. */
  private judged = 0

  /** Forgets an earlier connection. */
  renew(): void {
    this.sentNs = 0
    this.end = 0
    this.rttNs = 0
    this.hasAdvanced = false
    this.reorderingSeen = false
    this.reordering = REORDERING
    this.windowSteps = 1
    this.persistence = 0
    this.duplicateSeen = false
    this.adjustedAtDelivered = 0
    this.judged = 0
  }

  /** tcp_rack_advance: a segment has arrived. One sent again that came too soon was the original; it tells nothing. */
  advance(isSentAgain: boolean, end: number, sentNs: number, nowNs: number, minRttNs: number): void {
    const rttNs = nowNs - sentNs
    if (isSentAgain && rttNs < minRttNs) return
    this.hasAdvanced = true
    this.rttNs = rttNs
    if (sentNs > this.sentNs || (sentNs === this.sentNs && end > this.end)) {
      this.sentNs = sentNs
      this.end = end
    }
  }

  /** tcp_check_sack_reordering: a segment that starts at `position` came after later ones, which begin at `highest`. */
  noteReordering(position: number, highest: number, mssBytes: number): void {
    if (position >= highest) return
    const degree = Math.ceil((highest - position) / mssBytes)
    if (degree > this.reordering) this.reordering = Math.min(degree, MAX_REORDERING)
    this.reorderingSeen = true
  }

  /** Data arrived twice (a duplicate block of RFC 2883): perhaps the reordering window was too small. */
  noteDuplicate(): void {
    if (this.reorderingSeen) this.duplicateSeen = true
  }

  /** A recovery ended without a sign of its being spurious: the reordering window shrinks again after some of them. */
  noteRecoveryEnd(): void {
    if (this.persistence > 0) this.persistence--
  }

  /** tcp_rack_update_reo_wnd: once a round trip the window grows by a step where data arrived twice. */
  adapt(priorDelivered: number, delivered: number): void {
    if (priorDelivered < 0) return
    if (priorDelivered < this.adjustedAtDelivered) this.duplicateSeen = false
    if (this.duplicateSeen) {
      this.windowSteps = Math.min(REORDER_WINDOW_STEPS, this.windowSteps + 1)
      this.duplicateSeen = false
      this.adjustedAtDelivered = delivered
      this.persistence = REORDER_WINDOW_PERSISTENCE
    } else if (this.persistence === 0) {
      this.windowSteps = 1
    }
  }

  /** tcp_rack_reo_wnd, ns. */
  windowNs(sacked: number, isRecovering: boolean, minRttNs: number, smoothedRttNs: number): number {
    if (!this.reorderingSeen && (isRecovering || sacked >= this.reordering)) return 0
    return Math.min((minRttNs / 4) * this.windowSteps, smoothedRttNs)
  }

  /** tcp_rack_detect_loss: takes segments to be lost; returns how long to wait for those that may still come, ns, or 0. */
  detect(flight: Scoreboard, windowNs: number, nowNs: number): number {
    this.hasAdvanced = false
    const first = this.detectAmongFirst(flight, windowNs, nowNs)
    return Math.max(first, this.detectAmongAgain(flight, windowNs, nowNs))
  }

  /** Segments sent once were sent in order: those before {@link judged} need not be looked at again. */
  private detectAmongFirst(flight: Scoreboard, windowNs: number, nowNs: number): number {
    const { ring } = flight
    let waitNs = 0
    let segment = Math.max(this.judged, ring.head)
    let isJudged = true
    for (; segment < ring.tail; segment++) {
      const row = segment & ring.mask
      if (ring.tags[row] === 0) {
        const sentNs = ring.sentNs[row]
        if (!this.isBefore(sentNs, ring.end[row])) break
        const remainingNs = this.rttNs + windowNs - (nowNs - sentNs)
        if (remainingNs <= 0) {
          flight.lose(segment)
        } else {
          isJudged = false
          waitNs = Math.max(waitNs, remainingNs)
        }
      }
      if (isJudged) this.judged = segment + 1
    }
    return waitNs
  }

  private detectAmongAgain(flight: Scoreboard, windowNs: number, nowNs: number): number {
    const { ring, sentAgain } = flight
    let waitNs = 0
    let isSettled = true
    for (let entry = sentAgain.head; entry < sentAgain.tail; entry++) {
      const segment = sentAgain.segment(entry)
      const row = segment & ring.mask
      const sentNs = sentAgain.sentNs(entry)
      const isUnderWay =
        segment >= ring.head && (ring.tags[row] & SEGMENT.underWayAgain) !== 0 && ring.sentNs[row] === sentNs
      if (isUnderWay) {
        if (!this.isBefore(sentNs, ring.end[row])) break
        const remainingNs = this.rttNs + windowNs - (nowNs - sentNs)
        if (remainingNs <= 0) {
          flight.lose(segment)
        } else {
          isSettled = false
          waitNs = Math.max(waitNs, remainingNs)
        }
      }
      if (isSettled) sentAgain.head = entry + 1
    }
    return waitNs
  }

  /** Whether a segment was sent before the latest that has arrived. */
  private isBefore(sentNs: number, end: number): boolean {
    return sentNs < this.sentNs || (sentNs === this.sentNs && end < this.end)
  }
}
