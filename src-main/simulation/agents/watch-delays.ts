import { Random } from '../bgp/index'
import { TIMING } from './timing'

const SECOND = 1e9

/** How late a watcher learns of something: equally likely delays, seconds. */
export function watchDelays(): Float64Array {
  return logNormalQuantiles(TIMING.watch)
}

/** Equally likely values of a log-normal distribution, seconds. */
export function logNormalQuantiles({ medianSeconds, p99Seconds }: { readonly medianSeconds: number; readonly p99Seconds: number }): Float64Array {
  // 2.326 standard deviations lie below the 99th percentile.
  const spread = Math.log(p99Seconds / medianSeconds) / 2.326
  const count = 4096
  return Float64Array.from({ length: count }, (_, index) => medianSeconds * Math.exp(spread * normalQuantile((index + 0.5) / count)))
}

/** The standard normal distribution's quantile, by Newton's steps on its logistic approximation (error below 1e-4). */
function normalQuantile(share: number): number {
  let x = Math.log(share / (1 - share)) / 1.702
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
    x -= (normalShare(x) - share) / density
  }
  return x
}

/** The standard normal distribution (Abramowitz and Stegun, 26.2.17). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return x >= 0 ? 1 - tail : tail
}

const WATCHES = watchDelays()
const POD_STARTS = logNormalQuantiles(TIMING.podStart)

/** Draws of one change for one thing: the same for every variant of a lab. */
export interface ChangeDraws {
  /** How late a watcher learns of it, ns. */
  watchNs(): number
  /** From the kubelet's being told to the container's being ready, ns. */
  podStartNs(): number
  /** In [0, 1). */
  unit(): number
}

/** Draws that depend on a seed, a change and who is concerned, and on nothing else. */
export class WatchDraws {
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** The draws of a change for a pod or node. */
  of(change: number, concerned: number): ChangeDraws {
    const random = new Random(Math.imul(this.seed + 1, 0x9e3779b1) ^ Math.imul(change + 1, 0x85ebca6b) ^ Math.imul(concerned + 1, 0xc2b2ae35))
    const from = (values: Float64Array): number => values[Math.floor(random.unit() * values.length)]! * SECOND
    return { watchNs: () => from(WATCHES), podStartNs: () => from(POD_STARTS), unit: () => random.unit() }
  }
}
