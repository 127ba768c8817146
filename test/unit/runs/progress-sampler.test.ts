import { describe, expect, it } from 'vitest'

import { ProgressSampler } from '#main/runs/progress-sampler'
import { remainingSeconds } from '#main/runs/remaining-seconds'
import { taskRecord, type TaskRecord } from '#main/runs/task-record'

import { fakePlan } from '../../support/fake-set-up'

function tasks(count: number): TaskRecord[] {
  return Array.from({ length: count }, (_, index) => taskRecord(fakePlan('host'), index + 1))
}

function begin(task: TaskRecord, startedMs: number, reachedNs: number): void {
  task.state = 'running'
  task.startedMs = startedMs
  task.slab.publish(reachedNs, reachedNs / 1000, reachedNs / 10_000)
}

describe('ProgressSampler', () => {
  it('tells goodput and events of the time since the last look', () => {
    const [task] = tasks(1)
    const sampler = new ProgressSampler('run', [task!], 1, 1000)
    begin(task!, 1000, 1e8)
    task!.slab.publishDelivered(0, 1_000_000)
    sampler.sample(1500)
    begin(task!, 1000, 3e8)
    task!.slab.publishDelivered(0, 26_000_000)
    const progress = sampler.sample(2000)!
    // 25 MB in 0.2 s of simulated time; 200 000 events in half a second of real time.
    expect(progress.tasks[0]).toMatchObject({ simulatedSeconds: 0.3, goodputBps: [1e9, 0] })
    expect(progress).toMatchObject({ elapsedSeconds: 1, eventsPerSecond: 400_000, share: 0.3 })
  })

  it('has nothing to tell while nothing moves', () => {
    const [task, other] = tasks(2)
    const sampler = new ProgressSampler('run', [task!, other!], 1, 0)
    begin(task!, 0, 1e8)
    expect(sampler.sample(50)).not.toBeNull()
    expect(sampler.sample(100)).toBeNull()
    other!.state = 'running'
    const progress = sampler.sample(150)!
    expect(progress.tasks.map(({ goodputBps }) => goodputBps)).toEqual([[], []])
  })
})

describe('remainingSeconds', () => {
  it('is unknown until a task has found its pace', () => {
    const all = tasks(3)
    expect(remainingSeconds(all, 2, 1000)).toBeNull()
    begin(all[0]!, 1000, 1e8)
    expect(remainingSeconds(all, 2, 1100)).toBeNull()
    expect(remainingSeconds(all, 2, 1500)).not.toBeNull()
  })

  it('goes by the pace of each running task and by the average for those that wait', () => {
    const all = tasks(3)
    // A quarter in 1 s: 3 s to go. Half in 1 s: 1 s to go, then the third one, 3 s like the average of 4 s and 2 s.
    begin(all[0]!, 0, 2.5e8)
    begin(all[1]!, 0, 5e8)
    expect(remainingSeconds(all, 2, 1000)).toBeCloseTo(4)
    expect(remainingSeconds(all, 3, 1000)).toBeCloseTo(3)
  })

  it('learns from tasks that are done, not from those cut short', () => {
    const all = tasks(3)
    Object.assign(all[0]!, { state: 'done', startedMs: 0, endedMs: 2000 })
    begin(all[1]!, 0, 1e8)
    Object.assign(all[1]!, { state: 'stopped', endedMs: 50 })
    expect(remainingSeconds(all, 1, 5000)).toBeCloseTo(2)
  })
})
