/**
 * Sets of byte ranges, one per row, as sorted, disjoint intervals in columns: what a receiver holds out of order, what a
 * sender knows to have arrived. A row holds up to ROW_CAPACITY intervals; when one more is needed, the highest goes, as
 * a receiver that runs out of room renounces what it holds last (RFC 2018, section 8).
 */

const ROW_CAPACITY = 96

export class IntervalTable {
  /** Intervals in each row. */
  readonly count: Int32Array
  private readonly starts: Float64Array
  private readonly ends: Float64Array

  constructor(rows: number) {
    this.count = new Int32Array(rows)
    this.starts = new Float64Array(rows * ROW_CAPACITY)
    this.ends = new Float64Array(rows * ROW_CAPACITY)
  }

  /** First byte of a row's interval. */
  start(row: number, index: number): number {
    return this.starts[row * ROW_CAPACITY + index]
  }

  /** Byte after the last of a row's interval. */
  end(row: number, index: number): number {
    return this.ends[row * ROW_CAPACITY + index]
  }

  /** Bytes in all intervals of a row. */
  total(row: number): number {
    let bytes = 0
    for (let index = 0; index < this.count[row]; index++) bytes += this.end(row, index) - this.start(row, index)
    return bytes
  }

  /** Adds [start, end) and merges what touches; returns the index of the interval that holds it, −1 if there was no room. */
  insert(row: number, start: number, end: number): number {
    const base = row * ROW_CAPACITY
    const { starts, ends } = this
    let from = 0
    while (from < this.count[row] && ends[base + from] < start) from++
    let to = from
    let mergedStart = start
    let mergedEnd = end
    while (to < this.count[row] && starts[base + to] <= end) {
      mergedStart = Math.min(mergedStart, starts[base + to])
      mergedEnd = Math.max(mergedEnd, ends[base + to])
      to++
    }
    if (to === from && !this.openGap(row, from)) return -1
    if (to > from + 1) this.closeGap(row, from + 1, to)
    starts[base + from] = mergedStart
    ends[base + from] = mergedEnd
    return from
  }

  /** Forgets everything below `edge`. */
  trim(row: number, edge: number): void {
    const base = row * ROW_CAPACITY
    let gone = 0
    while (gone < this.count[row] && this.ends[base + gone] <= edge) gone++
    if (gone > 0) this.closeGap(row, 0, gone)
    if (this.count[row] > 0 && this.starts[base] < edge) this.starts[base] = edge
  }

  /** Empties a row. */
  clear(row: number): void {
    this.count[row] = 0
  }

  private openGap(row: number, at: number): boolean {
    const base = row * ROW_CAPACITY
    if (this.count[row] === ROW_CAPACITY) {
      if (at === ROW_CAPACITY) return false
      this.count[row]--
    }
    const end = base + this.count[row]
    this.starts.copyWithin(base + at + 1, base + at, end)
    this.ends.copyWithin(base + at + 1, base + at, end)
    this.count[row]++
    return true
  }

  private closeGap(row: number, from: number, to: number): void {
    const base = row * ROW_CAPACITY
    const end = base + this.count[row]
    this.starts.copyWithin(base + from, base + to, end)
    this.ends.copyWithin(base + from, base + to, end)
    this.count[row] -= to - from
  }
}
