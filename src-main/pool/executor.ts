import type { EngineTask } from '#shared/contract/engine-messages'
import type { RunErrorCode } from '#shared/contract/run-messages'
import type { SeedOutcome } from '#shared/metrics/index'

import type { SetUpOutcome, SetUpTask } from './set-up'

/** How a task is watched and stopped. */
export interface TaskOptions {
  /**
   * Stops the task. One that waits never starts. One that runs is asked through its progress slab and comes back with
   * what it has measured.
   */
  readonly signal?: AbortSignal
  /** Called when the task leaves the queue. */
  readonly onStart?: () => void
}

/**
 * What carries out tasks: threads of this process, this thread itself, or a queue on other machines. Tasks are values,
 * so any executor comes to the same outcome.
 */
export interface Executor {
  /** How many tasks run at the same time. */
  readonly size: number
  /** Reads a lab and builds its run plans. Rejects with a `TaskFailure`. */
  setUp(task: SetUpTask): Promise<SetUpOutcome>
  /**
   * Runs one variant with one seed; tasks start in the order in which they come. Resolves to null where it was stopped
   * before it began. Rejects with a `TaskFailure`; other tasks are not touched by that.
   */
  run(task: EngineTask, options?: TaskOptions): Promise<SeedOutcome | null>
  /** Ends all threads; tasks under way are lost. */
  close(): Promise<void>
}

/** Why a task came to no outcome. The message is a clause without the task's name, which the caller knows. */
export class TaskFailure extends Error {
  readonly code: RunErrorCode

  constructor(code: RunErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TaskFailure'
    this.code = code
  }
}
