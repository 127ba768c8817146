import { describe, expect, test } from 'vitest'

import { dropTargetOf, racksAfterMove } from '#renderer/designer/drop-target'
import { centre, type Point } from '#renderer/designer/geometry'
import { layoutLab } from '#renderer/designer/layout'
import { placePods } from '#renderer/designer/pods'
import type { ObjectId } from '#renderer/stores/outline'

import { outlineOf } from '../support/sample-lab'

const outline = outlineOf()
const boxes = layoutLab(outline, placePods(outline), new Map())
const middleOf = (id: ObjectId): Point => centre(boxes.get(id)!)
const outside: Point = { x: -5000, y: -5000 }

describe('a new thing that is dropped', () => {
  test.each([
    ['node', 'rack:b', 'rack:b'],
    ['tor', 'rack:b', 'rack:b'],
    ['workload', 'node:node-1', 'node:node-1'],
    ['workload', 'rack:b', 'node:node-2'],
    ['policy', 'node:node-1', 'node:node-1'],
    ['service', 'node:node-1', 'node:node-1'],
    ['spine', 'rack:b', undefined],
    ['note', 'node:node-1', undefined],
  ] as const)('a %s on %s goes into %s', (kind, on, into) => {
    const at = kind === 'workload' && on === 'rack:b' ? middleOf('node:node-2') : middleOf(on)
    expect(dropTargetOf(outline, boxes, kind, at)).toBe(into)
  })
})

describe('a card that is moved', () => {
  test('stands in the rack under its middle, or in none', () => {
    expect([...racksAfterMove(outline, boxes, new Map([['node:node-1', boxes.get('rack:b')!]]))]).toEqual([['node:node-1', 'b']])
    expect([...racksAfterMove(outline, boxes, new Map([['node:node-1', outside]]))]).toEqual([['node:node-1', null]])
  })

  test('stays in its rack when it goes along with it', () => {
    const places = new Map<ObjectId, Point>([['rack:a', boxes.get('rack:b')!], ['node:node-1', boxes.get('node:node-2')!]])
    expect(racksAfterMove(outline, boxes, places).size).toBe(0)
  })
})
