/**
 * Sets of byte ranges, one per row, as sorted, disjoint intervals: what a receiver holds out of order. A row's columns are
 * made when it first holds something, and grow with the number of its intervals.
 */

import { grown } from '../grown-column'

const INITIAL_CAPACITY = 8
const NO_COLUMN = new Float64Array(0)

export class IntervalTable {
  /** Intervals in each row. */
  readonly count: Int32Array
  private readonly totals: Float64Array
  private readonly starts: Float64Array[]
  private readonly ends: Float64Array[]

  constructor(rows: number) {
    this.starts = Array.from({ length: rows }, () => NO_COLUMN)
    this.ends = Array.from({ length: rows }, () => NO_COLUMN)
    this.count = new Int32Array(rows)
    this.totals = new Float64Array(rows)
  }

  /** First byte of a row's interval. */
  start(row: number, index: number): number {
    return this.starts[row][index]
  }

  /** Byte after the last of a row's interval. */
  end(row: number, index: number): number {
    return this.ends[row][index]
  }

  /** Bytes in all intervals of a row. */
  total(row: number): number {
    return this.totals[row]
  }

  /** Adds [start, end) and merges what touches; returns the index of the interval that holds it. */
  insert(row: number, start: number, end: number): number {
    this.makeRoom(row)
    const starts = this.starts[row]
    const ends = this.ends[row]
    const count = this.count[row]
    const from = this.firstEndingAt(row, start)
    let to = from
    let mergedStart = start
    let mergedEnd = end
    let held = 0
    while (to < count && starts[to] <= end) {
      mergedStart = Math.min(mergedStart, starts[to])
      mergedEnd = Math.max(mergedEnd, ends[to])
      held += ends[to] - starts[to]
      to++
    }
    this.shift(row, to, from + 1)
    starts[from] = mergedStart
    ends[from] = mergedEnd
    this.totals[row] += mergedEnd - mergedStart - held
    return from
  }

  /** Whether a row holds all of [start, end). */
  holds(row: number, start: number, end: number): boolean {
    if (this.count[row] === 0) return false
    const index = this.firstEndingAt(row, end)
    return index < this.count[row] && this.starts[row][index] <= start
  }

  /** Forgets everything below `edge`. */
  trim(row: number, edge: number): void {
    if (this.count[row] === 0) return
    const starts = this.starts[row]
    const ends = this.ends[row]
    let gone = 0
    while (gone < this.count[row] && ends[gone] <= edge) {
      this.totals[row] -= ends[gone] - starts[gone]
      gone++
    }
    if (gone > 0) this.shift(row, gone, 0)
    if (this.count[row] > 0 && starts[0] < edge) {
      this.totals[row] -= edge - starts[0]
      starts[0] = edge
    }
  }

  /** Empties a row. */
  clear(row: number): void {
    this.count[row] = 0
    this.totals[row] = 0
  }

  /** Index of the first interval that ends at `position` or behind it. */
  private firstEndingAt(row: number, position: number): number {
    const ends = this.ends[row]
    let low = 0
    let high = this.count[row]
    // Most data is inserted behind everything held.
    if (high > 0 && ends[high - 1] < position) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle] >= position) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Moves the intervals from index `from` on to index `to` on. */
  private shift(row: number, from: number, to: number): void {
    if (from === to) return
    const count = this.count[row]
    this.starts[row].copyWithin(to, from, count)
    this.ends[row].copyWithin(to, from, count)
    this.count[row] = count + to - from
  }

  private makeRoom(row: number): void {
    const capacity = this.starts[row].length
    if (this.count[row] < capacity) return
    const larger = Math.max(INITIAL_CAPACITY, capacity * 2)
    this.starts[row] = grown(this.starts[row], new Float64Array(larger))
    this.ends[row] = grown(this.ends[row], new Float64Array(larger))
  }
}
