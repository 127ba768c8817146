/**
 * Retransmissions in the order in which they were sent: a ring of segment numbers and times. An entry is stale once its
 * segment is acknowledged, or was sent again later.
 */

const INITIAL_CAPACITY = 16

export class SentAgain {
  head = 0
  tail = 0
  private mask = INITIAL_CAPACITY - 1
  private numbers = new Float64Array(INITIAL_CAPACITY)
  private times = new Float64Array(INITIAL_CAPACITY)

  /** Adds a retransmission. */
  push(segment: number, sentNs: number): void {
    if (this.tail - this.head > this.mask) this.grow()
    const row = this.tail++ & this.mask
    this.numbers[row] = segment
    this.times[row] = sentNs
  }

  /** Segment of an entry, head ≤ `entry` < tail. */
  segment(entry: number): number {
    return this.numbers[entry & this.mask]
  }

  /** When the segment of an entry was sent, ns. */
  sentNs(entry: number): number {
    return this.times[entry & this.mask]
  }

  clear(): void {
    this.head = 0
    this.tail = 0
  }

  private grow(): void {
    const capacity = (this.mask + 1) * 2
    const numbers = new Float64Array(capacity)
    const times = new Float64Array(capacity)
    for (let entry = this.head; entry < this.tail; entry++) {
      numbers[entry & (capacity - 1)] = this.numbers[entry & this.mask]
      times[entry & (capacity - 1)] = this.times[entry & this.mask]
    }
    this.numbers = numbers
    this.times = times
    this.mask = capacity - 1
  }
}
