import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { KeptRun } from '#main/runs/run-folder'
import { RunStore } from '#main/runs/run-store'

import { fakeRun } from '../../fixture/fake-run'

const { result, series } = fakeRun({ seeds: 2 })

/** A run with an id that ends in `number`, started that many minutes past noon. */
function keptRun(number: number): KeptRun {
  const two = String(number).padStart(2, '0')
  return {
    record: {
      entry: {
        runId: `0b0e6b1c-3c5f-4d8a-9f60-0000000000${two}`,
        lab: 'two-racks',
        labHash: 'b5c0',
        startedAt: `2026-11-23T12:${two}:00.000Z`,
        variants: ['host'],
        labVariants: ['host', 'calico-ipip'],
        seeds: 2,
        durationSeconds: 1,
        warmupSeconds: 0.1,
        outcome: 'failed',
      },
      error: { code: 'run.worker-lost', message: 'host, seed 2: its worker ended unexpectedly.' },
    },
    result,
    series,
    labText: 'kind: Lab\n',
  }
}

const idOf = (run: KeptRun): string => run.record.entry.runId

let folder: string
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'cni-lab-')), 'runs')
})
afterEach(() => rm(path.dirname(folder), { recursive: true }))

describe('RunStore', () => {
  it('loads a run as it was saved, figures bit for bit', async () => {
    const run = keptRun(1)
    await new RunStore(folder).save(run)
    expect(await new RunStore(folder).load(idOf(run))).toEqual({ ...run.record, result, series })
  })

  it('lists what it keeps, newest first, and forgets the oldest beyond its limit', async () => {
    const store = new RunStore(folder, 2)
    for (const number of [2, 3, 1]) await store.save(keptRun(number))
    expect((await store.list()).map(({ entry }) => entry.startedAt)).toEqual([
      '2026-11-23T12:03:00.000Z', '2026-11-23T12:02:00.000Z',
    ])
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('keeps nothing yet before the first run', async () => {
    expect(await new RunStore(folder).list()).toEqual([])
    await expect(new RunStore(folder).load(idOf(keptRun(1)))).rejects.toMatchObject({ code: 'run.unknown' })
  })

  it('passes over folders that hold no run, and says so of one that is damaged', async () => {
    const store = new RunStore(folder)
    await store.save(keptRun(1))
    await store.save(keptRun(2))
    await store.save(keptRun(3))
    await writeFile(path.join(folder, idOf(keptRun(3)), 'results.json'), '{"schema": "cnilab/result/v1", "variants": 3}')
    await writeFile(path.join(folder, idOf(keptRun(1)), 'run.json'), '{"entry":')
    await truncate(path.join(folder, idOf(keptRun(2)), 'series.f64'), 64)
    await writeFile(path.join(folder, 'notes.txt'), 'mine')
    expect((await store.list()).map(({ entry }) => entry.runId)).toEqual([idOf(keptRun(3)), idOf(keptRun(2))])
    await expect(store.load(idOf(keptRun(3)))).rejects.toMatchObject({ code: 'run.unreadable', message: expect.stringMatching(/results\.json, lab: /u) as string })
    await expect(store.load(idOf(keptRun(2)))).rejects.toMatchObject({ code: 'run.unreadable' })
  })

  it('forgets a run', async () => {
    const store = new RunStore(folder)
    await store.save(keptRun(1))
    await store.delete(idOf(keptRun(1)))
    expect(await readdir(folder)).toEqual([])
  })

  it('removes what an app that was killed had begun to write, and nothing else', async () => {
    const [left, mine] = [path.join(folder, `${idOf(keptRun(2))}.tmp`), path.join(folder, 'mine.tmp')]
    for (const each of [left, mine]) await mkdir(each, { recursive: true })
    await new RunStore(folder).save(keptRun(1))
    expect((await readdir(folder)).toSorted()).toEqual([idOf(keptRun(1)), 'mine.tmp'])
  })

  it('leaves nothing behind where a run can not be written', async () => {
    await writeFile(folder, 'a file where the folder should be')
    await expect(new RunStore(folder).save(keptRun(1))).rejects.toThrow()
    expect(await readdir(path.dirname(folder))).toEqual(['runs'])
  })
})
