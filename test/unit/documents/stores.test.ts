import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

import { SettingsStore } from '#main/app/settings'
import { DraftStore } from '#main/documents/draft-store'
import { JsonFile } from '#main/documents/json-file'
import { RecentDocuments } from '#main/documents/recent-documents'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('JsonFile', () => {
  const schema = z.strictObject({ size: z.number() })
  const open = (name: string) => new JsonFile(path.join(folder, name), schema, { size: 1 })

  it('reads back what was written, in folders it makes itself', async () => {
    await open('deep/er/a.json').write({ size: 7 })
    expect(await open('deep/er/a.json').read()).toEqual({ size: 7 })
  })

  it.each([
    ['missing', null],
    ['cut off', '{"size": '],
    ['of another shape', '{"size": "big"}'],
  ])('falls back when the file is %s', async (_what, content) => {
    if (content !== null) await writeFile(path.join(folder, 'a.json'), content)
    expect(await open('a.json').read()).toEqual({ size: 1 })
  })

  it('keeps the last of several writes asked for at once', async () => {
    const file = open('a.json')
    await Promise.all([2, 3, 4].map((size) => file.write({ size })))
    expect(JSON.parse(await readFile(path.join(folder, 'a.json'), 'utf8'))).toEqual({ size: 4 })
  })
})

describe('RecentDocuments', () => {
  it('lists the newest first, once each, ten at most, and remembers them', async () => {
    const recent = new RecentDocuments(path.join(folder, 'recent.json'))
    for (let index = 1; index <= 12; index++) await recent.add(`/labs/lab-${index}.cnilab.yaml`)
    await recent.add('/labs/lab-5.cnilab.yaml')
    const again = new RecentDocuments(path.join(folder, 'recent.json'))
    await again.load()
    expect(again.list().map(({ name }) => name)).toEqual(
      [5, 12, 11, 10, 9, 8, 7, 6, 4, 3].map((index) => `lab-${index}`),
    )
  })

  it('forgets one path or all', async () => {
    const recent = new RecentDocuments(path.join(folder, 'recent.json'))
    await recent.add('/a.yaml')
    await recent.add('/b.yaml')
    await recent.remove('/a.yaml')
    expect(recent.list()).toEqual([{ path: '/b.yaml', name: 'b' }])
    await recent.clear()
    expect(recent.list()).toEqual([])
  })
})

describe('DraftStore', () => {
  it('finds the last draft kept, until it is discarded', async () => {
    const file = path.join(folder, 'draft.json')
    const drafts = new DraftStore(file)
    await drafts.keep('one', null, new Date(0))
    await drafts.keep('two', '/labs/a.cnilab.yaml', new Date(1000))
    expect(await new DraftStore(file).find()).toEqual({
      path: '/labs/a.cnilab.yaml',
      keptAt: '1970-01-01T00:00:01.000Z',
      text: 'two',
    })
    await drafts.discard()
    expect(await new DraftStore(file).find()).toBeNull()
  })

  it('lets a discard win over the write before it', async () => {
    const drafts = new DraftStore(path.join(folder, 'draft.json'))
    const keeping = drafts.keep('x'.repeat(1_000_000), null, new Date(0))
    const discarding = drafts.discard()
    await Promise.all([keeping, discarding])
    expect(await drafts.find()).toBeNull()
  })
})

describe('on a disk that takes nothing', () => {
  /** Below a file there can be no folder, whoever asks. */
  const unwritable = async (name: string): Promise<string> => {
    await writeFile(path.join(folder, 'file'), '')
    return path.join(folder, 'file', name)
  }

  it('recent files are known until the end, and no verb fails for them but to forget them', async () => {
    const recent = new RecentDocuments(await unwritable('recent.json'))
    await recent.add('/a.yaml')
    await recent.add('/b.yaml')
    await recent.remove('/a.yaml')
    expect(recent.list().map(({ name }) => name)).toEqual(['b'])
    await expect(recent.clear()).rejects.toMatchObject({ code: 'recent.unwritable', message: expect.stringMatching(/: something else has its name\.$|: its folder does not exist\.$/u) as string })
    expect(recent.list()).toEqual([])
  })

  it('a draft is refused with the reason, and leaving one behind is none', async () => {
    const drafts = new DraftStore(await unwritable('draft.json'))
    await expect(drafts.keep('text', null, new Date(0))).rejects.toMatchObject({ code: 'draft.unwritable' })
    await drafts.discard()
    expect(await drafts.find()).toBeNull()
  })

  it('settings hold until the end, and say that they do no longer', async () => {
    const settings = new SettingsStore(await unwritable('settings.json'))
    await expect(settings.change({ theme: 'dark' })).rejects.toMatchObject({ code: 'settings.unwritable' })
    expect(settings.current).toEqual({ theme: 'dark' })
  })
})
