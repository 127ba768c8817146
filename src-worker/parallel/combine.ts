/** Adds up what the two shares of a run counted. */

import type { SeedOutcome } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { summarize } from '#worker/metrics/summary'
import type { Share, ShareResult } from './share'

/** The outcome of a run from both shares' results; `share` is the one whose result comes first. */
export function combineShares(
  plan: RunPlan,
  seed: number,
  { engine, owns }: Share,
  [ours, theirs]: readonly [ShareResult, ShareResult],
  wallSeconds: number,
): SeedOutcome {
  const { accounts } = ours
  accounts.add(theirs.accounts)
  engine.trajectory.adopt(theirs.trajectory, owns)
  const reachedNs = Math.min(ours.reachedNs, theirs.reachedNs)
  return summarize(plan, accounts, {
    seed,
    trajectoryHash: engine.trajectory.digest(),
    // Both shares' packets lie in one memory.
    inFlight: engine.pool.segmentsAlive(),
    events: ours.events + theirs.events,
    reachedNs,
    stopped: reachedNs < plan.durationNs,
    wallSeconds,
    receiveQueues: engine.receiveQueueNames,
  })
}
