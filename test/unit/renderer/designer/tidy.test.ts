import ELK from 'elkjs/lib/elk.bundled.js'
import { describe, expect, test } from 'vitest'

import type { CanvasModel } from '#renderer/designer/canvas-elements'
import { canvasModel } from '#renderer/designer/canvas-model'
import { contains } from '#renderer/designer/geometry'
import { layoutLab } from '#renderer/designer/layout'
import { placePods } from '#renderer/designer/pods'
import { elkGraph, placesOf } from '#renderer/designer/tidy/elk-graph'
import type { ObjectId } from '#renderer/stores/outline'

import { outlineOf, sampleText } from '../support/sample-lab'

function modelOf(text: string = sampleText): CanvasModel {
  const outline = outlineOf(text)
  const pods = placePods(outline)
  return canvasModel(outline, pods, layoutLab(outline, pods, new Map()), new Map())
}

describe('tidying up', () => {
  test('puts hosts and spines above top-of-rack switches and these above their nodes, each in its rack', async () => {
    const graph = await new ELK().layout(elkGraph(modelOf()))
    const places = placesOf(graph)
    const y = (id: ObjectId): number => places.get(id)!.y
    expect(y('external:host-1')).toBeLessThan(y('switch:spine-1'))
    expect(y('switch:spine-1')).toBeLessThan(y('switch:tor-a'))
    expect(y('switch:tor-a')).toBeLessThan(y('node:node-1'))
    const rack = graph.children!.find(({ id }) => id === 'rack:a')!
    expect(contains({ ...places.get('rack:a')!, width: rack.width!, height: rack.height! }, places.get('node:node-1')!)).toBe(true)
  })

  test('leaves notes and what is locked where they are', () => {
    const locked = sampleText.replace('racks: {a: {x: 0, y: 200}}', 'switches: {spine-1: {x: 0, y: 0, locked: true}}')
    const ids = elkGraph(modelOf(locked)).children!.map(({ id }) => id)
    expect(ids).not.toContain('note:note-1')
    expect(ids).not.toContain('switch:spine-1')
  })

  test('of some things is about these, and what stands in them', () => {
    const graph = elkGraph(modelOf(), new Set<ObjectId>(['rack:a', 'switch:spine-1']))
    expect(graph.children!.map(({ id }) => id).toSorted()).toEqual(['rack:a', 'switch:spine-1'])
    expect(graph.children!.find(({ id }) => id === 'rack:a')!.children).toHaveLength(2)
  })
})
