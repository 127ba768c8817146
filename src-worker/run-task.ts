/** Runs one engine task to its end or to a stop. */

import type { EngineTask } from '#shared/contract/engine-messages'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import { Engine } from './engine/engine'
import { summarize } from './metrics/summary'
import { Capture } from './observe/capture'
import { noteProgress } from './observe/note-progress'

/** Events between two looks at the stop flag: a few milliseconds of work. */
const BATCH_EVENTS = 1 << 14

/**
 * Simulates a plan with a seed. `wallClock` tells seconds, for the figure of how long the event loop took
 * and nothing else.
 */
export function runTask(task: EngineTask, wallClock: () => number): SeedOutcome {
  const { plan, seed } = task
  const slab = ProgressSlab.attach(task.progress)
  const engine = new Engine(plan, seed)
  const capture = task.capture && new Capture(engine, task.capture)
  const started = wallClock()
  let goesOn = true
  while (goesOn && !slab.stopRequested()) {
    goesOn = engine.run(BATCH_EVENTS, plan.durationNs)
    noteProgress(slab, engine, goesOn ? engine.nowNs : plan.durationNs)
  }
  const outcome = summarize(plan, engine.finish(), {
    seed,
    trajectoryHash: engine.trajectory.digest(),
    inFlight: engine.pool.segmentsAlive(),
    events: engine.eventCount,
    reachedNs: goesOn ? engine.nowNs : plan.durationNs,
    stopped: goesOn,
    wallSeconds: wallClock() - started,
    receiveQueues: engine.receiveQueueNames,
  })
  return capture === undefined ? outcome : { ...outcome, captured: capture.finish() }
}
