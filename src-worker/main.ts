/** Entry of a worker thread: piscina calls the default export with one task after another. */

import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { RunEngineTask } from '#shared/contract/engine-messages'
import { hasCoresFor } from './free-cores'
import { widenInlining } from './inlining'
import { divide } from './parallel/division'
import { runOnThreads } from './run-on-threads'
import { runTask } from './run-task'
import { startPartner } from './start-partner'

const MILLISECONDS = 1000

widenInlining()

const runEngineTask: RunEngineTask = async (task) => {
  const wallClock = (): number => performance.now() / MILLISECONDS
  const threads = Math.min(task.threads ?? 1, availableParallelism())
  const division = threads > 1 && task.capture === undefined ? divide(task.plan) : null
  // Two threads that take turns on one core are slower than one.
  if (division === null || !(await hasCoresFor(threads))) return runTask(task, wallClock)
  return runOnThreads(task, division, wallClock, startPartner)
}

export default runEngineTask
