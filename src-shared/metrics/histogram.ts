/**
 * A log-linear histogram of non-negative integers (HdrHistogram's idea): values below 2^SUB_BITS are exact, above that
 * every octave has 2^SUB_BITS / 2 equal slots, so a slot is never wider than 1/64 of its values. Two histograms of the
 * same shape are merged by adding their slots.
 */

const SUB_BITS = 7
const SUB_COUNT = 1 << SUB_BITS
const HALF_COUNT = SUB_COUNT >> 1
const OCTAVES = 46

/** Slots of every histogram; the largest value kept apart is 2^(SUB_BITS + OCTAVES) − 1, beyond 2^52 ns. */
const HISTOGRAM_SLOTS = SUB_COUNT + OCTAVES * HALF_COUNT

/**
 * The slot of a value. Requires: `value` is a non-negative integer below 2^53.
 */
export function slotOf(value: number): number {
  if (value < SUB_COUNT) return value
  if (value < 0x1_0000_0000) {
    const octave = 32 - Math.clz32(value) - SUB_BITS
    return octave * HALF_COUNT + (value >>> octave)
  }
  const octave = 64 - Math.clz32(Math.floor(value / 0x1_0000_0000)) - SUB_BITS
  return octave * HALF_COUNT + Math.floor(value / 2 ** octave)
}

/** The smallest value that falls into a slot. */
export function slotLowest(slot: number): number {
  if (slot < SUB_COUNT) return slot
  const octave = Math.floor((slot - SUB_COUNT) / HALF_COUNT) + 1
  const within = (slot - SUB_COUNT) % HALF_COUNT
  return (HALF_COUNT + within) * 2 ** octave
}

/** Counts by slot with the exact count, sum, least and greatest value beside them. */
export class Histogram {
  readonly counts: Float64Array
  count = 0
  sum = 0
  min = Infinity
  max = -Infinity

  constructor(counts: Float64Array = new Float64Array(HISTOGRAM_SLOTS)) {
    this.counts = counts
  }

  /** Adds `weight` observations of `value`. Requires: `value` a non-negative integer. */
  record(value: number, weight: number): void {
    this.counts[slotOf(value)]! += weight
    this.count += weight
    this.sum += value * weight
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
  }

  /** Adds all observations of another histogram. */
  merge(other: Histogram): void {
    for (let slot = 0; slot < HISTOGRAM_SLOTS; slot++) this.counts[slot]! += other.counts[slot]!
    this.count += other.count
    this.sum += other.sum
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
  }

  /** Mean of the exact values; NaN when empty. */
  mean(): number {
    return this.sum / this.count
  }

  /**
   * The value at or below which a share `quantile` (0…1) of the observations lies: the middle of its slot, kept within
   * the exact least and greatest value. NaN when empty.
   */
  quantile(quantile: number): number {
    if (this.count === 0) return NaN
    const rank = Math.max(1, Math.ceil(quantile * this.count))
    let seen = 0
    for (let slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
      seen += this.counts[slot]!
      if (seen >= rank) {
        const middle = (slotLowest(slot) + slotLowest(slot + 1) - 1) / 2
        return Math.min(this.max, Math.max(this.min, Math.floor(middle)))
      }
    }
    return this.max
  }

  /** The distribution as points (value, share of observations at or below it), one per used slot. */
  cumulative(): { value: number; share: number }[] {
    const points: { value: number; share: number }[] = []
    let seen = 0
    for (let slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
      const here = this.counts[slot]!
      if (here === 0) continue
      seen += here
      const upper = Math.min(this.max, slotLowest(slot + 1) - 1)
      points.push({ value: upper, share: seen / this.count })
    }
    return points
  }
}

/** A histogram as it crosses borders and lies in files: used slots only. */
export interface HistogramData {
  readonly slots: number[]
  readonly counts: number[]
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

/** Packs a histogram. Min and max of an empty one are 0. */
export function packHistogram(histogram: Histogram): HistogramData {
  const slots: number[] = []
  const counts: number[] = []
  for (let slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
    if (histogram.counts[slot] !== 0) {
      slots.push(slot)
      counts.push(histogram.counts[slot]!)
    }
  }
  const empty = histogram.count === 0
  return {
    slots,
    counts,
    count: histogram.count,
    sum: histogram.sum,
    min: empty ? 0 : histogram.min,
    max: empty ? 0 : histogram.max,
  }
}

/** The reverse of {@link packHistogram}. */
export function unpackHistogram(data: HistogramData): Histogram {
  const histogram = new Histogram()
  data.slots.forEach((slot, i) => (histogram.counts[slot] = data.counts[i]!))
  histogram.count = data.count
  histogram.sum = data.sum
  histogram.min = data.count === 0 ? Infinity : data.min
  histogram.max = data.count === 0 ? -Infinity : data.max
  return histogram
}
