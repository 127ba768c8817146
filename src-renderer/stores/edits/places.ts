import type { DocumentPath, PlacedKind } from '#shared/lab/index'

import type { OutlineObject } from '../outline'

/** Under which list and name the view of the file keeps a thing's place. */
export interface PlaceKey {
  readonly kind: PlacedKind
  readonly name: string
}

/** Where a thing's place is kept; undefined for things without one, and for notes, which carry their own. */
export function placeKey({ kind, name, id }: Pick<OutlineObject, 'kind' | 'name' | 'id'>): PlaceKey | undefined {
  switch (kind) {
    case 'rack':
      return { kind: 'racks', name }
    case 'switch':
      return { kind: 'switches', name }
    case 'node':
      return { kind: 'nodes', name }
    case 'external':
      return { kind: 'external', name }
    case 'workload':
      return { kind: 'workloads', name: id.slice('workload:'.length) }
    default:
      return undefined
  }
}

/** The path of a thing's place in the file: of the mapping with its `x` and `y`. */
export function placePath(object: OutlineObject): DocumentPath | undefined {
  if (object.kind === 'note') return object.path
  const key = placeKey(object)
  return key && ['spec', 'view', key.kind, key.name]
}
