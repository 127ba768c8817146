import { assignRack, moveElements, type LabChange, type LabDocument } from '#shared/lab/index'

import type { ObjectId, Outline } from '../outline'
import { describe } from './words'

/**
 * Moves things to new places, as one change. `racks` says for switches and nodes in which rack they stand now (null:
 * none); things it does not name stay where they were.
 */
export function moveObjects(
  document: LabDocument,
  outline: Outline,
  places: ReadonlyMap<ObjectId, { readonly x: number; readonly y: number }>,
  racks: ReadonlyMap<ObjectId, string | null>,
): LabChange {
  const moved = [...places].flatMap(([id, { x, y }]) => {
    const object = outline.byId.get(id)
    return object === undefined ? [] : [{ object, placement: { x: Math.round(x), y: Math.round(y) } }]
  })
  const changes = [moveElements(document, moved.map(({ object, placement }) => ({ element: object.element, placement })))]
  for (const [id, rack] of racks) {
    const object = outline.byId.get(id)
    if (object !== undefined) changes.push(assignRack(document, [object.element], rack ?? undefined))
  }
  return {
    label: `Move ${describe(moved.map(({ object }) => object))}`,
    operations: changes.flatMap(({ operations }) => operations),
  }
}
