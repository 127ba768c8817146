import type { RunTask, TaskState } from '#shared/contract/run-messages'
import type { SeedOutcome } from '#shared/metrics/index'
import { ProgressSlab } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'

/** One task of a run: what it is to do, how far it is, and what came of it. */
export interface TaskRecord extends RunTask {
  readonly plan: RunPlan
  readonly slab: ProgressSlab
  state: TaskState
  /** When it left the queue, in milliseconds of the session's clock; null while it waits. */
  startedMs: number | null
  /** When it was over; null before, and where it never began. */
  endedMs: number | null
  /** There once it is done, and where it was stopped after it had begun. */
  outcome: SeedOutcome | null
}

/** A task in the queue. */
export function taskRecord(plan: RunPlan, seed: number): TaskRecord {
  const slab = ProgressSlab.create(plan.labels.traffic.length)
  return { variant: plan.variant, seed, plan, slab, state: 'queued', startedMs: null, endedMs: null, outcome: null }
}

/** The part of its simulated time that a task has covered, 0 … 1. */
export function shareOf(task: TaskRecord): number {
  return task.state === 'done' ? 1 : Math.min(1, task.slab.nowNs / task.plan.durationNs)
}

/** Whether nothing more will come of a task. */
export function isOver(task: Pick<TaskRecord, 'state'>): boolean {
  return task.state !== 'queued' && task.state !== 'running'
}

/**
 * Whether a task's outcome has figures to show: a stopped one only where it got past the warm-up, since nothing is
 * measured before.
 */
export function isMeasured(task: TaskRecord): task is TaskRecord & { outcome: SeedOutcome } {
  return task.outcome !== null && (!task.outcome.stopped || task.outcome.reachedNs > task.plan.warmupNs)
}
