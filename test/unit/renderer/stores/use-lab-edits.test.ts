import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import { nextTick } from 'vue'

import { useToasts } from '#renderer/composables/useToasts'
import { useDocumentStore } from '#renderer/stores/document'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import { addRack } from '#shared/lab/index'

import { sampleText } from '../support/sample-lab'

beforeEach(() => {
  setActivePinia(createPinia())
  useDocumentStore().show({ path: null, name: 'sample', text: sampleText, edited: false, problems: [] })
})

describe('edits', () => {
  test('select what they make', () => {
    useLabEdits().edit((document) => addRack(document))
    expect([...useSelectionStore().ids]).toEqual(['rack:rack-1'])
  })

  test('delete a switch with its links as one step, and offer to take it back', async () => {
    const [document, edits, selection] = [useDocumentStore(), useLabEdits(), useSelectionStore()]
    selection.select(['switch:tor-a', 'node:node-2'])
    edits.remove(['switch:tor-a'])
    expect(document.outline.links.map(({ id }) => id)).toEqual(['link:tor-b~spine-1', 'uplink:node-2~tor-b', 'attachment:host-1'])
    await nextTick()
    expect([...selection.ids]).toEqual(['node:node-2'])

    const toast = useToasts().toasts.value.at(-1)!
    expect(toast.text).toBe('Deleted tor-a and 2 more that depended on it')
    toast.action!.run()
    expect(document.text).toBe(sampleText)
  })

  test('withdraw the offer to take a deletion back with the next edit', async () => {
    const edits = useLabEdits()
    edits.remove(['node:node-1'])
    const texts = (): readonly string[] => useToasts().toasts.value.map(({ text }) => text)
    expect(texts()).toContain('Deleted node-1 and 1 more that depended on it')
    edits.undo()
    await nextTick()
    expect(texts()).not.toContain('Deleted node-1 and 1 more that depended on it')
  })

  test('take an external host off its switch without deleting it', () => {
    useLabEdits().remove(['attachment:host-1'])
    expect(useDocumentStore().outline.external).toMatchObject([{ name: 'host-1', attach: undefined }])
  })

  test('change a field of several things as one step', () => {
    const document = useDocumentStore()
    useLabEdits().setAll(document.outline.nodes, ['nic', 'mtu'], 9000, 'Change MTU')
    expect(document.outline.nodes.map(({ given }) => given['nic'])).toEqual([{ rate: '10Gbit', mtu: 9000 }, { mtu: 9000 }])
    expect(document.undo()).toBe('Change MTU of 2 things')
    expect(document.text).toBe(sampleText)
  })

  test('rename a thing wherever it is named, and keep it selected', () => {
    const [document, edits, selection] = [useDocumentStore(), useLabEdits(), useSelectionStore()]
    edits.rename(document.outline.byId.get('workload:default/client')!, 'sender')
    expect([...selection.ids]).toEqual(['workload:default/sender'])
    expect(document.text).toContain('from: {pod: default/sender-0}')
  })

  test('refuse names that are taken', () => {
    const node = useDocumentStore().outline.nodes[0]!
    expect(useLabEdits().whyNotRename(node, 'node-2')).toBeDefined()
    expect(useLabEdits().whyNotRename(node, 'node-9')).toBeUndefined()
  })

  test('link a node to a switch, and say why two nodes can’t be linked', () => {
    const [document, edits] = [useDocumentStore(), useLabEdits()]
    expect(edits.whyNotLink('node:node-1', 'node:node-2')).not.toBe('')
    edits.link('node:node-1', 'node:node-2')
    expect(document.undoLabel).toBeUndefined()
    edits.link('node:node-1', 'switch:tor-b')
    expect(document.outline.byId.has('uplink:node-1~tor-b')).toBe(true)
  })
})
