import { describe, expect, it } from 'vitest'

import { InProcessExecutor } from '#main/pool/in-process-executor'
import { ProgressSlab } from '#shared/metrics/index'

import { fakeEngine, fakePlan, fakeSetUpTask, stallingEngine } from '../../support/fake-set-up'

const task = (seed: number) => ({ plan: fakePlan('host'), seed, progress: ProgressSlab.create(2).buffer })

describe('InProcessExecutor', () => {
  it('comes to the outcome of its functions', async () => {
    const executor = new InProcessExecutor({ runEngine: fakeEngine, setUp: fakeSetUpTask })
    expect(await executor.setUp({ text: 'broken' })).toMatchObject({ ok: false })
    expect(await executor.run(task(2))).toMatchObject({ stopped: false, result: { seed: 2 } })
  })

  it('passes a stop on to the task under way and withdraws those that wait', async () => {
    const executor = new InProcessExecutor({ runEngine: stallingEngine(5e8), setUp: fakeSetUpTask })
    const { signal, abort } = controls()
    const outcomes = [1, 2].map((seed) => executor.run(task(seed), { signal, onStart: () => setTimeout(abort) }))
    expect(await Promise.all(outcomes)).toMatchObject([{ stopped: true }, null])
  })

  it('fails as threads do where a function throws', async () => {
    const fail = (): never => {
      throw new TypeError('no such column')
    }
    const executor = new InProcessExecutor({ runEngine: fail, setUp: fail })
    const failure = { code: 'run.task-failed', message: 'the simulation failed: no such column' }
    await expect(executor.run(task(1))).rejects.toMatchObject(failure)
    await expect(executor.setUp({ text: '' })).rejects.toMatchObject(failure)
  })
})

function controls(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
