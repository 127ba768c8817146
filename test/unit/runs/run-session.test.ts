import { describe, expect, it } from 'vitest'

import type { Executor } from '#main/pool/executor'
import { InProcessExecutor } from '#main/pool/in-process-executor'
import { RunSession } from '#main/runs/run-session'
import type { RunEngineTask } from '#shared/contract/engine-messages'
import type { RunProgress } from '#shared/contract/run-messages'
import { ProgressSlab } from '#shared/metrics/index'

import { fakeEngine, fakeOutcome, fakeSetUpTask, stallingEngine } from '../../support/fake-set-up'

const startedAt = '2026-11-23T12:00:00.000Z'
const now = (): number => performance.now()

function open(runEngine: RunEngineTask, request = {}, onProgress?: (progress: RunProgress) => void) {
  const executor = new InProcessExecutor({ runEngine, setUp: fakeSetUpTask })
  return RunSession.open(executor, { text: 'lab', ...request }, { now, ...(onProgress && { onProgress }) })
}

/** Takes `count` tasks, then ends them one after another, from the first or from the last. */
function holdingExecutor(count: number, firstFirst: boolean): Executor {
  const held: (() => void)[] = []
  return {
    size: count,
    setUp: (task) => Promise.resolve(fakeSetUpTask(task)),
    run: async ({ plan, seed }) => {
      const turn = new Promise<void>((resolve) => held.push(resolve))
      if (held.length === count) for (const end of firstFirst ? held : held.toReversed()) setImmediate(end)
      await turn
      return fakeOutcome(plan.variant, seed)
    },
    close: () => Promise.resolve(),
  }
}

/** An engine of which one task behaves differently. */
function except(variant: string, seed: number, different: RunEngineTask): RunEngineTask {
  return (task) => (task.plan.variant === variant && task.seed === seed ? different(task) : fakeEngine(task))
}

describe('RunSession', () => {
  it('runs every variant with the seeds 1 to the number the lab asks for', async () => {
    const session = await open(fakeEngine)
    expect(await session.run()).toEqual({ runId: session.runId, outcome: 'done' })
    const ran = session.result.variants.map(({ name, seeds }) => [name, seeds.map(({ seed }) => seed)])
    expect(ran).toEqual([['host', [1, 2]], ['calico-ipip', [1, 2]], ['cilium-vxlan', [1, 2]]])
  })

  it('runs the variants and the number of seeds that were asked for', async () => {
    const session = await open(fakeEngine, { variants: ['calico-ipip'], seeds: 3 })
    await session.run()
    expect(session.started.tasks).toEqual([1, 2, 3].map((seed) => ({ variant: 'calico-ipip', seed })))
    expect(session.result.variants.map(({ name, seeds }) => [name, seeds.length])).toEqual([['calico-ipip', 3]])
  })

  it('comes to the same result in whatever order the tasks end', async () => {
    const [inOrder, reversed] = [true, false].map(async (firstFirst) => {
      const session = await RunSession.open(holdingExecutor(6, firstFirst), { text: 'lab' }, { now })
      await session.run()
      return session
    })
    expect(JSON.stringify((await reversed!).result)).toBe(JSON.stringify((await inOrder!).result))
    expect((await reversed!).data(startedAt, 'done').series.map(({ variant, seed }) => `${variant} ${seed}`)).toEqual([
      'host 1', 'host 2', 'calico-ipip 1', 'calico-ipip 2', 'cilium-vxlan 1', 'cilium-vxlan 2',
    ])
  })

  it('refuses a lab with errors and hands its problems on', async () => {
    await expect(open(fakeEngine, { text: 'broken' })).rejects.toMatchObject({
      code: 'lab.invalid',
      problems: [{ code: 'missing', path: 'metadata.name' }],
    })
  })

  it('keeps what is done and what was measured until a stop', async () => {
    const stalling = stallingEngine(4e8)
    const session = await open(except('host', 2, (task) => {
      setTimeout(() => session.stop())
      return stalling(task)
    }))
    expect(await session.run()).toMatchObject({ outcome: 'stopped' })
    const { variants, warnings } = session.result
    expect(variants.map(({ name, seeds }) => [name, seeds.map(({ seed }) => seed)])).toEqual([
      ['host', [1, 2]], ['calico-ipip', [1]], ['cilium-vxlan', [1]],
    ])
    expect(variants[0]!.summary['bulk']!['goodputBps']!.mean).toBe(fakeOutcome('host', 1).result.traffic[0]!.goodputBps)
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'run.task-stopped host, seed 2 ended at 0.400 s of 1 s; its figures cover the time until then.',
      'run.task-missing calico-ipip, seed 2 ended before anything was measured.',
      'run.task-missing cilium-vxlan, seed 2 ended before anything was measured.',
      expect.stringContaining('latency.few-samples'),
      expect.stringContaining('latency.few-samples'),
    ])
  })

  it('leaves out a task that was stopped within the warm-up', async () => {
    const stalling = stallingEngine(1e8)
    const session = await open(except('host', 1, (task) => {
      setTimeout(() => session.stop())
      return stalling(task)
    }))
    await session.run()
    expect(session.result.variants).toEqual([])
    expect(session.data(startedAt, 'stopped').series).toEqual([])
  })

  it('fails with the first task that fails, ends the others and keeps what is done', async () => {
    const session = await open(except('calico-ipip', 1, () => {
      throw new Error('no route')
    }))
    expect(await session.run()).toEqual({
      runId: session.runId,
      outcome: 'failed',
      error: { code: 'run.task-failed', message: 'calico-ipip, seed 1: the simulation failed: no route.' },
    })
    expect(session.result.variants.map(({ name }) => name)).toEqual(['host'])
    expect(session.result.warnings[0]).toEqual(session.data(startedAt, 'failed').error)
  })

  it('fails where packets have been lost count of', async () => {
    const session = await open(except('host', 1, ({ plan, seed }) => {
      const outcome = fakeOutcome(plan.variant, seed)
      return { ...outcome, result: { ...outcome.result, packets: { sent: 10, delivered: 6, dropped: 2, inFlight: 1 } } }
    }))
    expect(await session.run()).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'run.not-conserved',
        message: 'host, seed 1: 10 packets were sent, but 6 delivered + 2 dropped + 1 in flight make 9.',
      },
    })
  })

  it('warns where a single seed leaves no intervals and where nothing arrives', async () => {
    const silent: RunEngineTask = ({ plan, seed }) => {
      const outcome = fakeOutcome(plan.variant, seed)
      const traffic = outcome.result.traffic.map((entry) => ({ ...entry, goodputBps: entry.name === 'ping' ? 0 : entry.goodputBps }))
      return { ...outcome, result: { ...outcome.result, traffic } }
    }
    const session = await open(silent, { seeds: 1, variants: ['host'] })
    await session.run()
    const codes = session.result.warnings.map(({ code }) => code)
    expect(codes).toContain('run.single-seed')
    expect(codes).toContain('traffic.nothing-delivered')
  })

  it('reports progress while tasks move and ends with all of them over', async () => {
    const looks: RunProgress[] = []
    const session = await open(fakeEngine, {}, (progress) => looks.push(progress))
    await session.run()
    expect(looks[0]!.tasks.every(({ state }) => state === 'queued')).toBe(true)
    expect(looks.at(-1)).toMatchObject({ share: 1, remainingSeconds: 0 })
    expect(looks.at(-1)!.tasks.every(({ state, simulatedSeconds }) => state === 'done' && simulatedSeconds === 1)).toBe(true)
  })

  it('hands each task a slab with room for its traffic', async () => {
    const sizes: number[] = []
    const session = await open((task) => {
      sizes.push(ProgressSlab.attach(task.progress).buffer.byteLength)
      return fakeEngine(task)
    })
    await session.run()
    expect(new Set(sizes)).toEqual(new Set([ProgressSlab.create(2).buffer.byteLength]))
  })
})
