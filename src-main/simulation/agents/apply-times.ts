import { SECOND_NS } from '#shared/units/index'

import { TIMING } from './timing'

/** When an agent has written what it was told: a time for each time of telling, in order. Requires: times in order. */
export type ApplyTimes = (knownNs: readonly number[]) => number[]

/**
 * Felix: an apply takes all that is known by then. A bucket holds ten applies and gets one more about every 100 ms.
 */
export const felixApplies: ApplyTimes = (knownNs) =>
  throttled({ intervalSeconds: TIMING.felix.applyIntervalSeconds, burst: TIMING.felix.burst, gatherSeconds: 0 })(knownNs)

/** Works in batches, so often and no more: a bucket holds some, and gets one more after each interval; each waits for more to come. */
export function throttled(of: { readonly intervalSeconds: number; readonly burst: number; readonly gatherSeconds: number }): ApplyTimes {
  const intervalNs = of.intervalSeconds * SECOND_NS
  return (knownNs) => {
    let tokens = of.burst
    let filledNs = 0
    return inBatches(knownNs, (firstNs) => {
      const readyNs = firstNs + of.gatherSeconds * SECOND_NS
      tokens = Math.min(of.burst, tokens + (readyNs - filledNs) / intervalNs)
      filledNs = readyNs
      // Without a whole token the batch waits for it.
      const waitNs = Math.max(0, 1 - tokens) * intervalNs
      const startNs = readyNs + waitNs
      tokens = Math.max(tokens, 1) - 1
      filledNs = startNs
      return { startNs, doneNs: startNs }
    })
  }
}

/** kube-proxy: a sync takes all that is known when it begins; the next begins a minimum period after it, and not before its end. */
export function kubeProxyApplies(syncSeconds: number): ApplyTimes {
  return (knownNs) => {
    let earliestNs = 0
    return inBatches(knownNs, (readyNs) => {
      const startNs = Math.max(readyNs, earliestNs)
      const doneNs = startNs + syncSeconds * SECOND_NS
      earliestNs = Math.max(startNs + TIMING.kubeProxy.minSyncSeconds * SECOND_NS, doneNs)
      return { startNs, doneNs }
    })
  }
}

/** Each change by itself, after a wait of up to so many seconds; `unit` draws. */
export function waitsUpTo(seconds: number, unit: () => number): ApplyTimes {
  return (knownNs) => knownNs.map((atNs) => atNs + unit() * seconds * SECOND_NS)
}

/** All that is known when a batch begins is done when it ends; `run` says when that is for what is ready at a time. */
function inBatches(knownNs: readonly number[], run: (readyNs: number) => { readonly startNs: number; readonly doneNs: number }): number[] {
  const done: number[] = []
  while (done.length < knownNs.length && Number.isFinite(knownNs[done.length]!)) {
    const { startNs, doneNs } = run(knownNs[done.length]!)
    while (done.length < knownNs.length && knownNs[done.length]! <= startNs) done.push(doneNs)
  }
  return knownNs.map((_, index) => done[index] ?? Infinity)
}
