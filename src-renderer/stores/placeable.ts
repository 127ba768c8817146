/** Kinds of things that can be taken from the palette. */
export const PLACEABLE_KINDS = ['rack', 'tor', 'spine', 'node', 'workload', 'external', 'note'] as const

/** A kind of thing that can be taken from the palette. */
export type PlaceableKind = (typeof PLACEABLE_KINDS)[number]

/** What kinds are called where they are offered and in the history. */
export const PLACEABLE_NAMES: Readonly<Record<PlaceableKind, string>> = {
  rack: 'Rack',
  tor: 'ToR switch',
  spine: 'Spine switch',
  node: 'Node',
  workload: 'Workload',
  external: 'External host',
  note: 'Note',
}

/** The type of drag data that carries a `PlaceableKind`. */
export const PLACEABLE_DRAG_TYPE = 'application/x-cnilab-placeable'

/** The type of drag data that carries pods: the id of their workload and of the node they are on. */
export const PODS_DRAG_TYPE = 'application/x-cnilab-pods'

/** Whether a text names a kind. */
export function isPlaceableKind(text: string): text is PlaceableKind {
  return (PLACEABLE_KINDS as readonly string[]).includes(text)
}
