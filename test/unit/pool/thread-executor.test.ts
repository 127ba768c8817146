import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ThreadExecutor } from '#main/pool/thread-executor'
import { ProgressSlab } from '#shared/metrics/index'

import { fakePlan } from '../../support/fake-set-up'

const engine = fileURLToPath(new URL('../../fixture/pool/misbehaving-engine.mjs', import.meta.url))
const seeds = { ends: 1, exits: 2, hoards: 3, throws: 4, hangs: 5, waitsForStop: 6, allocatesTooMuch: 7 } as const

function task(seed: number) {
  return { plan: fakePlan('host'), seed, progress: ProgressSlab.create(2).buffer }
}

/** Resolves when the task's thread has come to its engine. */
async function underWay({ progress }: { progress: SharedArrayBuffer }): Promise<void> {
  while (ProgressSlab.attach(progress).nowNs === 0) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** Longer than any thread on a busy machine takes to answer; only one that never does is waited for less. */
const PATIENCE_MS = 30_000

function executorOf(stopPatienceMs: number): ThreadExecutor {
  return new ThreadExecutor({ engineFile: engine, setUpFile: engine, size: 1, heapLimitMib: 32, stopPatienceMs })
}

let executor: ThreadExecutor
beforeEach(() => {
  executor = executorOf(PATIENCE_MS)
})
afterEach(() => executor.close())

describe('ThreadExecutor', () => {
  it.each([
    ['exits', 'run.worker-lost'],
    ['hoards', 'run.out-of-memory'],
    ['allocatesTooMuch', 'run.out-of-memory'],
    ['throws', 'run.task-failed'],
  ] as const)('fails the task of a thread that %s with %s, and runs the next one', async (behaviour, code) => {
    const results = await Promise.allSettled([executor.run(task(seeds[behaviour])), executor.run(task(seeds.ends))])
    expect(results).toMatchObject([
      { status: 'rejected', reason: { code } },
      { status: 'fulfilled', value: { seed: seeds.ends } },
    ])
  })

  it('says what an engine complained of', async () => {
    await expect(executor.run(task(seeds.throws))).rejects.toThrow('the simulation failed: the event queue went back in time')
  })

  it('passes a stop on to a running task, which comes back with what it has', async () => {
    const controller = new AbortController()
    const waiting = task(seeds.waitsForStop)
    const outcome = executor.run(waiting, { signal: controller.signal })
    await underWay(waiting)
    controller.abort()
    expect(await outcome).toMatchObject({ stopped: true })
  })

  it('ends a thread that does not answer a stop, and runs the next task', async () => {
    await executor.close()
    executor = executorOf(50)
    const controller = new AbortController()
    const hanging = task(seeds.hangs)
    const outcome = executor.run(hanging, { signal: controller.signal })
    outcome.catch(() => undefined)
    await underWay(hanging)
    controller.abort()
    await expect(outcome).rejects.toMatchObject({ code: 'run.worker-stuck' })
    expect(await executor.run(task(seeds.ends))).toMatchObject({ seed: seeds.ends })
  })

  it('never starts a task that is stopped while it waits', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const started: string[] = []
    const waiting = task(seeds.waitsForStop)
    const running = executor.run(waiting, { signal: first.signal, onStart: () => started.push('first') })
    const queued = executor.run(task(seeds.ends), { signal: second.signal, onStart: () => started.push('second') })
    await underWay(waiting)
    second.abort()
    expect(await queued).toBeNull()
    first.abort()
    await running
    expect(started).toEqual(['first'])
  })

  it('sets labs up in a thread, and outlives one that crashes there', async () => {
    await expect(executor.setUp({ text: 'crash' })).rejects.toMatchObject({ code: 'run.worker-lost' })
    expect(await executor.setUp({ text: 'two-racks' })).toEqual({ ok: true, setUp: { lab: 'two-racks' } })
  })

  it('fails the tasks under way when it is closed', async () => {
    const hanging = task(seeds.hangs)
    const [running, queued] = [executor.run(hanging), executor.run(task(seeds.ends))]
    const results = Promise.allSettled([running, queued])
    await underWay(hanging)
    await executor.close()
    expect(await results).toMatchObject([
      { status: 'rejected', reason: { code: 'run.worker-lost' } },
      { status: 'rejected', reason: { code: 'run.worker-lost' } },
    ])
  })
})
