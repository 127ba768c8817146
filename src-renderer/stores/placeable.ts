/** Kinds of things that can be taken from the palette. */
export const PLACEABLE_KINDS = ['rack', 'tor', 'spine', 'external', 'node', 'workload', 'namespace', 'service', 'policy', 'note', 'rectangle', 'ellipse', 'arrow'] as const

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
  namespace: 'Namespace',
  service: 'Service',
  policy: 'Network policy',
  note: 'Note',
  rectangle: 'Rectangle',
  ellipse: 'Ellipse',
  arrow: 'Arrow',
}

/** The icons that stand for kinds. */
export const PLACEABLE_ICONS = {
  rack: 'rack', tor: 'switch', spine: 'spine', external: 'external', node: 'node', workload: 'workload', namespace: 'namespace',
  service: 'service', policy: 'policy', note: 'note', rectangle: 'shape', ellipse: 'shape', arrow: 'arrowRight',
} as const satisfies Readonly<Record<PlaceableKind, string>>

/** The type of drag data that carries a `PlaceableKind`. */
export const PLACEABLE_DRAG_TYPE = 'application/x-cnilab-placeable'

/** The type of drag data that carries pods: the id of their workload and of the node they are on. */
export const PODS_DRAG_TYPE = 'application/x-cnilab-pods'

/** Whether a text names a kind. */
export function isPlaceableKind(text: string): text is PlaceableKind {
  return (PLACEABLE_KINDS as readonly string[]).includes(text)
}
