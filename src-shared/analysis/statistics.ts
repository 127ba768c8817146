/**
 * Statistics over seeds. A seed is one observation: what happens inside a run is correlated, so means of runs are
 * compared, and few of them, which is why the intervals are Student's.
 */

/** Some observations of one quantity. */
export interface Sample {
  /** How many observations. */
  readonly count: number
  readonly mean: number
  /** Half-width of the 95 % confidence interval of the mean; null for fewer than two observations. */
  readonly ci95: number | null
  readonly min: number
  readonly max: number
}

/** Two-sided 95 % critical values for 1 … 30 degrees of freedom: NIST/SEMATECH e-Handbook, section 1.3.6.7.2. */
const criticalValues = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const

/** The normal distribution's 97.5 % point. */
const normal975 = 1.959964

/**
 * The value that a Student's t variable stays below in magnitude with 95 % probability. Beyond the table it is the
 * expansion about the normal quantile, Abramowitz and Stegun 26.7.5, good to 0.0001 there.
 * Requires: `degreesOfFreedom` is a whole number, one or more.
 */
export function studentT95(degreesOfFreedom: number): number {
  const tabled = criticalValues[degreesOfFreedom - 1]
  if (tabled !== undefined) return tabled
  const x = normal975
  const first = (x ** 3 + x) / 4
  const second = (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96
  return x + first / degreesOfFreedom + second / degreesOfFreedom ** 2
}

/**
 * Mean, range and 95 % interval of some observations.
 * Requires: at least one observation, all finite.
 */
export function sampleOf(values: readonly number[]): Sample {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const min = Math.min(...values)
  const max = Math.max(...values)
  if (count < 2) return { count, mean, ci95: null, min, max }
  // Rounding in the mean must not turn equal observations into a spread.
  const squares = min === max ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const standardError = Math.sqrt(squares / (count - 1) / count)
  return { count, mean, ci95: studentT95(count - 1) * standardError, min, max }
}

/** Observations of one quantity by seed. */
export type BySeed = ReadonlyMap<number, number>

/** How a quantity differs from the baseline's, over the seeds both have. */
export interface Difference {
  /** In the quantity's unit. */
  readonly absolute: Sample
  /**
   * As a share of the baseline's: 0.1 is a tenth more. The mean is that of the two means, which stand beside it wherever
   * it is shown; least and greatest are those of single seeds. Null where the baseline is zero for a seed.
   */
  readonly relative: Sample | null
}

/**
 * The paired difference `values − baseline`: a seed gives both variants the same arrivals, so what a seed does to both
 * cancels. Null where they have no seed in common.
 */
export function pairedDifference(values: BySeed, baseline: BySeed): Difference | null {
  const pairs = [...values].flatMap(([seed, value]) => {
    const other = baseline.get(seed)
    return other === undefined ? [] : [{ value, other }]
  })
  if (pairs.length === 0) return null
  return {
    absolute: sampleOf(pairs.map(({ value, other }) => value - other)),
    relative: pairs.every(({ other }) => other !== 0) ? relativeChange(pairs) : null,
  }
}

/** One seed's values of a variant and of the baseline. */
interface Pair {
  readonly value: number
  readonly other: number
}

/**
 * The change of the mean as a share of the baseline's mean: a ratio estimator, whose interval comes from what the ratio
 * leaves of each pair (Cochran, Sampling Techniques, section 6.3). A mean of single seeds' ratios would be another
 * number than the two means give, and far off where seeds differ much.
 */
function relativeChange(pairs: readonly Pair[]): Sample {
  const mean = pairs.reduce((sum, { other }) => sum + other, 0) / pairs.length
  const ratio = pairs.reduce((sum, { value }) => sum + value, 0) / pairs.length / mean
  const { ci95 } = sampleOf(pairs.map(({ value, other }) => value - ratio * other))
  const { count, min, max } = sampleOf(pairs.map(({ value, other }) => value / other - 1))
  return { count, mean: ratio - 1, ci95: ci95 === null ? null : ci95 / Math.abs(mean), min, max }
}

/** Whether the 95 % interval leaves zero out. Without an interval (one seed) nothing is known and it is false. */
export function isSignificant(sample: Sample): boolean {
  return sample.ci95 !== null && Math.abs(sample.mean) > sample.ci95
}
