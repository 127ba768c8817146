import { describe, expect, test } from 'vitest'

import { overlap, type Box } from '#renderer/designer/geometry'
import { layoutLab, type Boxes } from '#renderer/designer/layout'
import { placePods } from '#renderer/designer/pods'
import type { ObjectId } from '#renderer/stores/outline'

import { outlineOf, sampleText } from '../support/sample-lab'

function layout(text: string = sampleText, remembered: Boxes = new Map()): Boxes {
  const outline = outlineOf(text)
  return layoutLab(outline, placePods(outline), remembered)
}

const inside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height

const isCard = (id: ObjectId): boolean => !id.startsWith('rack:')

describe('the layout', () => {
  test('keeps what the file places where the file places it', () => {
    const boxes = layout()
    expect(boxes.get('rack:a')).toMatchObject({ x: 0, y: 200 })
    expect(boxes.get('note:note-1')).toMatchObject({ x: 600, y: 0 })
  })

  test('lays many workloads that no node runs out in about a square', () => {
    const lost = Array.from({ length: 100 }, (_, index) => `      - {name: lost-${index}, replicas: 1, nodes: [nowhere]}\n`).join('')
    const cards = [...layout(sampleText.replace(/( +workloads:\n)/u, `$1${lost}`))].filter(([id]) => id.startsWith('workload:')).map(([, box]) => box)
    expect(new Set(cards.map(({ y }) => y)).size).toBe(10)
    expect(new Set(cards.map(({ x }) => x)).size).toBe(10)
    expect(cards.every((card, index) => cards.slice(index + 1).every((other) => !overlap(card, other)))).toBe(true)
  })

  test('puts switches and nodes into their racks', () => {
    const boxes = layout()
    for (const [card, rack] of [['switch:tor-a', 'rack:a'], ['node:node-1', 'rack:a'], ['switch:tor-b', 'rack:b'], ['node:node-2', 'rack:b']] as const) {
      expect(inside(boxes.get(card)!, boxes.get(rack)!), card).toBe(true)
    }
  })

  test('draws top-of-rack switches above their nodes and spines above racks', () => {
    const boxes = layout()
    expect(boxes.get('switch:tor-b')!.y).toBeLessThan(boxes.get('node:node-2')!.y)
    expect(boxes.get('switch:spine-1')!.y).toBeLessThan(boxes.get('rack:b')!.y)
  })

  test('covers no card with another', () => {
    const nodes = Array.from({ length: 14 }, (_, index) => `    - {name: more-${index}${index % 2 ? ', rack: b' : ''}}`).join('\n')
    const cards = [...layout(sampleText.replace('  cluster:', `${nodes}\n  cluster:`))].filter(([id]) => isCard(id))
    for (const [index, [id, box]] of cards.entries()) {
      for (const [other, otherBox] of cards.slice(index + 1)) expect(overlap(box, otherBox), `${id} and ${other}`).toBe(false)
    }
  })

  test('stretches a rack to what stands in it', () => {
    const text = sampleText.replace('  view:\n', '  view:\n    nodes: {node-1: {x: 700, y: 900}}\n')
    const boxes = layout(text)
    expect(inside(boxes.get('node:node-1')!, boxes.get('rack:a')!)).toBe(true)
  })

  test('leaves a rack that has its place as large as the file says while its members fit', () => {
    const text = sampleText.replace('{a: {x: 0, y: 200}}', '{a: {x: 0, y: 200, width: 336, height: 256}}')
      .replace('  cluster:', '    - {name: node-3, rack: a}\n    - {name: node-4, rack: a}\n  cluster:')
      .replace('  view:\n', '  view:\n    switches: {tor-a: {x: 80, y: 240}}\n    nodes: {node-1: {x: 16, y: 320}, node-3: {x: 40, y: 360}, node-4: {x: 60, y: 380}}\n')
    expect(layout(text).get('rack:a')).toEqual({ x: 0, y: 200, width: 336, height: 256 })
  })

  test('leaves what was laid out before where it was when something is added', () => {
    const before = layout()
    const after = layout(sampleText.replace('  cluster:', '    - {name: node-0, rack: b}\n  cluster:'), before)
    for (const [id, box] of before) if (isCard(id)) expect(after.get(id), id).toEqual(box)
  })

  test('places everything that can be drawn', () => {
    const outline = outlineOf()
    const drawn = [...outline.racks, ...outline.switches, ...outline.nodes, ...outline.external, ...outline.notes]
    expect([...layout().keys()].sort()).toEqual(drawn.map(({ id }) => id).sort())
  })
})

test('many racks are laid out in rows, about as wide as a window is', () => {
  const racks = Array.from({ length: 30 }, (_, index) => `{name: r${index}}`).join(', ')
  const boxes = layout(`spec: {fabric: {racks: [${racks}]}}`)
  const right = Math.max(...[...boxes.values()].map((box) => box.x + box.width))
  const left = Math.min(...[...boxes.values()].map((box) => box.x))
  const bottom = Math.max(...[...boxes.values()].map((box) => box.y + box.height))
  expect((right - left) / bottom).toBeGreaterThan(1.2)
  expect((right - left) / bottom).toBeLessThan(2.6)
})
