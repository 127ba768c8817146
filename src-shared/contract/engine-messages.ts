import type { SeedOutcome } from '../metrics/index'
import type { CaptureTask, RunPlan } from '../plan/index'

/**
 * The border between main and the engine's worker threads. A task is a value: plan and seed in, outcome out, whatever
 * thread or machine runs it. It crosses by structured clone; `progress` is shared.
 */
export interface EngineTask {
  readonly plan: RunPlan
  /** A whole number from 0 to 2^32 − 1. */
  readonly seed: number
  /** Buffer of a `ProgressSlab` made for `plan.labels.traffic.length` entries: the watcher's window and its stop flag. */
  readonly progress: SharedArrayBuffer
  /** How many threads the run may use at most; 1 unless given. The outcome does not depend on it. */
  readonly threads?: number
  /** What is captured; nothing unless given. A run with a capture has one thread. */
  readonly capture?: CaptureTask
}

/**
 * What `src-worker/main.ts` exports as its task. It answers a stop with the outcome so far (`stopped: true`), and throws
 * only for a defect: of the plan or of the engine.
 */
export type RunEngineTask = (task: EngineTask) => SeedOutcome | Promise<SeedOutcome>
