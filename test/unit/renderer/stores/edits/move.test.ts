import { describe, expect, test } from 'vitest'

import { moveObjects } from '#renderer/stores/edits/move'
import type { ObjectId, Outline } from '#renderer/stores/outline'
import { readOutline } from '#renderer/stores/read-outline'
import { applyChange } from '#shared/lab/index'

import { documentOf, outlineOf, sampleText } from '../../support/sample-lab'

type Places = readonly (readonly [ObjectId, { readonly x: number; readonly y: number }])[]

function move(places: Places, racks: readonly (readonly [ObjectId, string | null])[] = [], text: string = sampleText): Outline {
  const document = documentOf(text)
  const change = moveObjects(document, outlineOf(text), new Map(places), new Map(racks))
  return readOutline(applyChange(document, change).document.value)
}

describe('moving', () => {
  test('writes whole pixels, also for things that had no place yet', () => {
    const { places } = move([['rack:a', { x: 10.4, y: 20.6 }], ['node:node-1', { x: 5, y: 6 }]])
    expect(places.racks.get('a')).toEqual({ x: 10, y: 21 })
    expect(places.nodes.get('node-1')).toEqual({ x: 5, y: 6 })
  })

  test('keeps size and lock of what it moves', () => {
    const text = sampleText.replace('{a: {x: 0, y: 200}}', '{a: {x: 0, y: 200, width: 500, locked: true}}')
    expect(move([['rack:a', { x: 1, y: 2 }]], [], text).places.racks.get('a')).toEqual({ x: 1, y: 2, width: 500, locked: true })
  })

  test('moves notes, which carry their own place', () => {
    expect(move([['note:note-1', { x: 1, y: 2 }]]).notes[0]!.placement).toEqual({ x: 1, y: 2 })
  })

  test('changes the rack of those that stand in another one now, or in none', () => {
    const { nodes } = move([], [['node:node-1', 'b'], ['node:node-2', null]])
    expect(nodes.map(({ rack }) => rack)).toEqual(['b', undefined])
  })

  test('of many things at once keeps the places of the others', () => {
    const nodes = Array.from({ length: 20 }, (_, index) => `    - {name: more-${index}}`).join('\n')
    const text = sampleText.replace('  cluster:', `${nodes}\n  cluster:`).replace('  view:\n', '  view:\n    nodes: {node-1: {x: 1, y: 1, locked: true}}\n')
    const many = Array.from({ length: 20 }, (_, index) => [`node:more-${index}`, { x: index, y: 0 }] as const)
    const { places } = move([...many, ['node:node-1', { x: 7, y: 7 }]], [], text)
    expect(places.nodes.size).toBe(21)
    expect([places.nodes.get('node-1'), places.nodes.get('more-19')]).toEqual([{ x: 7, y: 7, locked: true }, { x: 19, y: 0 }])
  })
})
