/**
 * What a sender has in the network, and what it knows of it: one object per connection, the kernel's retransmission queue
 * and scoreboard (net/ipv4/tcp_input.c, tcp_clean_rtx_queue and tcp_sacktag_write_queue) with the delivery marks that rate
 * samples are made from (net/ipv4/tcp_rate.c).
 */

import type { AckSample } from './ack-sample'
import { Rack } from './rack'
import { SEGMENT, SegmentRing } from './segment-ring'
import { SentAgain } from './sent-again'
import { timestampTick } from './timestamp-clock'

const NONE = -1
const CACHED_BLOCKS = 4

export class Flight {
  readonly ring = new SegmentRing()
  readonly sentAgain = new SentAgain()
  readonly rack = new Rack()
  /** Segments sacked, taken to be lost, and sent again without news of it. */
  sacked = 0
  lost = 0
  underWayAgain = 0
  /** First lost segment that may wait to be sent again has this number or a higher one. */
  nextLost = 0
  /** Segments delivered so far, those with congestion marks, those ever taken to be lost, those sent again. */
  delivered = 0
  deliveredMarked = 0
  lostTotal = 0
  sentAgainTotal = 0
  /** When the latest delivery was, and when the newest segment that it covered was sent, ns. */
  deliveredNs = 0
  windowStartNs = 0
  /** The application limits the sender until so many segments are delivered; 0: it does not. */
  appLimitedUntil = 0
  /** Position where the head of the ring begins. */
  private una = 0
  private highestSacked = NONE
  /** The same before the acknowledgement in hand. */
  private highestBefore = NONE
  /** Blocks of the last acknowledgement, sorted: what they covered need not be looked at again. */
  private readonly knownStart = new Float64Array(CACHED_BLOCKS)
  private readonly knownEnd = new Float64Array(CACHED_BLOCKS)

  /** Begins a connection whose first segment starts at `una`. */
  renew(una: number): void {
    this.ring.clear()
    this.sentAgain.clear()
    this.rack.renew()
    this.sacked = 0
    this.lost = 0
    this.underWayAgain = 0
    this.nextLost = 0
    this.delivered = 0
    this.deliveredMarked = 0
    this.lostTotal = 0
    this.sentAgainTotal = 0
    this.deliveredNs = 0
    this.windowStartNs = 0
    this.appLimitedUntil = 0
    this.una = una
    this.highestSacked = NONE
    this.knownStart.fill(0)
    this.knownEnd.fill(0)
  }

  /** Segments outstanding. */
  get out(): number {
    return this.ring.tail - this.ring.head
  }

  /** Segments that are taken to be in the network (tcp_packets_in_flight). */
  get inNetwork(): number {
    return this.ring.tail - this.ring.head - this.sacked - this.lost + this.underWayAgain
  }

  /** Position where a segment begins. */
  start(segment: number): number {
    const { ring } = this
    return segment === ring.head ? this.una : ring.end[(segment - 1) & ring.mask]
  }

  /** Position where the highest sacked segment begins; of the first outstanding one where none is sacked. */
  get highestSackStart(): number {
    return this.highestSacked >= this.ring.head ? this.start(this.highestSacked) : this.una
  }

  /** Notes a segment sent for the first time. */
  send(end: number, nowNs: number): void {
    const { ring } = this
    if (ring.tail === ring.head) {
      this.windowStartNs = nowNs
      this.deliveredNs = nowNs
    }
    this.mark(ring.push(end, nowNs))
  }

  /** Notes that a segment is sent again. */
  sendAgain(segment: number, nowNs: number): void {
    const { ring } = this
    const row = segment & ring.mask
    ring.tags[row] |= SEGMENT.underWayAgain | SEGMENT.sentAgain
    ring.sentNs[row] = nowNs
    this.mark(row)
    this.underWayAgain++
    this.sentAgainTotal++
    this.sentAgain.push(segment, nowNs)
  }

  /** Takes a segment to be lost. */
  lose(segment: number): void {
    const { ring } = this
    const row = segment & ring.mask
    const tags = ring.tags[row]
    this.lostTotal++
    if ((tags & SEGMENT.lost) === 0) this.lost++
    if ((tags & SEGMENT.underWayAgain) !== 0) this.underWayAgain--
    ring.tags[row] = (tags & ~SEGMENT.underWayAgain) | SEGMENT.lost
    if (segment < this.nextLost) this.nextLost = segment
  }

  /** Takes back that any segment is lost (tcp_undo_cwnd_reduction). */
  forgiveLosses(): void {
    const { ring } = this
    for (let segment = ring.head; segment < ring.tail; segment++) ring.tags[segment & ring.mask] &= ~SEGMENT.lost
    this.lost = 0
  }

  /** First lost segment that waits to be sent again; −1 when there is none. */
  lostSegment(): number {
    const { ring } = this
    if (this.lost <= this.underWayAgain) return NONE
    let segment = Math.max(this.nextLost, ring.head)
    while (segment < ring.tail && !this.waits(segment)) segment++
    this.nextLost = segment
    return segment < ring.tail ? segment : NONE
  }

  /** Whether a segment is lost and waits to be sent again. */
  waits(segment: number): boolean {
    const tags = this.ring.tags[segment & this.ring.mask]
    return (tags & (SEGMENT.lost | SEGMENT.underWayAgain | SEGMENT.sacked)) === SEGMENT.lost
  }

  /**
   * Takes a cumulative acknowledgement up to `una`. `echoNs` is the timestamp it echoes, `minRttNs` the least round-trip
   * time known.
   */
  acknowledge(una: number, echoNs: number, minRttNs: number, recoveryPoint: number, nowNs: number, sample: AckSample): void {
    const { ring } = this
    const { end, tags, mask, tail } = ring
    let segment = ring.head
    let first = segment
    while (segment < tail) {
      const row = segment & mask
      if (end[row] > una) break
      const tag = tags[row]
      if (tag !== 0) {
        if (first < segment) this.dropOriginals(first, segment, minRttNs, recoveryPoint, nowNs, sample)
        this.dropTagged(segment, tag, echoNs, minRttNs, recoveryPoint, nowNs, sample)
        first = segment + 1
      }
      segment++
    }
    if (first < segment) this.dropOriginals(first, segment, minRttNs, recoveryPoint, nowNs, sample)
    if (segment === ring.head) return
    if (this.highestBefore > ring.head) this.findReordering(segment, sample)
    ring.head = segment
    this.una = una
  }

  /** An acknowledgement is about to be taken. */
  beginAck(): void {
    this.highestBefore = this.sacked > 0 ? this.highestSacked : NONE
  }

  /** Takes a selective block. */
  sack(start: number, end: number, minRttNs: number, recoveryPoint: number, nowNs: number, sample: AckSample): void {
    const { knownStart, knownEnd } = this
    let from = Math.max(start, this.una)
    for (let block = 0; block < CACHED_BLOCKS && from < end; block++) {
      const known = knownStart[block]
      const knownTo = knownEnd[block]
      if (knownTo <= from || known >= end) continue
      if (from < known) this.sackRange(from, known, minRttNs, recoveryPoint, nowNs, sample)
      from = knownTo
    }
    if (from < end) this.sackRange(from, end, minRttNs, recoveryPoint, nowNs, sample)
  }

  /** Remembers the blocks of an acknowledgement, `count` pairs in ascending order from `at` on. */
  remember(edges: Float64Array, count: number): void {
    for (let block = 0; block < CACHED_BLOCKS; block++) {
      this.knownStart[block] = block < count ? edges[block * 2] : 0
      this.knownEnd[block] = block < count ? edges[block * 2 + 1] : 0
    }
  }

  private sackRange(
    from: number,
    to: number,
    minRttNs: number,
    recoveryPoint: number,
    nowNs: number,
    sample: AckSample,
  ): void {
    const { ring, rack } = this
    const { mask } = ring
    let segment = ring.after(from)
    if (segment < ring.tail && this.start(segment) < from) segment++
    for (; segment < ring.tail && ring.end[segment & mask] <= to; segment++) {
      const row = segment & mask
      const tag = ring.tags[row]
      if ((tag & SEGMENT.sacked) !== 0) continue
      const sent = ring.sentNs[row]
      const isAgain = (tag & SEGMENT.sentAgain) !== 0
      rack.advance(isAgain, ring.end[row], sent, nowNs, minRttNs)
      if (!isAgain) this.noteOriginalSacked(segment, sent, recoveryPoint, sample)
      let left = tag
      if ((tag & SEGMENT.lost) !== 0) {
        this.lost--
        left &= ~SEGMENT.lost
        if ((tag & SEGMENT.underWayAgain) !== 0) {
          this.underWayAgain--
          left &= ~SEGMENT.underWayAgain
        }
      }
      ring.tags[row] = left | SEGMENT.sacked
      this.sacked++
      sample.sackedNew = true
      sample.delivered++
      this.sampleRate(row, sample)
      if (segment > this.highestSacked) this.highestSacked = segment
    }
  }

  private noteOriginalSacked(segment: number, sentNs: number, recoveryPoint: number, sample: AckSample): void {
    const start = this.start(segment)
    if (start < this.highestSackStart && start < sample.reorderedFrom) sample.reorderedFrom = start
    if (this.ring.end[segment & this.ring.mask] <= recoveryPoint) sample.originalArrived = true
    if (sample.firstSackedSentNs < 0) sample.firstSackedSentNs = sentNs
    sample.lastSackedSentNs = sentNs
  }

  /**
   * Segments from `first` up to `to`, without tags, are acknowledged. They were sent in order, so that the last one alone
   * tells RACK and the rate sample what all of them would.
   */
  private dropOriginals(
    first: number,
    to: number,
    minRttNs: number,
    recoveryPoint: number,
    nowNs: number,
    sample: AckSample,
  ): void {
    const { ring } = this
    const { end, sentNs, mask } = ring
    const last = (to - 1) & mask
    const sent = sentNs[last]
    sample.ackedOriginal = true
    if (sample.firstAckedSentNs < 0) sample.firstAckedSentNs = sentNs[first & mask]
    sample.lastAckedSentNs = sent
    if (end[first & mask] <= recoveryPoint) sample.originalArrived = true
    sample.delivered += to - first
    this.rack.advance(false, end[last], sent, nowNs, minRttNs)
    this.sampleRate(last, sample)
  }

  /** A segment with tags is acknowledged: it leaves all counts. */
  private dropTagged(
    segment: number,
    tag: number,
    echoNs: number,
    minRttNs: number,
    recoveryPoint: number,
    nowNs: number,
    sample: AckSample,
  ): void {
    const { ring } = this
    const row = segment & ring.mask
    const sent = ring.sentNs[row]
    const isAgain = (tag & SEGMENT.sentAgain) !== 0
    if ((tag & SEGMENT.underWayAgain) !== 0) this.underWayAgain--
    if ((tag & SEGMENT.lost) !== 0) this.lost--
    if ((tag & SEGMENT.sacked) !== 0) {
      this.sacked--
    } else {
      sample.delivered++
      if (!isAgain) {
        sample.ackedOriginal = true
        if (sample.firstAckedSentNs < 0) sample.firstAckedSentNs = sent
        sample.lastAckedSentNs = sent
        if (ring.end[row] <= recoveryPoint) sample.originalArrived = true
      }
      if (!isAgain || !isOlder(echoNs, sent)) this.rack.advance(isAgain, ring.end[row], sent, nowNs, minRttNs)
      this.sampleRate(row, sample)
    }
    if (isAgain) sample.ackedSentAgain = true
  }

  /**
   * Looks for a segment among those acknowledged now, up to number `to`, that was sent only once although a later one had
   * been sacked before: it came late.
   */
  private findReordering(to: number, sample: AckSample): void {
    const { ring } = this
    const last = Math.min(to, this.highestBefore)
    for (let segment = ring.head; segment < last; segment++) {
      if ((ring.tags[segment & ring.mask] & (SEGMENT.sentAgain | SEGMENT.sacked)) !== 0) continue
      sample.reorderedFrom = Math.min(sample.reorderedFrom, this.start(segment))
      return
    }
  }

  private mark(row: number): void {
    const { ring } = this
    ring.delivered[row] = this.delivered
    ring.deliveredNs[row] = this.deliveredNs
    ring.windowStartNs[row] = this.windowStartNs
    ring.appLimited[row] = this.appLimitedUntil > 0 ? 1 : 0
  }

  /** tcp_rate_skb_delivered: the sample is that of the segment sent last among those delivered here. */
  private sampleRate(row: number, sample: AckSample): void {
    const { ring } = this
    const sent = ring.sentNs[row]
    if (sample.priorDelivered >= 0 && (sent < sample.priorSentNs || (sent === sample.priorSentNs && ring.end[row] < sample.priorEnd)))
      return
    sample.priorDelivered = ring.delivered[row]
    sample.priorDeliveredNs = ring.deliveredNs[row]
    sample.isAppLimited = ring.appLimited[row] === 1
    sample.priorSentNs = sent
    sample.priorEnd = ring.end[row]
    sample.sendIntervalNs = sent - ring.windowStartNs[row]
    this.windowStartNs = sent
  }
}

/** Whether a timestamp echo is from before a retransmission, as far as the clock of timestamps tells. */
function isOlder(echoNs: number, sentNs: number): boolean {
  return echoNs >= 0 && timestampTick(echoNs) < timestampTick(sentNs)
}
