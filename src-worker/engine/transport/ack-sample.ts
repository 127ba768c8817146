/**
 * What one acknowledgement said: filled in while it is taken, read by loss recovery and congestion control. One object
 * serves all connections (net/ipv4/tcp_input.c keeps the same in flags, tcp_sacktag_state and rate_sample).
 */
export class AckSample {
  /** The cumulative acknowledgement advanced. */
  advanced = false
  /** It covered a segment that was never sent again, or one that was. */
  ackedOriginal = false
  ackedSentAgain = false
  /** Selective blocks covered something new. */
  sackedNew = false
  /** A segment below the recovery point arrived that was sent only once. */
  originalArrived = false
  /** The packet carried payload or moved the window's edge: it is no mere duplicate. */
  isNoDuplicate = false
  /** The packet reported data that had arrived before (RFC 2883), the tail-loss probe's perhaps. */
  duplicateData = false
  probeDuplicated = false
  /** The peer reports congestion marks (ECN-Echo). */
  echoesCongestion = false
  /** A retransmission turned out lost. */
  lostAgain = false
  /** The reordering timer was set, so that no other is. */
  reorderTimerSet = false
  /** The only outstanding segment was acknowledged: the receiver may have waited. */
  mayBeDelayed = false
  /** Segments newly acknowledged or sacked, and newly taken to be lost. */
  delivered = 0
  lost = 0
  /** Lowest position that arrived after later ones had; Infinity: none. */
  reorderedFrom = Infinity
  /** When the first and last of the segments acknowledged here were sent, of those sent once; −1: none. The same of sacked ones. */
  firstAckedSentNs = -1
  lastAckedSentNs = -1
  firstSackedSentNs = -1
  lastSackedSentNs = -1
  /** Round-trip time of the latest segment, ns; −1: none. */
  rttNs = -1
  /** Segments in the network before. */
  inFlightBefore = 0
  /** Acknowledged before. */
  unaBefore = 0
  /** Segments that the connection had delivered when the newest segment covered here was sent; −1: none was. */
  priorDelivered = -1
  priorDeliveredNs = 0
  priorSentNs = 0
  priorEnd = 0
  sendIntervalNs = 0
  isAppLimited = false
  /** Segments delivered over an interval, ns; −1: no sample. */
  rateDelivered = -1
  rateIntervalNs = -1

  /** Begins with nothing known. */
  reset(unaBefore: number, inFlightBefore: number): void {
    this.advanced = false
    this.ackedOriginal = false
    this.ackedSentAgain = false
    this.sackedNew = false
    this.originalArrived = false
    this.isNoDuplicate = false
    this.duplicateData = false
    this.probeDuplicated = false
    this.echoesCongestion = false
    this.lostAgain = false
    this.reorderTimerSet = false
    this.mayBeDelayed = false
    this.delivered = 0
    this.lost = 0
    this.reorderedFrom = Infinity
    this.firstAckedSentNs = -1
    this.lastAckedSentNs = -1
    this.firstSackedSentNs = -1
    this.lastSackedSentNs = -1
    this.rttNs = -1
    this.inFlightBefore = inFlightBefore
    this.unaBefore = unaBefore
    this.priorDelivered = -1
    this.isAppLimited = false
    this.rateDelivered = -1
    this.rateIntervalNs = -1
  }
}
