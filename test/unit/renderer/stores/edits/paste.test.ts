import { describe, expect, test } from 'vitest'

import { copyObjects, readCopied } from '#renderer/stores/edits/copy'
import { pasteObjects } from '#renderer/stores/edits/paste'
import type { ObjectId } from '#renderer/stores/outline'
import { readOutline } from '#renderer/stores/read-outline'
import { applyChange, checkDocument, type LabDocument } from '#shared/lab/index'

import { documentOf, sampleText } from '../../support/sample-lab'

const placeOf = (): { x: number; y: number } => ({ x: 100, y: 40 })

/** Copies things of one document and pastes them into another, or into the same. */
function paste(ids: readonly ObjectId[], from: LabDocument = documentOf(), into: LabDocument = from) {
  const copied = copyObjects(readOutline(from.value), ids, placeOf)!
  const pasting = pasteObjects(into, readOutline(into.value), copied, { x: 24, y: 24 }, 'Paste')
  const { document } = applyChange(into, pasting.change)
  return { ...pasting, document, outline: readOutline(document.value) }
}

describe('pasting', () => {
  test('gives copies free names and puts them beside the originals', () => {
    const { ids, change, outline } = paste(['node:node-1', 'workload:default/client'])
    expect(ids).toEqual(['node:node-3', 'workload:default/client-1'])
    expect(change.label).toBe('Paste 2 things')
    expect(outline.places.nodes.get('node-3')).toEqual({ x: 124, y: 64 })
  })

  test('keeps a copied node linked to its switch, and copied pods on the copied node', () => {
    const { outline } = paste(['node:node-1', 'workload:default/client'])
    expect(outline.byId.has('uplink:node-3~tor-a')).toBe(true)
    expect(outline.workloads.at(-1)!.nodes).toEqual(['node-3'])
  })

  test('copies a rack with what stands in it, linked inside and to the same spine', () => {
    const { ids, outline } = paste(['rack:a'])
    expect(ids).toEqual(['rack:a-1', 'switch:tor-a-1', 'node:node-3'])
    expect(outline.nodes.at(-1)).toMatchObject({ name: 'node-3', rack: 'a-1' })
    expect(outline.byId.has('uplink:node-3~tor-a-1')).toBe(true)
    expect(outline.byId.has('link:tor-a-1~spine-1')).toBe(true)
  })

  test('drops links to things that the other lab does not have', () => {
    const other = documentOf('apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: other}\n')
    const { outline } = paste(['node:node-1'], documentOf(), other)
    expect(outline.nodes.map(({ name, rack, given }) => [name, rack, given['uplinks']])).toEqual([['node-1', undefined, undefined]])
  })

  test('gives a copied external host an address of its own', () => {
    const { outline } = paste(['external:host-1'])
    expect(outline.external.map(({ address }) => address)).toEqual(['203.0.113.10', '203.0.113.11'])
  })

  test('leaves a lab without new errors', () => {
    const { document } = paste(['rack:a', 'rack:b', 'external:host-1', 'workload:default/server', 'note:note-1'])
    expect(checkDocument(document).problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

describe('the clipboard', () => {
  test('gives back what was copied', () => {
    const copied = copyObjects(readOutline(documentOf().value), ['node:node-1', 'note:note-1'], placeOf)!
    expect(readCopied(JSON.stringify(copied))).toEqual(copied)
  })

  test.each(['', 'hello', '{}', '[]', sampleText, '{"format":"cnilab/copied/v2"}'])('passes over other content: %j', (text) => {
    expect(readCopied(text)).toBeUndefined()
  })

  test('takes nothing from a selection of links alone', () => {
    expect(copyObjects(readOutline(documentOf().value), ['link:tor-a~spine-1'], placeOf)).toBeUndefined()
  })
})
