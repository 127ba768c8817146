import type { RunProgress, TaskProgress } from '#shared/contract/run-messages'
import { BITS_PER_BYTE, SECOND_NS } from '#shared/units/index'

import { remainingSeconds } from './remaining-seconds'
import type { TaskRecord } from './task-record'
import { shareOf } from './task-record'

/** What a task's slab showed at the last look. */
interface Look {
  readonly nowNs: number
  readonly deliveredBytes: readonly number[]
}

/** Turns the slabs of a run's tasks into progress messages. Each look is compared with the one before. */
export class ProgressSampler {
  private readonly runId: string
  private readonly tasks: readonly TaskRecord[]
  private readonly workers: number
  private readonly startedMs: number
  private readonly looks: Look[]
  private lastMs: number
  private lastEvents = 0
  private lastPosition = ''

  /** `workers` tasks run at the same time; `startedMs` is when the run was accepted. */
  constructor(runId: string, tasks: readonly TaskRecord[], workers: number, startedMs: number) {
    this.runId = runId
    this.tasks = tasks
    this.workers = workers
    this.startedMs = startedMs
    this.lastMs = startedMs
    this.looks = tasks.map(lookAt)
  }

  /** How the run stands at `nowMs`; null where no task has moved since the last look. */
  sample(nowMs: number): RunProgress | null {
    const position = this.tasks.map((task) => `${task.state} ${task.slab.nowNs}`).join()
    if (position === this.lastPosition) return null
    this.lastPosition = position

    const events = this.tasks.reduce((sum, task) => sum + task.slab.events, 0)
    const sinceLast = (nowMs - this.lastMs) / 1000
    const eventsPerSecond = sinceLast > 0 ? (events - this.lastEvents) / sinceLast : 0
    this.lastEvents = events
    this.lastMs = nowMs
    return {
      runId: this.runId,
      elapsedSeconds: (nowMs - this.startedMs) / 1000,
      remainingSeconds: remainingSeconds(this.tasks, this.workers, nowMs),
      share: this.tasks.reduce((sum, task) => sum + shareOf(task), 0) / this.tasks.length,
      eventsPerSecond,
      tasks: this.tasks.map((task, index) => this.lookAgain(task, index)),
    }
  }

  private lookAgain(task: TaskRecord, index: number): TaskProgress {
    const before = this.looks[index]!
    const now = lookAt(task)
    const passedNs = now.nowNs - before.nowNs
    const { variant, seed, state } = task
    const progress = { variant, seed, state, simulatedSeconds: now.nowNs / SECOND_NS }
    if (passedNs <= 0) return { ...progress, goodputBps: [] }
    this.looks[index] = now
    const bitsOf = (bytes: number, traffic: number): number => (bytes - before.deliveredBytes[traffic]!) * BITS_PER_BYTE
    return { ...progress, goodputBps: now.deliveredBytes.map((bytes, traffic) => (bitsOf(bytes, traffic) * SECOND_NS) / passedNs) }
  }
}

function lookAt(task: TaskRecord): Look {
  const { slab, plan } = task
  return { nowNs: slab.nowNs, deliveredBytes: plan.labels.traffic.map((_, traffic) => slab.deliveredBytes(traffic)) }
}
