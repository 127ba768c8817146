import fc from 'fast-check'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import { useDocumentStore } from '#renderer/stores/document'
import { moveObjects } from '#renderer/stores/edits/move'
import { placeObject } from '#renderer/stores/edits/place'
import { PLACEABLE_KINDS } from '#renderer/stores/placeable'
import { addGroup, assignNamespace, bendLink, removeElements, renameElement, setField, pathOf } from '#shared/lab/index'

import { sampleText } from '../support/sample-lab'

function openStore(text: string = sampleText): ReturnType<typeof useDocumentStore> {
  setActivePinia(createPinia())
  const store = useDocumentStore()
  store.show({ path: '/labs/sample.cnilab.yaml', name: 'sample', text, edited: false, problems: [] })
  return store
}

describe('the document store', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  test('is edited from the first edit until it is saved, and again after the next', () => {
    const store = openStore()
    expect(store.edited).toBe(false)
    store.commit(setField(store.document!, ['metadata', 'name'], 'other'))
    expect(store.edited).toBe(true)
    store.saved({ path: '/labs/other.cnilab.yaml', name: 'other' }, store.text)
    expect([store.edited, store.fileName]).toEqual([false, 'other'])
    store.undo()
    expect(store.edited).toBe(true)
  })

  test('is as saved again once every edit was taken back', () => {
    const store = openStore()
    store.commit(setField(store.document!, ['metadata', 'name'], 'other'))
    store.undo()
    expect([store.edited, store.text]).toEqual([false, sampleText])
  })

  test('is edited when main recovered a draft', () => {
    const store = openStore()
    store.show({ path: null, name: 'Untitled', text: sampleText, edited: true, problems: [] })
    expect(store.edited).toBe(true)
  })

  test('offers the labels of what can be taken back and made again', () => {
    const store = openStore()
    store.commit({ ...setField(store.document!, ['metadata', 'name'], 'x'), label: 'Rename the lab' })
    expect([store.undoLabel, store.redoLabel]).toEqual(['Rename the lab', undefined])
    expect(store.undo()).toBe('Rename the lab')
    expect([store.undoLabel, store.redoLabel]).toEqual([undefined, 'Rename the lab'])
    expect(store.redo()).toBe('Rename the lab')
    expect(store.redo()).toBeUndefined()
  })

  test('does not count a change that changes nothing', () => {
    const store = openStore()
    store.commit(setField(store.document!, ['metadata', 'name'], 'sample'))
    expect(store.undoLabel).toBeUndefined()
  })

  test('finds problems a moment after an edit, and has no lab to run while there are errors', () => {
    const store = openStore()
    expect(store.lab).toBeDefined()
    store.commit(setField(store.document!, ['spec', 'nodes', 0, 'nic', 'mtu'], 10))
    expect(store.problems).toEqual([])
    vi.runAllTimers()
    expect(store.placedProblems).toMatchObject([{ code: 'mtu-out-of-range', target: 'node:node-1' }])
    expect(store.severities.get('node:node-1')).toBe('error')
    expect(store.lab).toBeUndefined()
  })

  test('starts with an empty history when another lab is opened', () => {
    const store = openStore()
    store.commit(setField(store.document!, ['metadata', 'name'], 'x'))
    store.show({ path: null, name: 'Untitled', text: sampleText, edited: false, problems: [] })
    expect(store.undo()).toBeUndefined()
  })
})

describe('any edits of the designer', () => {
  type Store = ReturnType<typeof useDocumentStore>

  /** Makes the edit that three numbers choose. */
  function edit(store: Store, [what, which, value]: readonly [number, number, number]): void {
    const document = store.document!
    const objects = [...store.outline.byId.values()].filter(({ kind }) => kind !== 'attachment')
    const object = objects[which % objects.length]
    if (object === undefined) return
    switch (what % 8) {
      case 0:
        store.commit(placeObject(document, PLACEABLE_KINDS[value % PLACEABLE_KINDS.length]!, { x: value, y: which }, object))
        break
      case 1:
        store.commit(moveObjects(document, store.outline, new Map([[object.id, { x: value, y: which }]]), new Map()))
        break
      case 2:
        store.commit(removeElements(document, [object.element]))
        break
      case 4:
        if (object.kind !== 'link' && object.kind !== 'uplink') return
        store.commit(bendLink(document, [object.name.split(' – ')[0]!, object.name.split(' – ')[1]!], 0, [{ x: value, y: which }]))
        break
      case 5:
        store.commit(addGroup(document, objects.slice(0, which).map(({ element }) => element)))
        break
      case 6:
        if ((object.kind === 'workload' || object.kind === 'service') && 'name' in object.element) store.commit(assignNamespace(document, object.element, `team-${value}`))
        break
      case 7:
        store.type(`${store.text}# typed ${value}\n`, `burst ${which}`)
        break
      case 3:
        // A namespace that is only mentioned is no entry to rename.
        if ('name' in object.element && pathOf(document, object.element) !== undefined) store.commit(renameElement(document, object.element, `renamed-${value}`))
    }
  }

  test('taken back leave the text as it was, and made again the text they led to', () => {
    const edits = fc.array(fc.tuple(fc.nat(7), fc.nat(40), fc.nat(400)), { maxLength: 12 })
    fc.assert(fc.property(edits, (chosen) => {
      const store = openStore()
      for (const one of chosen) edit(store, one)
      const after = store.text
      while (store.undo() !== undefined);
      expect(store.text).toBe(sampleText)
      while (store.redo() !== undefined);
      expect(store.text).toBe(after)
    }), { numRuns: 40 })
  }, 60_000)
})
