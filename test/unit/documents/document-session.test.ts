import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { DocumentDialogs, OverwriteReason, UnsavedChoice } from '#main/documents/document-dialogs'
import type { DocumentState } from '#main/documents/document-session'
import { DocumentSession } from '#main/documents/document-session'
import { DraftStore } from '#main/documents/draft-store'
import { RecentDocuments } from '#main/documents/recent-documents'

/** Answers every question at once and writes down what was asked. */
class ScriptedDialogs implements DocumentDialogs {
  readonly asked: string[] = []
  open: string | null = null
  place: string | null = null
  unsaved: UnsavedChoice = 'cancel'
  overwrite = false
  recover = false

  chooseFileToOpen = () => this.#answer('open', this.open)
  chooseFileToSave = (name: string) => this.#answer(`save ${name}`, this.place)
  chooseFileToExport = () => this.#answer('export', null)
  chooseFolderToExport = () => this.#answer('export folder', null)
  askAboutUnsaved = (name: string) => this.#answer(`unsaved ${name}`, this.unsaved)
  askToOverwrite = (name: string, because: OverwriteReason) => this.#answer(`overwrite ${name} ${because}`, this.overwrite)
  askToReplace = (folder: string) => this.#answer(`replace ${folder}`, false)
  askToRecover = (name: string) => this.#answer(`recover ${name}`, this.recover)
  showFailure = async (message: string): Promise<void> => {
    await this.#answer(`failure ${message}`, null)
  }

  #answer<Value>(question: string, value: Value): Promise<Value> {
    this.asked.push(question)
    return Promise.resolve(value)
  }
}

const problem = { code: 'yaml-syntax', severity: 'error', path: '', line: 1, message: 'broken' } as const

describe('DocumentSession', () => {
  let folder: string
  let dialogs: ScriptedDialogs
  let drafts: DraftStore
  let recent: RecentDocuments
  let states: DocumentState[]

  /** A session as at a start of the app; `broken…` is what the check refuses. */
  const start = (): DocumentSession =>
    new DocumentSession({
      dialogs,
      drafts,
      recent,
      check: (text) =>
        text.startsWith('broken') ? { readable: false, problems: [problem] } : { readable: true, problems: [] },
      readTemplate: (template) => Promise.resolve({ name: template, text: `text of ${template}` }),
      now: () => new Date(0),
      onChange: (state) => states.push(state),
    })
  const at = (name: string): string => path.join(folder, name)

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
    dialogs = new ScriptedDialogs()
    drafts = new DraftStore(at('draft.json'))
    recent = new RecentDocuments(at('recent.json'))
    states = []
    await writeFile(at('a.cnilab.yaml'), 'lab a')
    await writeFile(at('b.cnilab.yaml'), 'lab b')
    await writeFile(at('bad.cnilab.yaml'), 'broken lab')
  })
  afterEach(() => rm(folder, { recursive: true }))

  describe('start', () => {
    it('shows the example when nothing was asked for', async () => {
      expect(await start().start(null)).toEqual({
        path: null,
        name: 'example',
        text: 'text of example',
        edited: false,
        problems: [],
      })
    })

    it('opens the file it was asked for', async () => {
      expect(await start().start(at('a.cnilab.yaml'))).toMatchObject({ name: 'a', text: 'lab a' })
    })

    it('says why a file does not open and shows the example', async () => {
      expect(await start().start(at('bad.cnilab.yaml'))).toMatchObject({ name: 'example' })
      expect(dialogs.asked).toEqual([
        'failure bad.cnilab.yaml is not a lab that can be opened.\nLine 1: broken',
      ])
    })
  })

  describe('open', () => {
    it('opens, notes the file as recent and shows its name', async () => {
      const session = start()
      dialogs.open = at('a.cnilab.yaml')
      expect(await session.open(null)).toMatchObject({ path: at('a.cnilab.yaml'), text: 'lab a', edited: false })
      expect(recent.list()).toEqual([{ path: at('a.cnilab.yaml'), name: 'a' }])
      expect(states.at(-1)).toEqual({ path: at('a.cnilab.yaml'), name: 'a', edited: false })
    })

    it.each([
      ['bad.cnilab.yaml', 'document.invalid'],
      ['missing.cnilab.yaml', 'document.unreadable'],
      ['.', 'document.unreadable'],
      ['huge.cnilab.yaml', 'document.too-large'],
      ['binary.cnilab.yaml', 'document.unreadable'],
      ['pipe.cnilab.yaml', 'document.unreadable'],
    ])('refuses %s with %s, asks nothing, and leaves the open lab alone', async (name, code) => {
      await writeFile(at('huge.cnilab.yaml'), '')
      await truncate(at('huge.cnilab.yaml'), 17 * 1024 * 1024)
      await writeFile(at('binary.cnilab.yaml'), Uint8Array.of(0x6b, 0xff, 0xfe))
      execFileSync('mkfifo', [at('pipe.cnilab.yaml')])
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      const before = session.state
      await expect(session.openAt(at(name), 'edited text')).rejects.toMatchObject({ code })
      expect(session.state).toEqual(before)
      expect(dialogs.asked).toEqual([])
    })

    it('hands on the problems of a refused file', async () => {
      await expect(start().openAt(at('bad.cnilab.yaml'), null)).rejects.toMatchObject({ problems: [problem] })
    })

    it('forgets a recent file that is gone', async () => {
      await recent.add(at('missing.cnilab.yaml'))
      await expect(start().openAt(at('missing.cnilab.yaml'), null)).rejects.toThrow()
      expect(recent.list()).toEqual([])
    })

    it('refuses a second verb while a dialog is open', async () => {
      const session = start()
      const first = session.open(null)
      await expect(session.create('empty', null)).rejects.toMatchObject({ code: 'document.busy' })
      await first
      expect(await session.create('empty', null)).not.toBeNull()
    })
  })

  describe('unsaved changes', () => {
    it('stay when the user cancels', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await session.setEdited(true)
      expect(await session.create('empty', 'edited a')).toBeNull()
      expect(session.state).toEqual({ path: at('a.cnilab.yaml'), name: 'a', edited: true })
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('lab a')
    })

    it('are saved where the lab came from when the user says so', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      dialogs.unsaved = 'save'
      expect(await session.openAt(at('b.cnilab.yaml'), 'edited a')).toMatchObject({ name: 'b' })
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('edited a')
    })

    it('are given up, draft included, when the user says so', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await session.setEdited(true)
      await session.keepDraft('edited a')
      dialogs.unsaved = 'discard'
      expect(await session.close('edited a')).toBe(true)
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('lab a')
      expect(await drafts.find()).toBeNull()
    })

    it('of a lab without a file stay when choosing a place is cancelled', async () => {
      const session = start()
      await session.create('empty', null)
      dialogs.unsaved = 'save'
      expect(await session.close('edited')).toBe(false)
    })
  })

  describe('save', () => {
    it('asks for a place the first time, adds the extension, and not again', async () => {
      const session = start()
      await session.create('empty', null)
      dialogs.place = at('mine')
      expect(await session.save('one', false)).toEqual({ path: at('mine.cnilab.yaml'), name: 'mine' })
      expect(await session.save('two', false)).not.toBeNull()
      expect(await readFile(at('mine.cnilab.yaml'), 'utf8')).toBe('two')
      expect(dialogs.asked).toEqual(['save empty'])
    })

    it('leaves it to the window whether edits came meanwhile', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await session.setEdited(true)
      await session.save('edited a', false)
      expect(session.state.edited).toBe(true)
      await session.keepDraft('edited a, further')
      expect(await drafts.find()).toMatchObject({ text: 'edited a, further' })
      await session.setEdited(false)
      expect(session.state.edited).toBe(false)
      expect(await drafts.find()).toBeNull()
    })

    it('as another file moves the lab there and leaves the first file', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      dialogs.place = at('copy.yaml')
      await session.save('changed', true)
      expect(session.state).toEqual({ path: at('copy.yaml'), name: 'copy', edited: false })
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('lab a')
    })

    it('does not overwrite what somebody else wrote meanwhile unless told to', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await writeFile(at('a.cnilab.yaml'), 'theirs')
      expect(await session.save('mine', false)).toBeNull()
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('theirs')
      dialogs.overwrite = true
      await session.save('mine', false)
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('mine')
    })

    it('asks before it replaces what can not be read any more', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      const theirs = Buffer.from([0xff, 0xfe, 0x00])
      await writeFile(at('a.cnilab.yaml'), theirs)
      expect(await session.save('mine', false)).toBeNull()
      expect(await readFile(at('a.cnilab.yaml'))).toEqual(theirs)
    })

    it('writes a file again that was deleted, unasked', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await rm(at('a.cnilab.yaml'))
      await session.save('mine', false)
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('mine')
      expect(dialogs.asked).toEqual([])
    })

    it('asks before the extension that it adds makes it replace another file', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await writeFile(at('there.cnilab.yaml'), 'theirs')
      dialogs.place = at('there')
      expect(await session.save('mine', true)).toBeNull()
      expect(dialogs.asked).toContain('overwrite there.cnilab.yaml exists')
      expect(await readFile(at('there.cnilab.yaml'), 'utf8')).toBe('theirs')
      dialogs.overwrite = true
      await session.save('mine', true)
      expect(await readFile(at('there.cnilab.yaml'), 'utf8')).toBe('mine')
    })

    it('that fails says why and keeps the unsaved mark and the draft', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await session.setEdited(true)
      await session.keepDraft('edited a')
      dialogs.place = path.join(folder, 'no-such-folder', 'x')
      await expect(session.save('edited a', true)).rejects.toMatchObject({
        code: 'document.unwritable',
        message: "x.cnilab.yaml can't be written: there is no such file or folder.",
      })
      expect(session.state.edited).toBe(true)
      expect(await drafts.find()).toMatchObject({ text: 'edited a' })
    })
  })

  describe('after a crash', () => {
    /** A session that ends without an orderly close. */
    const crashWithDraft = async (): Promise<void> => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await session.setEdited(true)
      await session.keepDraft('edited a')
    }

    it('offers the draft and goes on with it, marked as unsaved', async () => {
      await crashWithDraft()
      dialogs.recover = true
      const session = start()
      expect(await session.start(at('b.cnilab.yaml'))).toMatchObject({
        path: at('a.cnilab.yaml'),
        text: 'edited a',
        edited: true,
      })
      await session.save('edited a', false)
      expect(await readFile(at('a.cnilab.yaml'), 'utf8')).toBe('edited a')
    })

    it('gives the draft up when the user does not want it', async () => {
      await crashWithDraft()
      expect(await start().start(null)).toMatchObject({ name: 'example' })
      expect(dialogs.asked).toEqual(['recover a'])
      expect(await drafts.find()).toBeNull()
    })

    it('asks for a place to save when the file of the draft is gone', async () => {
      await crashWithDraft()
      await rm(at('a.cnilab.yaml'))
      dialogs.recover = true
      const session = start()
      expect(await session.start(null)).toMatchObject({ path: null, name: 'a', text: 'edited a' })
    })

    it('offers nothing when the draft is what the file says', async () => {
      await crashWithDraft()
      await writeFile(at('a.cnilab.yaml'), 'edited a')
      await start().start(null)
      expect(dialogs.asked).toEqual([])
    })

    it('has no draft once changes were undone', async () => {
      const session = start()
      await session.openAt(at('a.cnilab.yaml'), null)
      await session.setEdited(true)
      await session.keepDraft('edited a')
      await session.setEdited(false)
      await session.keepDraft('late')
      expect(await drafts.find()).toBeNull()
    })
  })
})
