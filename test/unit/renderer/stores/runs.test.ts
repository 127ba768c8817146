import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isReactive, nextTick } from 'vue'

import { useRunsStore } from '#renderer/stores/runs'
import { FakeLabBridge, fakeProgress, fakeRunData, fakeRunStarted } from '../support/fake-lab-bridge'

const { runId } = fakeRunStarted
const running = { ...fakeRunData.entry, outcome: 'running' as const }

let bridge: FakeLabBridge
let disconnect: (() => void) | undefined

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  bridge.keeps()
  bridge.answers['startRun'] = () => ({ ok: true, value: fakeRunStarted })
  bridge.answers['stopRun'] = () => ({ ok: true, value: null })
  bridge.answers['getRun'] = () => ({ ok: true, value: fakeRunData })
  vi.stubGlobal('lab', bridge.lab)
})

afterEach(() => {
  disconnect?.()
  vi.unstubAllGlobals()
})

/** The store, following main, with a run under way. */
async function started() {
  const runs = useRunsStore()
  disconnect = runs.connect()
  bridge.keeps(running)
  expect(await runs.start({ text: 'lab' })).toBe(true)
  return runs
}

const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()))

describe('the runs store', () => {
  test('shows the newest run that is kept when the window opens', async () => {
    bridge.keeps(fakeRunData.entry)
    const runs = useRunsStore()
    disconnect = runs.connect()
    await vi.waitFor(() => expect(runs.shown?.entry.runId).toBe(runId), { timeout: 30_000 })
  })

  test('keeps results out of deep reactivity', async () => {
    bridge.keeps(fakeRunData.entry)
    const runs = useRunsStore()
    await runs.show(runId)
    expect(isReactive(runs.shown)).toBe(false)
    expect(isReactive(runs.shown?.series)).toBe(false)
  })

  test('follows a run from its start over its looks to its results', async () => {
    const runs = await started()
    expect([runs.isRunning, runs.showsCurrent, runs.shown]).toEqual([true, true, null])

    bridge.tell('runProgress', fakeProgress(0.01, 5e9))
    bridge.tell('runProgress', fakeProgress(0.02, 6e9))
    await frame()
    expect(runs.progress?.share).toBeCloseTo(0.1)
    expect(runs.current?.samples.tasks[0]?.samples).toEqual([
      { seconds: 0.01, goodputBps: [5e9, 1] },
      { seconds: 0.02, goodputBps: [6e9, 1] },
    ])

    bridge.keeps(fakeRunData.entry)
    bridge.tell('runFinished', { runId, outcome: 'done' })
    await vi.waitFor(() => expect(runs.shown?.result.variants).toHaveLength(3), { timeout: 30_000 })
    expect([runs.isRunning, runs.progress]).toEqual([false, null])
  })

  test('takes many looks between two frames as one', async () => {
    const runs = await started()
    const seen = vi.fn()
    runs.$subscribe(seen, { flush: 'sync' })
    for (let look = 1; look <= 10; look++) bridge.tell('runProgress', fakeProgress(look / 100, 1e9))
    await frame()
    await nextTick()
    expect(seen).toHaveBeenCalledTimes(1)
    expect(runs.current?.samples.tasks[0]?.samples).toHaveLength(10)
  })

  test('a run that ends before its start was answered still ends', async () => {
    const runs = useRunsStore()
    disconnect = runs.connect()
    bridge.answers['startRun'] = () => {
      bridge.tell('runFinished', { runId, outcome: 'failed', error: { code: 'run.worker-lost', message: 'lost' } })
      return { ok: true, value: fakeRunStarted }
    }
    await runs.start({ text: 'lab' })
    await vi.waitFor(() => expect(runs.isRunning).toBe(false), { timeout: 30_000 })
    expect(runs.shown).not.toBeNull()
  })

  test('looks at another run say nothing about this one', async () => {
    const runs = await started()
    bridge.tell('runProgress', { ...fakeProgress(0.01, 1e9), runId: 'another' })
    await frame()
    expect(runs.progress).toBeNull()
  })

  test('says why a lab can not run', async () => {
    const runs = useRunsStore()
    bridge.answers['startRun'] = () => ({ ok: false, error: { code: 'run.no-traffic', message: 'The lab has no traffic.' } })
    expect(await runs.start({ text: 'lab' })).toBe(false)
    expect(runs.refusal?.message).toBe('The lab has no traffic.')
    expect(runs.isRunning).toBe(false)
  })

  test('shows another run while one goes on, and leaves it there when the other ends', async () => {
    const runs = await started()
    const other = { ...fakeRunData, entry: { ...fakeRunData.entry, runId: 'other' } }
    bridge.answers['getRun'] = () => ({ ok: true, value: other })
    await runs.show('other')
    bridge.tell('runFinished', { runId, outcome: 'done' })
    await vi.waitFor(() => expect(runs.isRunning).toBe(false), { timeout: 30_000 })
    expect(runs.shown?.entry.runId).toBe('other')
  })

  test('forgets a run and shows the next one', async () => {
    const next = { ...fakeRunData.entry, runId: 'next' }
    bridge.keeps(fakeRunData.entry, next)
    const runs = useRunsStore()
    await runs.refresh()
    await runs.show(runId)
    bridge.answers['deleteRun'] = () => {
      bridge.keeps(next)
      return { ok: true, value: null }
    }
    await runs.remove(runId)
    expect(runs.shownId).toBe('next')
    expect(runs.entries).toEqual([next])
  })
})
