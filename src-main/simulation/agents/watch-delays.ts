import { SECOND_NS } from '#shared/units/index'

import { Random } from '../bgp/index'
import { TIMING } from './timing'

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

/** The standard normal distribution's quantile (Abramowitz and Stegun, 26.2.23; error below 4.5e-4). */
function normalQuantile(share: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)))
  const upper = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  return share < 0.5 ? -upper : upper
}

const WATCHES = watchDelays()
const ETCD = logNormalQuantiles(TIMING.kvstore)
const POD_STARTS = logNormalQuantiles(TIMING.podStart)

/** Draws of one change for one thing: the same for every variant of a lab. */
export interface ChangeDraws {
  /** How late a watcher learns of it, ns. */
  watchNs(): number
  /** How late a watcher of Cilium's etcd learns of it, ns. */
  etcdNs(): number
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
    const from = (values: Float64Array): number => values[Math.floor(random.unit() * values.length)]! * SECOND_NS
    return { watchNs: () => from(WATCHES), etcdNs: () => from(ETCD), podStartNs: () => from(POD_STARTS), unit: () => random.unit() }
  }
}
