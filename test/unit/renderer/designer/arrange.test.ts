import { describe, expect, test } from 'vitest'

import { align, distribute, sameSize } from '#renderer/designer/arrange'
import type { Boxes } from '#renderer/designer/layout'


const boxes: Boxes = new Map([
  ['node:a', { x: 0, y: 0, width: 100, height: 40 }],
  ['node:b', { x: 300, y: 20, width: 100, height: 40 }],
  ['node:c', { x: 120, y: 80, width: 60, height: 40 }],
])

describe('arranging', () => {
  test.each([
    ['left', [0, 0, 0], [0, 20, 80]],
    ['right', [300, 300, 340], [0, 20, 80]],
    ['top', [0, 300, 120], [0, 0, 0]],
    ['bottom', [0, 300, 120], [80, 80, 80]],
    ['centre', [150, 150, 170], [0, 20, 80]],
    ['middle', [0, 300, 120], [40, 40, 40]],
  ] as const)('aligns by the %s', (side, xs, ys) => {
    const places = [...align(boxes, side).values()]
    expect(places.map(({ x }) => x)).toEqual(xs)
    expect(places.map(({ y }) => y)).toEqual(ys)
  })

  test('spaces evenly between the outermost two', () => {
    expect(Object.fromEntries(distribute(boxes, 'x'))).toEqual({
      'node:a': { x: 0, y: 0 }, 'node:c': { x: 170, y: 80 }, 'node:b': { x: 300, y: 20 },
    })
  })

  test('makes things as wide, or as high, as the greatest, where they are', () => {
    expect([...sameSize(boxes, 'width').values()].map(({ x, width }) => [x, width])).toEqual([[0, 100], [300, 100], [120, 100]])
  })

  test('needs three things to space evenly', () => {
    expect(distribute(new Map([...boxes].slice(0, 2)), 'x').size).toBe(0)
  })
})
