import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createExecutor } from '#main/pool/create-executor'
import type { Executor } from '#main/pool/executor'
import { Captures } from '#main/runs/captures'
import { RunService } from '#main/runs/run-service'
import { RunStore } from '#main/runs/run-store'
import type { RunFinished, RunProgress } from '#shared/contract/run-messages'

const example = path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml')

/** The example with another time to run. */
async function labOf(run: string): Promise<string> {
  return (await readFile(example, 'utf8')).replace(/^ {2}run: .*$/mu, `  run: {${run}}`)
}

/** Whether every one of the two workers has got past the warm-up of 10 ms. */
const bothMeasure = ({ tasks }: RunProgress): boolean =>
  tasks.filter(({ state, simulatedSeconds }) => state === 'running' && simulatedSeconds > 0.02).length === 2

describe('A run of the built engine in threads', () => {
  let threads: () => Worker[]
  let folder: string
  let executor: Executor
  let text: string
  let runs: RunService
  let onProgress: (progress: RunProgress) => void
  let finished: Promise<RunFinished>

  beforeEach(async () => {
    // The pool hands its threads to nobody; each gets one message when it is made.
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    threads = () => post.mock.contexts as Worker[]
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
    // Longer than any test goes on.
    text = await labOf('duration: 1000s, warmup: 10ms')
    executor = await createExecutor(path.resolve('out/main'), 2)
    onProgress = () => undefined
    finished = new Promise((resolve) => {
      runs = new RunService({
        executor,
        store: new RunStore(folder),
        captures: new Captures({ ask: () => Promise.reject(new Error('nothing is captured')) }),
        now: () => performance.now(),
        today: () => new Date(),
        onProgress: (progress) => onProgress(progress),
        onFinished: resolve,
      })
    })
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await executor.close()
    await rm(folder, { recursive: true })
  })

  it('keeps what was measured when it is stopped', async () => {
    onProgress = (progress) => {
      if (bothMeasure(progress)) void runs.stop(progress.runId)
    }
    const { runId } = await runs.start({ text })
    expect(await finished).toEqual({ runId, outcome: 'stopped' })
    const { result, series } = await runs.get(runId)
    expect(series).toHaveLength(2)
    for (const { packets, traffic } of result.variants.flatMap(({ seeds }) => seeds)) {
      expect(packets.sent).toBe(packets.delivered + packets.dropped + packets.inFlight)
      expect(traffic.find(({ name }) => name === 'bulk')!.goodputBps).toBeGreaterThan(0)
    }
  })

  it('fails when a worker is killed, keeps what the others measured, and the next run is none the worse', async () => {
    onProgress = (progress) => {
      if (bothMeasure(progress)) void threads().at(-1)!.terminate()
    }
    const { runId } = await runs.start({ text })
    expect(await finished).toMatchObject({ runId, outcome: 'failed', error: { code: 'run.worker-lost' } })
    const { series, error } = await runs.get(runId)
    expect(series).toHaveLength(1)
    expect(error!.message).toMatch(/^(host|calico-ipip), seed 1: its worker ended unexpectedly/u)

    onProgress = () => undefined
    const next = await runs.start({ text: await labOf('duration: 20ms, warmup: 5ms') })
    await vi.waitUntil(async () => (await runs.get(next.runId)).entry.outcome === 'done', { timeout: 60_000 })
  })
})
