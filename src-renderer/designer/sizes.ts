import type { PlaceableKind } from '#renderer/stores/placeable'

/** Sizes of what is drawn, in pixels at zoom 1. Styles of the items rely on them; all are multiples of the grid. */

/** Switches and external hosts. */
export const SMALL_CARD = { width: 160, height: 48 } as const

/** Nodes: the width, and the height without pods. */
export const NODE_CARD = { width: 176, height: 48 } as const

/** A row of a node's pods, the gap below it included. */
export const POD_ROW = 24

/** Room around the rows of pods in a node: above and below together. */
export const POD_PADDING = 8

/** Rows of pods that a node shows; the last one says how many more there are. */
export const MOST_POD_ROWS = 5

/** A note whose size is not given. */
export const NOTE_CARD = { width: 200, height: 88 } as const

/** Room between a rack's edge and what stands in it. */
export const RACK_PADDING = { top: 40, side: 16, bottom: 16 } as const

/** A container that is drawn as a badge. */
export const BADGE = { width: 176, height: 48 } as const

/** A shape whose size is not given. */
export const SHAPE = { width: 240, height: 160 } as const

/** Room between the frame of a group and what it holds. */
export const GROUP_PADDING = { top: 28, side: 12, bottom: 12 } as const

/** The smallest rack. */
export const RACK_MINIMUM = { width: 208, height: 136 } as const

/** Room that automatic layout leaves between things. */
export const LAYOUT_GAP = { x: 24, y: 40 } as const

/** The size of a new thing of a kind. */
export function sizeOfKind(kind: PlaceableKind): { readonly width: number; readonly height: number } {
  switch (kind) {
    case 'rack':
      return RACK_MINIMUM
    case 'node':
      return NODE_CARD
    case 'note':
      return NOTE_CARD
    case 'rectangle':
    case 'ellipse':
    case 'arrow':
      return SHAPE
    case 'namespace':
      return RACK_MINIMUM
    case 'tor':
    case 'spine':
    case 'workload':
    case 'service':
    case 'policy':
    case 'external':
      return SMALL_CARD
  }
}
