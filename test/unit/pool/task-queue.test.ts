import { describe, expect, it } from 'vitest'

import { TaskQueue } from '#main/pool/task-queue'

/** A job that ends when told to. */
function heldJob<Value>(value: Value) {
  let finish = (): void => undefined
  let started = false
  const job = (): Promise<Value> => {
    started = true
    return new Promise((resolve) => {
      finish = () => resolve(value)
    })
  }
  return { job, finish: () => finish(), isStarted: () => started }
}

/** Lets everything that is ready to run, run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('TaskQueue', () => {
  it('runs no more jobs at once than its size, in the order in which they came', async () => {
    const queue = new TaskQueue(2)
    const jobs = ['a', 'b', 'c', 'd'].map(heldJob)
    const results = jobs.map(({ job }) => queue.run(job))
    await settle()
    expect(jobs.map((each) => each.isStarted())).toEqual([true, true, false, false])
    jobs[1]!.finish()
    await settle()
    expect(jobs.map((each) => each.isStarted())).toEqual([true, true, true, false])
    jobs[0]!.finish()
    jobs[2]!.finish()
    await settle()
    jobs[3]!.finish()
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('gives a place that was freed to the job that waited, not to one that comes just then', async () => {
    const queue = new TaskQueue(1)
    const [first, second, third] = ['a', 'b', 'c'].map(heldJob)
    const order: string[] = []
    void queue.run(first!.job).then(() => queue.run(third!.job))
    void queue.run(second!.job).then((value) => order.push(value!))
    await settle()
    first!.finish()
    await settle()
    expect([second!.isStarted(), third!.isStarted()]).toEqual([true, false])
  })

  it('never starts a job that is withdrawn while it waits, and lets the next one through', async () => {
    const queue = new TaskQueue(1)
    const [first, withdrawn, next] = ['a', 'b', 'c'].map(heldJob)
    const controller = new AbortController()
    void queue.run(first!.job)
    const answer = queue.run(withdrawn!.job, controller.signal)
    void queue.run(next!.job)
    controller.abort()
    expect(await answer).toBeNull()
    first!.finish()
    await settle()
    expect([withdrawn!.isStarted(), next!.isStarted()]).toEqual([false, true])
  })

  it('goes on after a job that fails', async () => {
    const queue = new TaskQueue(1)
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await queue.run(() => Promise.resolve(1))).toBe(1)
  })
})
