import type { TaskRecord } from './task-record'
import { shareOf } from './task-record'

/**
 * How long a run will go on. A running task needs as long for the rest of its simulated time as it did for what it has
 * covered; a waiting one is taken to need what the others need on average; and waiting tasks go, in turn, to whichever
 * of the workers is free first. Null until a task has found its pace.
 */
export function remainingSeconds(tasks: readonly TaskRecord[], workers: number, nowMs: number): number | null {
  const known = tasks.flatMap((task) => fullMs(task, nowMs) ?? [])
  if (known.length === 0) return null
  const averageMs = known.reduce((sum, ms) => sum + ms, 0) / known.length

  const running = tasks.filter((task) => task.state === 'running')
  const freeInMs = running.map((task) => (fullMs(task, nowMs) ?? averageMs) * (1 - shareOf(task)))
  while (freeInMs.length < workers) freeInMs.push(0)
  for (const task of tasks) {
    if (task.state !== 'queued') continue
    const first = freeInMs.indexOf(Math.min(...freeInMs))
    freeInMs[first]! += averageMs
  }
  return Math.max(...freeInMs) / 1000
}

/** A task's pace says little before this: its thread starts and its code is being compiled. In milliseconds. */
const warmUpMs = 500

/** Real time that all of a task takes, from its pace so far; undefined where that is not known or it was cut short. */
function fullMs(task: TaskRecord, nowMs: number): number | undefined {
  const share = shareOf(task)
  if (task.startedMs === null || share === 0 || task.state === 'stopped' || task.state === 'failed') return undefined
  const spentMs = (task.endedMs ?? nowMs) - task.startedMs
  return task.state === 'done' || spentMs >= warmUpMs ? spentMs / share : undefined
}
