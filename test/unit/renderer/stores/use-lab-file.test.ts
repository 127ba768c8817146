import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'

import { useToasts } from '#renderer/composables/useToasts'
import { useDocumentStore } from '#renderer/stores/document'
import { useLabFile, type LabFile } from '#renderer/stores/useLabFile'
import type { OpenedDocument } from '#shared/contract/document'
import { setField } from '#shared/lab/index'

import { FakeLabBridge } from '../support/fake-lab-bridge'
import { sampleText } from '../support/sample-lab'

const opened: OpenedDocument = { path: '/labs/sample.cnilab.yaml', name: 'sample', text: sampleText, edited: false, problems: [] }

let bridge: FakeLabBridge
let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  const nothing = (): unknown => ({ ok: true, value: null })
  Object.assign(bridge.answers, {
    getStartDocument: () => ({ ok: true, value: opened }),
    setDocumentEdited: nothing, keepDraft: nothing, closeWindow: nothing, openDocument: nothing, openDocumentAt: nothing,
  })
  vi.stubGlobal('lab', bridge.lab)
  scope = effectScope()
})

afterEach(() => {
  scope.stop()
  useToasts().toasts.value.forEach(({ id }) => useToasts().dismiss(id))
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** The file of a window that has just opened on the sample. */
async function connected(onMenuCommand: () => void = () => undefined): Promise<LabFile> {
  const file = scope.run(() => useLabFile())!
  await scope.run(() => file.connect(onMenuCommand))
  return file
}

function rename(name: string): void {
  const document = useDocumentStore()
  document.commit(setField(document.document!, ['metadata', 'name'], name))
}

const callsOf = (name: string): unknown[] => bridge.calls.filter((call) => call.name === name).map(({ parameters }) => parameters)

describe('the file of the lab', () => {
  test('starts with the document that main gives', async () => {
    await connected()
    expect(useDocumentStore()).toMatchObject({ fileName: 'sample', text: sampleText, edited: false })
  })

  test('tells main at once when there are unsaved changes, and when there are none any more', async () => {
    await connected()
    rename('x')
    await nextTick()
    useDocumentStore().undo()
    await nextTick()
    expect(callsOf('setDocumentEdited')).toEqual([{ edited: true }, { edited: false }])
  })

  test('keeps one draft for a burst of edits', async () => {
    await connected()
    for (const name of ['x', 'y', 'z']) {
      rename(name)
      await nextTick()
    }
    vi.runAllTimers()
    expect(callsOf('keepDraft')).toEqual([{ text: sampleText.replace('{name: sample}', '{name: z}') }])
  })

  test('says once that drafts can’t be kept, and again after one was', async () => {
    await connected()
    const refused = (): unknown => ({ ok: false, error: { code: 'draft.unwritable', message: 'The disk is full.' } })
    const shown: number[] = []
    for (const answer of [refused, refused, () => ({ ok: true, value: null }), refused]) {
      bridge.answers['keepDraft'] = answer
      rename(`x${shown.length}`)
      await nextTick()
      await vi.runAllTimersAsync()
      const { toasts, dismiss } = useToasts()
      shown.push(toasts.value.filter(({ text }) => text === 'The disk is full.').length)
      toasts.value.forEach(({ id }) => dismiss(id))
    }
    expect(shown).toEqual([1, 0, 0, 1])
  })

  test('hands unsaved text over where it would be replaced, and null where there is none', async () => {
    const file = await connected()
    await file.open()
    rename('x')
    await file.openAt('/labs/other.cnilab.yaml')
    expect(callsOf('openDocument')).toEqual([{ unsaved: null }])
    expect(callsOf('openDocumentAt')).toEqual([{ path: '/labs/other.cnilab.yaml', unsaved: useDocumentStore().text }])
  })

  test('leaves the open lab untouched when a file is refused, and says why', async () => {
    const file = await connected()
    bridge.answers['openDocument'] = () => ({
      ok: false,
      error: { code: 'document.invalid', message: 'This is no lab.', problems: [{ line: 3, message: 'Not YAML.' }] },
    })
    rename('x')
    await file.open()
    expect(useDocumentStore().outline.name).toBe('x')
    expect(useToasts().toasts.value).toMatchObject([{ tone: 'error', text: 'This is no lab. Line 3: Not YAML.' }])
  })

  test('counts what was saved as saved, and edits made meanwhile as not', async () => {
    const file = await connected()
    rename('x')
    bridge.answers['saveDocument'] = () => {
      rename('y')
      return { ok: true, value: { path: '/labs/x.cnilab.yaml', name: 'x' } }
    }
    await file.save(false)
    expect(useDocumentStore()).toMatchObject({ edited: true, fileName: 'x' })
    useDocumentStore().undo()
    expect(useDocumentStore().edited).toBe(false)
  })

  test('saves nothing before there is a document', async () => {
    const file = scope.run(() => useLabFile())!
    await file.save(false)
    expect(callsOf('saveDocument')).toEqual([])
  })

  test('answers a close of the window with what is unsaved', async () => {
    await connected()
    bridge.tell('closeRequested', null)
    rename('x')
    bridge.tell('closeRequested', null)
    expect(callsOf('closeWindow')).toEqual([{ unsaved: null }, { unsaved: useDocumentStore().text }])
  })

  test('passes items of the system’s menu on', async () => {
    const onMenuCommand = vi.fn()
    await connected(onMenuCommand)
    bridge.tell('menuCommand', { verb: 'undo' })
    expect(onMenuCommand).toHaveBeenCalledWith({ verb: 'undo' })
  })
})
