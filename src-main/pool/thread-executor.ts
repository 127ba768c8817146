import { Piscina } from 'piscina'

import type { EngineTask } from '#shared/contract/engine-messages'
import type { SeedOutcome } from '#shared/metrics/index'
import { ProgressSlab } from '#shared/metrics/index'

import type { Executor, TaskOptions } from './executor'
import { TaskFailure } from './executor'
import type { SetUpOutcome, SetUpTask } from './set-up'
import { failureOf } from './task-failure'
import { TaskQueue } from './task-queue'

/** What threads are made of. */
export interface ThreadExecutorOptions {
  /** Path of the built `src-worker/main.ts`. */
  readonly engineFile: string
  /** Path of the built `simulation-task.ts`. */
  readonly setUpFile: string
  /** How many threads; one or more. */
  readonly size: number
  /**
   * JavaScript heap of a thread, in MiB. The engine's columns lie outside it. A thread that needs more ends with an
   * error of its own instead of taking the app along.
   * @default 2048
   */
  readonly heapLimitMib?: number
  /**
   * How long a thread may take to answer a stop before it is ended.
   * @default 2000
   */
  readonly stopPatienceMs?: number
}

/** How long an idle thread is kept for the next run, in milliseconds. */
const idleTimeout = 60_000

/** Carries tasks out in worker threads: one task, one thread at a time. */
export class ThreadExecutor implements Executor {
  private readonly pool: Piscina<unknown, unknown>
  private readonly queue: TaskQueue
  private readonly options: ThreadExecutorOptions
  private closing = false

  constructor(options: ThreadExecutorOptions) {
    this.options = options
    this.queue = new TaskQueue(options.size)
    this.pool = new Piscina({
      minThreads: 0,
      maxThreads: options.size,
      idleTimeout,
      resourceLimits: { maxOldGenerationSizeMb: options.heapLimitMib ?? 2048 },
    })
    // A thread that dies while it has nothing to do harms nobody, and the pool replaces it.
    this.pool.on('error', () => undefined)
  }

  get size(): number {
    return this.queue.size
  }

  async setUp(task: SetUpTask): Promise<SetUpOutcome> {
    const outcome = await this.queue.run(() => this.post<SetUpOutcome>(task, this.options.setUpFile, 'setUpSimulation'))
    if (!outcome) throw new Error('a set-up without a signal is never withdrawn')
    return outcome
  }

  run(task: EngineTask, { signal, onStart }: TaskOptions = {}): Promise<SeedOutcome | null> {
    return this.queue.run(async () => {
      onStart?.()
      const stop = this.stopper(task, signal)
      try {
        return await this.post<SeedOutcome>(task, this.options.engineFile, 'default', stop.lastResort)
      } finally {
        stop.dispose()
      }
    }, signal)
  }

  async close(): Promise<void> {
    this.closing = true
    await this.pool.destroy()
  }

  /** Passes a stop on to the task's slab and, where that is not answered, ends the thread through `lastResort`. */
  private stopper(task: EngineTask, signal: AbortSignal | undefined): { lastResort: AbortSignal; dispose: () => void } {
    const lastResort = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const stop = (): void => {
      ProgressSlab.attach(task.progress).requestStop()
      timer = setTimeout(() => lastResort.abort(), this.options.stopPatienceMs ?? 2000)
    }
    signal?.addEventListener('abort', stop, { once: true })
    return {
      lastResort: lastResort.signal,
      dispose: () => {
        signal?.removeEventListener('abort', stop)
        clearTimeout(timer)
      },
    }
  }

  private async post<Outcome>(task: unknown, filename: string, name: string, signal?: AbortSignal): Promise<Outcome> {
    try {
      if (this.closing) throw new Error('closed')
      return (await this.pool.run(task, { filename, name, ...(signal && { signal }) })) as Outcome
    } catch (error) {
      throw this.failure(error)
    }
  }

  private failure(error: unknown): TaskFailure {
    if (this.closing) return new TaskFailure('run.worker-lost', 'the app was closing', { cause: error })
    return failureOf(error)
  }
}
