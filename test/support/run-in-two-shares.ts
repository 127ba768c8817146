import { combineShares } from '#worker/parallel/combine'
import type { Division } from '#worker/parallel/division'
import { ADVANCE, createChannels, Share } from '#worker/parallel/share'
import type { SeedOutcome } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'

/** Runs a plan in two shares, turn by turn in this thread; the second's result is cloned, as between threads. */
export function runInTwoShares(plan: RunPlan, seed: number, division: Division): SeedOutcome {
  const channels = createChannels()
  const shares = [0, 1].map((index) => new Share(plan, seed, division, index, channels))
  const [first, second] = shares as [Share, Share]
  while (shares.map((share) => share.advance()).some((outcome) => outcome !== ADVANCE.done)) continue
  return combineShares(plan, seed, first, [first.result(), structuredClone(second.result())], 0)
}
