/**
 * The segments that a sender has sent and that are not acknowledged, in the order of their positions: a ring of columns
 * that grows with the window. Segments have running numbers; `number & mask` is a segment's row. A segment is sent again as
 * it was first sent, so that its end never changes.
 */

/** Tags of a segment. It is in the network unless it is sacked, or lost and not sent again since. */
export const SEGMENT = {
  /** Selectively acknowledged. */
  sacked: 1,
  /** Taken to be lost, the first time it was sent or the last. */
  lost: 2,
  /** Sent again, and nothing is known of that yet. */
  underWayAgain: 4,
  /** Sent more than once. */
  sentAgain: 8,
} as const

const INITIAL_CAPACITY = 16

export class SegmentRing {
  /** Number of the first segment that is not acknowledged, and of the next to be sent. */
  head = 0
  tail = 0
  mask = INITIAL_CAPACITY - 1
  /** Position behind each segment. */
  end = new Float64Array(INITIAL_CAPACITY)
  /** When each was last sent, ns. */
  sentNs = new Float64Array(INITIAL_CAPACITY)
  /** Bits of {@link SEGMENT}. */
  tags = new Uint8Array(INITIAL_CAPACITY)
  /** Segments that the connection had delivered when each was last sent. */
  delivered = new Int32Array(INITIAL_CAPACITY)
  /**
   * For samples of the delivery rate: when the latest delivery and the start of the window were, ns, at that time; and
   * whether the application limited the sender.
   */
  deliveredNs = new Float64Array(INITIAL_CAPACITY)
  windowStartNs = new Float64Array(INITIAL_CAPACITY)
  appLimited = new Uint8Array(INITIAL_CAPACITY)

  /** Adds a segment; returns its row. */
  push(end: number, sentNs: number): number {
    if (this.tail - this.head > this.mask) this.grow()
    const row = this.tail++ & this.mask
    this.end[row] = end
    this.sentNs[row] = sentNs
    this.tags[row] = 0
    return row
  }

  /** Forgets all segments. */
  clear(): void {
    this.head = 0
    this.tail = 0
  }

  /** Number of the first segment that ends behind `position`; `tail` if none does. */
  after(position: number): number {
    const { end, mask } = this
    let low = this.head
    let high = this.tail
    while (low < high) {
      const middle = low + ((high - low) >> 1)
      if (end[middle & mask] > position) high = middle
      else low = middle + 1
    }
    return low
  }

  private grow(): void {
    const capacity = (this.mask + 1) * 2
    const moved = <Column extends Float64Array | Int32Array | Uint8Array>(old: Column, fresh: Column): Column => {
      for (let number = this.head; number < this.tail; number++) {
        fresh[number & (capacity - 1)] = old[number & this.mask]
      }
      return fresh
    }
    this.end = moved(this.end, new Float64Array(capacity))
    this.sentNs = moved(this.sentNs, new Float64Array(capacity))
    this.tags = moved(this.tags, new Uint8Array(capacity))
    this.delivered = moved(this.delivered, new Int32Array(capacity))
    this.deliveredNs = moved(this.deliveredNs, new Float64Array(capacity))
    this.windowStartNs = moved(this.windowStartNs, new Float64Array(capacity))
    this.appLimited = moved(this.appLimited, new Uint8Array(capacity))
    this.mask = capacity - 1
  }
}
