import { describe, expect, test } from 'vitest'

import { linkableKinds, placeLinked, placeObject } from '#renderer/stores/edits/place'
import type { ObjectId } from '#renderer/stores/outline'
import { PLACEABLE_KINDS, type PlaceableKind } from '#renderer/stores/placeable'
import { readOutline } from '#renderer/stores/read-outline'
import { applyChange, checkDocument } from '#shared/lab/index'

import { documentOf, outlineOf } from '../../support/sample-lab'

const outline = outlineOf()

function linksAfter(kind: PlaceableKind, into: ObjectId | undefined, from: ObjectId): readonly string[] {
  const document = documentOf()
  const edit = placeLinked(document, kind, { x: 0, y: 0 }, into && outline.byId.get(into), outline.byId.get(from)!)
  const before = new Set(outline.links.map(({ id }) => id))
  return readOutline(applyChange(document, edit).document.value).links.map(({ id }) => id).filter((id) => !before.has(id))
}

describe('a new thing', () => {
  test.each(PLACEABLE_KINDS.filter((kind) => kind !== 'external'))('of kind %s leaves a lab without errors', (kind) => {
    const document = documentOf()
    const { document: after } = applyChange(document, placeObject(document, kind, { x: 1.5, y: 2 }, outline.byId.get('rack:a')))
    expect(checkDocument(after).problems.filter(({ code, severity }) => severity === 'error' && code !== 'not-modelled')).toEqual([])
  })

  test.each(['service', 'policy'] as const)('of kind %s has a place of its own, but on no node or workload', (kind) => {
    const placed = (into: ObjectId | undefined): unknown => {
      const document = documentOf()
      const edit = placeObject(document, kind, { x: 7, y: 9 }, into && outline.byId.get(into))
      return JSON.stringify(applyChange(document, edit).document.value).includes('"x":7')
    }
    expect([placed(undefined), placed('node:node-1'), placed('workload:default/server')]).toEqual([true, false, false])
  })

  test('at the end of a line is linked to where the line came from', () => {
    expect(linksAfter('node', undefined, 'switch:tor-a')).toEqual(['uplink:node-3~tor-a'])
    expect(linksAfter('spine', undefined, 'switch:tor-a')).toEqual(['link:tor-a~spine-2'])
    expect(linksAfter('tor', undefined, 'node:node-1')).toEqual(['uplink:node-1~tor-1'])
    expect(linksAfter('external', undefined, 'switch:spine-1')).toEqual(['attachment:external-1'])
  })

  test('in a rack is linked once to the rack’s switch, and to another one as well', () => {
    expect(linksAfter('node', 'rack:a', 'switch:tor-a')).toEqual(['uplink:node-3~tor-a'])
    expect(linksAfter('node', 'rack:a', 'switch:tor-b')).toEqual(['uplink:node-3~tor-a', 'uplink:node-3~tor-b'])
  })

  test('is offered at the end of a line only where the line may lead to it', () => {
    expect(linkableKinds(outline.byId.get('node:node-1')!)).toEqual(['tor', 'spine'])
    expect(linkableKinds(outline.byId.get('rack:a')!)).toEqual([])
  })
})
