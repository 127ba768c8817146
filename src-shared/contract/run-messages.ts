import { z } from 'zod'

import type { ResultFault, RunResult, SeedSeries } from '../metrics/index'
import { result } from './call'
import { captureOrder } from './capture'
import { maximumDocumentLength } from './document'

/**
 * Runs as the window sees them. How the window goes about one:
 *
 * 1. Subscribe to `runProgress` and `runFinished` once, for the life of the window; both name the run they are about.
 * 2. `startRun` with the text of the open document. It answers with a `RunStarted` as soon as the lab is checked and
 *    its plans are built, or refuses with `problems` where the lab can't run. Its `tasks` are what the progress events
 *    count through, in their order.
 * 3. Until `runFinished`, `runProgress` comes at most 20 times a second and not at all while nothing changes. Append
 *    each running task's `goodputBps` at its `simulatedSeconds` to the lines being drawn; the figures are live samples,
 *    good for a picture, and never end up in the result.
 * 4. After `runFinished`, whatever its outcome, `getRun` has the result and the series. It also answers while the run
 *    goes on, with the tasks that are done by then.
 * 5. `stopRun` answers at once; `runFinished` with outcome `stopped` follows within 200 ms and the figures so far stay.
 *
 * Runs belong to the window that started them and end when it closes.
 */

const runId = z.uuid()

/** How many seeds a run may be asked for. */
export const maximumSeeds = 1000

/** How many runs are kept; one more forgets the oldest. */
export const maximumKeptRuns = 50

/** The verbs about runs, as entries of the contract. */
export const runCalls = {
  /**
   * Runs the variants given (all, where none are), each with seeds 1 … `seeds` (the lab's number, where absent).
   * Error codes: `lab.invalid` with `problems`; `run.no-variants`, `run.no-traffic`, `run.unknown-variant`, `run.busy`,
   * `capture.refused` where there is nothing to capture as asked,
   * and the `RunErrorCode` of a set-up that broke down.
   */
  startRun: [
    z.strictObject({
      text: z.string().max(maximumDocumentLength),
      variants: z.array(z.string().min(1).max(253)).min(1).max(100).optional(),
      seeds: z.int().min(1).max(maximumSeeds).optional(),
      /** What is captured on the way; nothing unless given. */
      capture: captureOrder.optional(),
    }),
    result<RunStarted>(),
  ],
  /** Stops a run; one that is over already stays as it is. Error code: `run.unknown`. */
  stopRun: [z.strictObject({ runId }), result<null>()],
  /** All runs that are kept, newest first, those of earlier sessions included. */
  listRuns: [z.undefined(), result<readonly RunEntry[]>()],
  /** Error codes: `run.unknown`, `run.unreadable`. */
  getRun: [z.strictObject({ runId }), result<RunData>()],
  /** Forgets a run and its files; a run under way is stopped first. Error code: `run.unknown`. */
  deleteRun: [z.strictObject({ runId }), result<null>()],
} as const

/** What main tells the window about runs, unasked. */
export interface RunEvents {
  readonly runProgress: RunProgress
  readonly runFinished: RunFinished
}

/** A run that was accepted. */
export interface RunStarted {
  readonly runId: string
  /** Name and hash of the lab as it was started; compare the hash to mark results of an older lab. */
  readonly lab: string
  readonly labHash: string
  /** Simulated time every task will cover, and the part of it that is warm-up and not measured. */
  readonly durationSeconds: number
  readonly warmupSeconds: number
  /** What breaks during the run, in the lab's order. */
  readonly faults: readonly ResultFault[]
  /** Names of the traffic entries, in the lab's order: the order of `TaskProgress.goodputBps`. */
  readonly traffic: readonly string[]
  readonly tasks: readonly RunTask[]
}

/** One variant with one seed. */
export interface RunTask {
  readonly variant: string
  readonly seed: number
}

/** How far a task is. `stopped` and `failed` keep what they have measured, where that is anything. */
export type TaskState = 'queued' | 'running' | 'done' | 'stopped' | 'failed'

/** A look at all tasks of a run. */
export interface RunProgress {
  readonly runId: string
  /** Since the run was accepted. */
  readonly elapsedSeconds: number
  /** Estimate; null until there is something to estimate from. */
  readonly remainingSeconds: number | null
  /** Simulated time of all tasks together, as a share of what they have to cover: 0 … 1. */
  readonly share: number
  /** Events handled per second of real time, all workers together, since the last look. */
  readonly eventsPerSecond: number
  /** In the order of `RunStarted.tasks`. */
  readonly tasks: readonly TaskProgress[]
}

/** A look at one task. */
export interface TaskProgress extends RunTask {
  readonly state: TaskState
  /** Simulated time reached. */
  readonly simulatedSeconds: number
  /**
   * Payload received per second of simulated time since the last look, by traffic entry; empty where the task has not
   * moved on since.
   */
  readonly goodputBps: readonly number[]
}

/** How a run ended. */
export type RunOutcome = 'done' | 'stopped' | 'failed'

/** The end of a run. */
export interface RunFinished {
  readonly runId: string
  readonly outcome: RunOutcome
  /** Why it failed, or why its result could not be kept (`run.unwritable`): then it is there until the app ends. */
  readonly error?: RunError
}

/** Why a run failed. */
export interface RunError {
  readonly code: RunErrorCode
  /** For people; names the variant and the seed. */
  readonly message: string
}

/** What can go wrong in a run that was accepted. */
export const runErrorCodes = [
  /** The thread of a task ended under it: killed, or crashed. */
  'run.worker-lost',
  /** A task needed more memory than a worker may have. */
  'run.out-of-memory',
  /** A worker did not answer a stop and was ended. */
  'run.worker-stuck',
  /** The simulation met a defect of its own. */
  'run.task-failed',
  /** The result breaks a rule that every result obeys: sent = delivered + dropped + in flight. */
  'run.not-conserved',
  /** The result could not be kept on disk. */
  'run.unwritable',
] as const

export type RunErrorCode = (typeof runErrorCodes)[number]

/** A run in a list. */
export interface RunEntry {
  readonly runId: string
  readonly lab: string
  readonly labHash: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** The variants that were asked for, and all that the lab has (whose places give them their colours), in its order. */
  readonly variants: readonly string[]
  readonly labVariants: readonly string[]
  readonly seeds: number
  /** Simulated time, and the part of it that is warm-up and not measured. */
  readonly durationSeconds: number
  readonly warmupSeconds: number
  readonly outcome: RunOutcome | 'running'
}

/** Everything about a run; `chartRun` takes its `result`, `series` and `entry.labVariants` as they are. */
export interface RunData {
  readonly entry: RunEntry
  /** Why it failed. */
  readonly error?: RunError
  readonly result: RunResult
  /** In the order of the result's variants and seeds. */
  readonly series: readonly VariantSeries[]
}

/** Figures over time and distributions of one variant with one seed. */
export interface VariantSeries extends RunTask {
  readonly series: SeedSeries
}
