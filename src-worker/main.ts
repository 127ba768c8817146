/** Entry of a worker thread: piscina calls the default export with one task after another. */

import { performance } from 'node:perf_hooks'
import type { RunEngineTask } from '#shared/contract/engine-messages'
import { runTask } from './run-task'

const MILLISECONDS = 1000

const runEngineTask: RunEngineTask = (task) => runTask(task, () => performance.now() / MILLISECONDS)

export default runEngineTask
