import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { InProcessExecutor } from '#main/pool/in-process-executor'
import { Captures } from '#main/runs/captures'
import { RunService } from '#main/runs/run-service'
import { RunStore } from '#main/runs/run-store'
import type { RunEngineTask } from '#shared/contract/engine-messages'
import type { RunFinished } from '#shared/contract/run-messages'

import { fakeEngine, fakeSetUpTask, stallingEngine } from '../../support/fake-set-up'

let folder: string
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'cni-lab-')), 'runs')
})
afterEach(() => rm(path.dirname(folder), { recursive: true }))

/** A service and the end of its next run. */
function service(runEngine: RunEngineTask) {
  let announce: (finished: RunFinished) => void
  const finished = new Promise<RunFinished>((resolve) => {
    announce = resolve
  })
  const runs = new RunService({
    executor: new InProcessExecutor({ runEngine, setUp: fakeSetUpTask }),
    store: new RunStore(folder),
    captures: new Captures({ ask: () => Promise.reject(new Error('nothing is captured')) }),
    now: () => performance.now(),
    today: () => new Date('2026-11-23T12:00:00Z'),
    onProgress: () => undefined,
    onFinished: (end) => announce(end),
  })
  return { runs, finished }
}

const unknown = '0b0e6b1c-3c5f-4d8a-9f60-000000000000'

describe('RunService', () => {
  it('keeps a run that is done, for itself and for the next start of the app', async () => {
    const { runs, finished } = service(fakeEngine)
    const { runId } = await runs.start({ text: 'lab' })
    expect(await finished).toEqual({ runId, outcome: 'done' })
    const entry = {
      runId,
      lab: 'two-racks',
      startedAt: '2026-11-23T12:00:00.000Z',
      variants: ['host', 'calico-ipip', 'cilium-vxlan'],
      seeds: 2,
      warmupSeconds: 0.1,
      outcome: 'done',
    }
    expect(await runs.list()).toMatchObject([entry])
    expect(await service(fakeEngine).runs.get(runId)).toMatchObject({ entry, result: { variants: [{ name: 'host' }, {}, {}] } })
  })

  it('shows what is done by now of a run under way, and refuses a second one', async () => {
    const stalling = stallingEngine(5e8)
    const { runs, finished } = service((task) => (task.seed === 1 ? fakeEngine(task) : stalling(task)))
    const { runId } = await runs.start({ text: 'lab' })
    await expect(runs.start({ text: 'lab' })).rejects.toMatchObject({ code: 'run.busy' })
    expect(await runs.list()).toMatchObject([{ runId, outcome: 'running' }])
    expect(await runs.get(runId)).toMatchObject({ entry: { outcome: 'running' } })
    await runs.stop(runId)
    expect(await finished).toMatchObject({ outcome: 'stopped' })
    expect(await runs.list()).toMatchObject([{ runId, outcome: 'stopped' }])
  })

  it('refuses the second of two starts at the same time', async () => {
    const { runs, finished } = service(fakeEngine)
    const starts = await Promise.allSettled([runs.start({ text: 'lab' }), runs.start({ text: 'lab' })])
    expect(starts.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await finished
  })

  it('can start again after a lab was refused', async () => {
    const { runs, finished } = service(fakeEngine)
    await expect(runs.start({ text: 'broken' })).rejects.toMatchObject({ code: 'lab.invalid' })
    await runs.start({ text: 'lab' })
    expect(await finished).toMatchObject({ outcome: 'done' })
  })

  it('keeps what there is when it is told to stop for good', async () => {
    const { runs } = service(stallingEngine(5e8))
    const { runId } = await runs.start({ text: 'lab' })
    await runs.stopCurrent()
    expect(await runs.get(runId)).toMatchObject({ entry: { outcome: 'stopped' } })
  })

  it('knows the lab of a run, with its files, while it goes on and when it is kept', async () => {
    const files = new Map([['policies.yaml', 'kind: NetworkPolicy\n']])
    const { runs, finished } = service(fakeEngine)
    const { runId } = await runs.start({ text: 'lab', files })
    expect(await runs.labOf(runId)).toEqual({ text: 'lab', files })
    await finished
    expect(await service(fakeEngine).runs.labOf(runId)).toEqual({ text: 'lab', files })
    await expect(runs.labOf(unknown)).rejects.toMatchObject({ code: 'run.unknown' })
  })

  it('stops a run before it forgets it', async () => {
    const { runs, finished } = service(stallingEngine(5e8))
    const { runId } = await runs.start({ text: 'lab' })
    await runs.delete(runId)
    expect(await finished).toMatchObject({ outcome: 'stopped' })
    expect(await runs.list()).toEqual([])
  })

  it('says of a run that it does not know that it does not', async () => {
    const { runs } = service(fakeEngine)
    const refusal = { code: 'run.unknown' }
    await expect(runs.get(unknown)).rejects.toMatchObject(refusal)
    await expect(runs.stop(unknown)).rejects.toMatchObject(refusal)
    await expect(runs.delete(unknown)).rejects.toMatchObject(refusal)
  })

  it('still shows a run that can not be written, and says that it is not kept', async () => {
    await writeFile(folder, 'a file where the folder should be')
    const { runs, finished } = service(fakeEngine)
    const { runId } = await runs.start({ text: 'lab' })
    expect(await finished).toMatchObject({ outcome: 'done', error: { code: 'run.unwritable' } })
    expect(await runs.get(runId)).toMatchObject({ entry: { outcome: 'done' } })
    expect(await runs.labOf(runId)).toEqual({ text: 'lab' })
    expect(await runs.list()).toMatchObject([{ runId, outcome: 'done' }])
  })
})
