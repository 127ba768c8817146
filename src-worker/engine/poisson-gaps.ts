/**
 * Gaps of a Poisson source: exponentially distributed, rounded up to whole nanoseconds, from a generator of its own
 * (Marsaglia's xorshift32 with 13, 17, 5), so that another simulator can be given the very same arrivals.
 */
export class PoissonGaps {
  private state: number
  private readonly meanNs: number
  private readonly maxNs: number

  /** Requires: `seed` from 1 to 2^32 − 1. */
  constructor(seed: number, meanNs: number, maxNs: number) {
    this.state = seed
    this.meanNs = meanNs
    this.maxNs = maxNs
  }

  /** The next gap, ns: a whole number from 1 to the longest. */
  next(): number {
    let state = this.state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.state = state >>> 0
    const unit = (this.state + 1) / 0x1_0000_0000
    return Math.min(this.maxNs, Math.floor(-Math.log(unit) * this.meanNs) + 1)
  }
}
