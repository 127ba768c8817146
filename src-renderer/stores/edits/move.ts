import { assignRack, moveElements, type LabChange, type LabDocument, type LabOperation, type PlacedKind } from '#shared/lab/index'

import type { ObjectId, Outline, OutlineObject } from '../outline'
import { describe } from './words'

interface Place {
  readonly x: number
  readonly y: number
}

const VIEW_KEYS: Readonly<Partial<Record<OutlineObject['kind'], PlacedKind>>> = {
  rack: 'racks', switch: 'switches', node: 'nodes', external: 'external',
}

/** From how many new places on the mapping that holds them is written as a whole: each new entry is a step of its own. */
const MANY = 4

/**
 * Moves things to new places, as one change. `racks` says for switches and nodes in which rack they stand now (null:
 * none); things it does not name stay where they were.
 */
export function moveObjects(
  document: LabDocument,
  outline: Outline,
  places: ReadonlyMap<ObjectId, Place>,
  racks: ReadonlyMap<ObjectId, string | null>,
): LabChange {
  const moved = [...places].flatMap(([id, { x, y }]) => {
    const object = outline.byId.get(id)
    return object === undefined ? [] : [{ object, placement: { x: Math.round(x), y: Math.round(y) } }]
  })
  const wholes = Object.values(VIEW_KEYS).filter((key) => moved.filter(({ object }) => isNewIn(outline, key, object)).length > MANY)
  const rest = moved.filter(({ object }) => !wholes.some((key) => VIEW_KEYS[object.kind] === key))
  const operations = [
    ...wholes.map((key): LabOperation => ({ op: 'set', path: ['spec', 'view', key], value: placesWith(outline, key, moved) })),
    ...moveElements(document, rest.map(({ object, placement }) => ({ element: object.element, placement }))).operations,
    ...[...racks].flatMap(([id, rack]) => {
      const object = outline.byId.get(id)
      return object === undefined ? [] : assignRack(document, [object.element], rack ?? undefined).operations
    }),
  ]
  return { label: `Move ${describe(moved.map(({ object }) => object))}`, operations }
}

function isNewIn(outline: Outline, key: PlacedKind, { kind, name }: OutlineObject): boolean {
  return VIEW_KEYS[kind] === key && !outline.places[key].has(name)
}

/** All places of a kind, those of the moved things anew. */
function placesWith(outline: Outline, key: PlacedKind, moved: readonly { readonly object: OutlineObject; readonly placement: Place }[]) {
  const all = new Map<string, Record<string, number | boolean>>([...outline.places[key]].map(([name, place]) => [name, { ...place }]))
  for (const { object, placement } of moved) {
    if (VIEW_KEYS[object.kind] === key) all.set(object.name, { ...all.get(object.name), ...placement })
  }
  return Object.fromEntries(all)
}
