import type { LabOperation } from '#shared/lab/index'

import type { ObjectId, Outline, OutlineObject } from '../outline'
import { placePath } from './places'
import { set, setOrRemove } from './operations'

/** A new place for a thing. */
export interface Move {
  readonly x: number
  readonly y: number
  readonly width?: number
  readonly height?: number
}

/**
 * Moves things to new places. `racks` says for switches and nodes which rack they stand in now (null: none); things it
 * does not name stay where they were.
 */
export function moveObjects(
  outline: Outline,
  moves: ReadonlyMap<ObjectId, Move>,
  racks: ReadonlyMap<ObjectId, string | null> = new Map(),
): readonly LabOperation[] {
  return [
    ...[...moves].flatMap(([id, move]) => placeStep(outline.byId.get(id), outline, move)),
    ...[...racks].flatMap(([id, rack]) => rackStep(outline.byId.get(id), rack)),
  ]
}

function placeStep(object: OutlineObject | undefined, outline: Outline, { x, y, width, height }: Move): LabOperation[] {
  const path = object && placePath(object)
  if (object === undefined || path === undefined) return []
  const position = { x: Math.round(x), y: Math.round(y) }
  const size = { ...(width === undefined ? {} : { width: Math.round(width) }), ...(height === undefined ? {} : { height: Math.round(height) }) }
  const key = path.slice(-2) as [keyof Outline['places'], string]
  const known = object.kind === 'note' || outline.places[key[0]].has(key[1])
  if (!known) return [set(path, { ...position, ...size })]
  return Object.entries({ ...position, ...size }).map(([name, value]) => set([...path, name], value))
}

function rackStep(object: OutlineObject | undefined, rack: string | null): LabOperation[] {
  if (object?.kind !== 'switch' && object?.kind !== 'node') return []
  if ((object.given['rack'] ?? null) === rack) return []
  return [setOrRemove([...object.path, 'rack'], rack ?? undefined)]
}
