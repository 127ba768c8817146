/** One run on two threads: the partner's, and the one that calls. */

import type { EngineTask } from '#shared/contract/engine-messages'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import { noteProgress } from './observe/note-progress'
import { SHARE_STATE } from './parallel/clocks'
import { combineShares } from './parallel/combine'
import type { Division } from './parallel/division'
import type { PartnerTask } from './parallel/partner-thread'
import { ADVANCE, createChannels, Share, type ShareResult } from './parallel/share'

const FIRST = 0
/** How often the calling thread looks at the stop flag and lets its own events in, seconds. */
const LOOK_SECONDS = 0.02

/** Starts the partner's thread. The promise rejects where the thread throws or dies. */
export type StartPartner = (task: PartnerTask) => { readonly result: Promise<ShareResult>; readonly end: () => void }

/**
 * Simulates a plan with a seed on two threads. The outcome is that of one thread. Rejects where the partner fails.
 */
export async function runOnThreads(
  task: EngineTask,
  division: Division,
  wallClock: () => number,
  startPartner: StartPartner,
): Promise<SeedOutcome> {
  const { plan, seed } = task
  const slab = ProgressSlab.attach(task.progress)
  const partnerSlab = ProgressSlab.create(plan.labels.traffic.length)
  const channels = createChannels()
  const partner = startPartner({ plan, seed, division, channels, progress: partnerSlab.buffer })
  const share = new Share(plan, seed, division, FIRST, channels)
  try {
    while (!share.meetsPartner()) await breath(partner.result)
    const started = wallClock()
    let looked = started
    for (;;) {
      const outcome = share.advance()
      if (outcome === ADVANCE.done || share.isAlone()) break
      if (outcome === ADVANCE.waits) share.rest()
      if (wallClock() - looked < LOOK_SECONDS) continue
      looked = wallClock()
      noteProgress(slab, share.engine, share.engine.nowNs, partnerSlab)
      if (slab.stopRequested()) break
      await breath(partner.result)
    }
    const isDone = share.advance() === ADVANCE.done
    if (!isDone) share.clocks.leave(FIRST, SHARE_STATE.stopped)
    const theirs = await partner.result
    const ours = share.result()
    noteProgress(slab, share.engine, share.engine.nowNs, partnerSlab)
    return combineShares(plan, seed, share, [ours, theirs], wallClock() - started)
  } catch (error) {
    share.clocks.leave(FIRST, SHARE_STATE.failed)
    throw error
  } finally {
    partner.end()
  }
}

/** Lets this thread's events in: the partner's death is told by one, and rejects. */
async function breath(partner: Promise<ShareResult>): Promise<void> {
  await Promise.race([partner, new Promise((resolve) => setImmediate(resolve))])
}
