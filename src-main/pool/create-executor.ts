import { availableParallelism } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

import type { RunEngineTask } from '#shared/contract/engine-messages'

import type { Executor } from './executor'
import type { InProcessTasks } from './in-process-executor'
import { InProcessExecutor } from './in-process-executor'
import { ThreadExecutor } from './thread-executor'

/** How many tasks a machine runs at the same time: one a core, less one where a window needs it. */
export function defaultWorkers(hasWindow: boolean): number {
  return Math.max(1, availableParallelism() - (hasWindow ? 1 : 0))
}

/**
 * An executor of the app's own tasks. `folder` is where the build has put `worker.js` and `simulation-task.js`, inside
 * an archive or not; with 0 workers the tasks run in the calling thread.
 */
export async function createExecutor(folder: string, workers: number): Promise<Executor> {
  const engineFile = path.join(folder, 'worker.js')
  const setUpFile = path.join(folder, 'simulation-task.js')
  if (workers > 0) return new ThreadExecutor({ engineFile, setUpFile, size: workers })
  const engine = (await import(pathToFileURL(engineFile).href)) as { default: RunEngineTask }
  const setUp = (await import(pathToFileURL(setUpFile).href)) as { setUpSimulation: InProcessTasks['setUp'] }
  return new InProcessExecutor({ runEngine: engine.default, setUp: setUp.setUpSimulation })
}
