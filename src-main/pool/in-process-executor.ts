import type { EngineTask, RunEngineTask } from '#shared/contract/engine-messages'
import type { SeedOutcome } from '#shared/metrics/index'
import { ProgressSlab } from '#shared/metrics/index'

import type { Executor, TaskOptions } from './executor'
import type { SetUpOutcome, SetUpTask } from './set-up'
import { failureOf } from './task-failure'
import { TaskQueue } from './task-queue'

/** The functions that threads would run. */
export interface InProcessTasks {
  readonly runEngine: RunEngineTask
  readonly setUp: (task: SetUpTask) => SetUpOutcome | Promise<SetUpOutcome>
}

/**
 * Carries tasks out one after another in the calling thread: for tests, debuggers and profilers. While a task runs, the
 * thread does nothing else; a stop takes effect between tasks.
 */
export class InProcessExecutor implements Executor {
  readonly size = 1
  private readonly queue = new TaskQueue(1)
  private readonly tasks: InProcessTasks

  constructor(tasks: InProcessTasks) {
    this.tasks = tasks
  }

  async setUp(task: SetUpTask): Promise<SetUpOutcome> {
    try {
      return await this.tasks.setUp(task)
    } catch (error) {
      throw failureOf(error)
    }
  }

  run(task: EngineTask, { signal, onStart }: TaskOptions = {}): Promise<SeedOutcome | null> {
    const stop = (): void => ProgressSlab.attach(task.progress).requestStop()
    return this.queue.run(async () => {
      onStart?.()
      signal?.addEventListener('abort', stop, { once: true })
      try {
        // Lets timers and signals in before the thread is busy again.
        await new Promise((resolve) => setImmediate(resolve))
        return await this.tasks.runEngine(task)
      } catch (error) {
        throw failureOf(error)
      } finally {
        signal?.removeEventListener('abort', stop)
      }
    }, signal)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
