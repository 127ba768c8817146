/** The partner's side of a run on two threads. */

import type { RunPlan } from '#shared/plan/index'
import { ProgressSlab } from '#shared/metrics/index'
import { noteProgress } from '../observe/note-progress'
import { SHARE_STATE } from './clocks'
import type { Division } from './division'
import { ADVANCE, type Channels, Share, type ShareResult } from './share'

/** Number of the partner's share. */
export const PARTNER = 1
/** Steps between two notes of how far the partner is. */
const STEPS_PER_NOTE = 256

/** What the partner's thread is given. */
export interface PartnerTask {
  readonly plan: RunPlan
  readonly seed: number
  readonly division: Division
  readonly channels: Channels
  /** Buffer of a `ProgressSlab` of the partner's own, which the first thread adds to its figures. */
  readonly progress: SharedArrayBuffer
}

/** Runs the partner's share to the end of the run, or until the first thread leaves it. */
export function runPartner(task: PartnerTask): ShareResult {
  const share = new Share(task.plan, task.seed, task.division, PARTNER, task.channels)
  const slab = ProgressSlab.attach(task.progress)
  try {
    for (let steps = 1; ; steps++) {
      const outcome = share.advance()
      if (outcome === ADVANCE.done || share.isAlone()) break
      if (outcome === ADVANCE.waits) share.rest()
      if (steps % STEPS_PER_NOTE === 0) noteProgress(slab, share.engine, share.engine.nowNs)
    }
    while (!share.isPartnerDone() && !share.isAlone()) {
      share.takeArrivals()
      share.rest()
    }
    share.clocks.leave(PARTNER, SHARE_STATE.stopped)
    return share.result()
  } catch (error) {
    share.clocks.leave(PARTNER, SHARE_STATE.failed)
    throw error
  }
}
