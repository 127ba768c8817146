import { InProcessExecutor } from '#main/pool/in-process-executor'
import { setUpSimulation } from '#main/pool/simulation-task'
import { runTask } from '#worker/run-task'

/** Carries tasks out in the test's own thread; runs take no time. */
export function inProcessExecutor(): InProcessExecutor {
  return new InProcessExecutor({ runEngine: (task) => runTask(task, () => 0), setUp: setUpSimulation })
}
