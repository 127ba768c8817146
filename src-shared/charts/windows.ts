/** Sums of bins over windows of time, so that a rate has a stated averaging window. */

/** Lengths of windows, in milliseconds, that read well on an axis. */
const NICE_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

/** How many points a line has at most: about one in five pixels of a plot of half the window. */
const MOST_POINTS = 100

/**
 * How many bins to average over: a whole number of them that makes a window of a round number of milliseconds, no
 * shorter than the bins are, and no more than a hundred windows.
 */
export function binsPerWindow(binNs: number, binCount: number): number {
  const fitting = NICE_MS.map((ms) => (ms * 1e6) / binNs).find((bins) => Number.isInteger(bins) && binCount / bins <= MOST_POINTS)
  return fitting ?? Math.max(1, Math.ceil(binCount / MOST_POINTS))
}

/** Sums of `bins` neighbours each; the last window holds what is left over and may be shorter. */
export function sumWindows(values: ArrayLike<number>, bins: number): Float64Array {
  const sums = new Float64Array(Math.ceil(values.length / bins))
  for (let bin = 0; bin < values.length; bin++) sums[Math.floor(bin / bins)]! += values[bin]!
  return sums
}
