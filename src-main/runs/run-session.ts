import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'

import type { Executor } from '#main/pool/executor'
import { TaskFailure } from '#main/pool/executor'
import type { LabText } from '#main/pool/lab-answer'
import type { RunSetUp } from '#main/pool/set-up'
import { CallRefused } from '#shared/contract/call-refused'
import type { RunData, RunEntry, RunError, RunFinished, RunOutcome, RunProgress, RunStarted } from '#shared/contract/run-messages'
import type { RunResult, SeedResult } from '#shared/metrics/index'
import type { CaptureRecords, CaptureTask } from '#shared/plan/index'
import { SECOND_NS } from '#shared/units/index'

import { ProgressSampler } from './progress-sampler'
import { runResult, runSeries } from './run-result'
import { isOver, taskRecord, type TaskRecord } from './task-record'

/** What is to be run. */
export interface RunRequest extends LabText {
  /** Names of the variants; all where absent. */
  readonly variants?: readonly string[]
  /** Seeds 1 … this; the lab's number where absent. */
  readonly seeds?: number
}

/** How a session is watched. */
export interface RunSessionOptions {
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number
  /** Called at most 20 times a second, and not while nothing moves. */
  readonly onProgress?: (progress: RunProgress) => void
}

/** 20 looks a second; fewer where there are so many tasks that telling of them takes time. */
const progressIntervalMs = (tasks: number): number => Math.max(50, tasks / 4)

/** One run: a lab's snapshot, its tasks, and what has come of them so far. */
export class RunSession {
  readonly runId = randomUUID()
  private readonly setUp: RunSetUp
  /** How many seeds each variant runs with. */
  private readonly seeds: number
  private readonly executor: Executor
  /** Threads that a task may use. */
  private readonly threads: number
  private readonly tasks: readonly TaskRecord[]
  private readonly options: RunSessionOptions
  private readonly sampler: ProgressSampler
  private readonly stopping = new AbortController()
  private error: RunError | undefined
  private capturing: { readonly task: CaptureTask; readonly record: TaskRecord | undefined } | undefined

  private constructor(executor: Executor, setUp: RunSetUp, seeds: number, options: RunSessionOptions) {
    this.executor = executor
    this.setUp = setUp
    this.seeds = seeds
    this.options = options
    // Seed by seed rather than variant by variant: a run that is stopped half-way can still be compared.
    this.tasks = range(seeds).flatMap((seed) => setUp.plans.map((plan) => taskRecord(plan, seed + 1)))
    // Every task listens for the stop.
    setMaxListeners(this.tasks.length, this.stopping.signal)
    // Tasks beside each other make better use of cores than threads on one task; those that are left go to the tasks.
    this.threads = Math.max(1, Math.floor(executor.size / this.tasks.length))
    this.sampler = new ProgressSampler(this.runId, this.tasks, executor.size, options.now())
  }

  /**
   * Checks a lab and builds its plans. Refuses with `lab.invalid` and the problems, or with `run.no-variants`,
   * `run.no-traffic` or `run.unknown-variant`; with a code of a task failure where the set-up itself broke down.
   */
  static async open(executor: Executor, request: RunRequest, options: RunSessionOptions): Promise<RunSession> {
    const { text, variants, files, seeds } = request
    const outcome = await executor.setUp({ text, ...(variants && { variants }), ...(files && { files }) }).catch((error: unknown) => {
      throw error instanceof TaskFailure ? new CallRefused(error.code, `The lab could not be set up: ${error.message}.`) : error
    })
    if (!outcome.ok) throw new CallRefused(outcome.refusal.code, outcome.refusal.message, outcome.refusal.problems)
    return new RunSession(executor, outcome.setUp, seeds ?? outcome.setUp.seeds, options)
  }

  /** The run as the window is told of it. */
  get started(): RunStarted {
    const { lab, labHash, durationNs, warmupNs, faults, plans } = this.setUp
    return {
      runId: this.runId,
      lab,
      labHash,
      durationSeconds: durationNs / SECOND_NS,
      warmupSeconds: warmupNs / SECOND_NS,
      faults,
      traffic: plans[0]?.labels.traffic.map((traffic) => traffic.name) ?? [],
      tasks: this.tasks.map(({ variant, seed }) => ({ variant, seed })),
    }
  }

  /** What the tasks that are over have come to. */
  get result(): RunResult {
    return runResult(this.setUp, this.tasks, this.error)
  }

  /** Everything about the run by now, as it is kept and shown. `startedAt` is a date in ISO 8601, UTC. */
  data(startedAt: string, outcome: RunEntry['outcome']): RunData {
    const { lab, labHash, labVariants, durationNs, warmupNs, plans } = this.setUp
    const entry: RunEntry = {
      runId: this.runId,
      lab,
      labHash,
      startedAt,
      variants: plans.map((plan) => plan.variant),
      labVariants,
      seeds: this.seeds,
      durationSeconds: durationNs / SECOND_NS,
      warmupSeconds: warmupNs / SECOND_NS,
      outcome,
    }
    const series = runSeries(this.setUp, this.tasks)
    return { entry, result: this.result, series, ...(this.error && { error: this.error }) }
  }

  /** Captures a variant with its first seed, from its start; call it before {@link run}. */
  capture(task: CaptureTask, variant: string): void {
    this.capturing = { task, record: this.tasks.find((each) => each.variant === variant) }
  }

  /** Records of the capture, by point; undefined before its task is over, or where nothing is captured. */
  get captured(): readonly CaptureRecords[] | undefined {
    return this.capturing?.record?.outcome?.captured
  }

  /** Asks all tasks to end; `run` then resolves with what there is. */
  stop(): void {
    this.stopping.abort()
  }

  /** Runs all tasks. Resolves when the last one is over, whatever became of it. Call it once. */
  async run(): Promise<RunFinished> {
    const timer = setInterval(() => this.report(), progressIntervalMs(this.tasks.length))
    try {
      this.report()
      await Promise.all(this.tasks.map((task) => this.runTask(task)))
    } finally {
      clearInterval(timer)
    }
    this.report()
    return { runId: this.runId, outcome: this.outcome(), ...(this.error && { error: this.error }) }
  }

  private outcome(): RunOutcome {
    if (this.error) return 'failed'
    return this.tasks.every((task) => task.state === 'done') ? 'done' : 'stopped'
  }

  private report(): void {
    const progress = this.sampler.sample(this.options.now())
    if (progress) this.options.onProgress?.(progress)
  }

  private async runTask(task: TaskRecord): Promise<void> {
    const { plan, seed, slab } = task
    const onStart = (): void => {
      task.state = 'running'
      task.startedMs = this.options.now()
    }
    try {
      const capture = this.capturing?.record === task ? { capture: this.capturing.task } : {}
      const engineTask = { plan, seed, progress: slab.buffer, threads: this.threads, ...capture }
      task.outcome = await this.executor.run(engineTask, { signal: this.stopping.signal, onStart })
      task.state = task.outcome && !task.outcome.stopped ? 'done' : 'stopped'
      const fault = task.outcome && conservationFault(task.outcome.result)
      if (fault) this.fail(task, { code: 'run.not-conserved', message: fault })
    } catch (error) {
      task.state = 'failed'
      this.fail(task, error instanceof TaskFailure ? error : { code: 'run.task-failed', message: String(error) })
    }
    task.endedMs = this.options.now()
  }

  /** The first failure is the run's, and ends its other tasks. */
  private fail(task: TaskRecord, { code, message }: RunError): void {
    task.state = 'failed'
    this.error ??= { code, message: `${task.variant}, seed ${task.seed}: ${message}.` }
    if (!this.tasks.every(isOver)) this.stop()
  }
}

/** Says how packets are missing or too many; null where sent = delivered + dropped + in flight. */
function conservationFault({ packets }: SeedResult): string | null {
  const { sent, delivered, dropped, inFlight } = packets
  if (sent === delivered + dropped + inFlight) return null
  return `${sent} packets were sent, but ${delivered} delivered + ${dropped} dropped + ${inFlight} in flight make ${delivered + dropped + inFlight}`
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}
