import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasItem } from './canvas-elements'
import { overlap, type Box } from './geometry'

/**
 * How much is drawn of a large lab: cards with their pods; cards of nodes; a mark for each node; racks that count what
 * they hold. Up to a few hundred things everything is drawn in full.
 */
export type Detail = 'all' | 'cards' | 'marks' | 'racks'

/** From how many things on a lab is drawn by level of detail. Beyond, elements of a page cost more than a frame has. */
export const LARGE_CANVAS = 300

/** Below these zooms pods, cards and marks are too small to be read or told apart. */
const LEAST_ZOOM = { cards: 0.3, marks: 0.09 } as const

/** How far beyond what is seen cards are kept, as a part of the view, so that panning finds them there. */
const MARGIN = 0.5

/** The level of detail for a number of things at a zoom. */
export function detailOf(items: number, zoom: number): Detail {
  if (items <= LARGE_CANVAS) return 'all'
  if (zoom >= LEAST_ZOOM.cards) return 'cards'
  return zoom >= LEAST_ZOOM.marks ? 'marks' : 'racks'
}

/** Which things are elements of the page: all; or containers, and the cards that are in or near the view. */
export function elementsOf(items: readonly CanvasItem[], detail: Detail, view: Box): ReadonlySet<ObjectId> {
  if (detail === 'all') return new Set(items.map(({ id }) => id))
  const near = { x: view.x - view.width * MARGIN, y: view.y - view.height * MARGIN, width: view.width * (1 + MARGIN * 2), height: view.height * (1 + MARGIN * 2) }
  return new Set(items.filter((item) => isContainer(item) || (detail === 'cards' && overlap(item.box, near))).map(({ id }) => id))
}

/** Whether a thing is drawn around others. */
export function isContainer({ kind }: CanvasItem): boolean {
  return kind === 'rack' || kind === 'namespace' || kind === 'group' || kind === 'shape'
}

/** The thing that is drawn last at a point, containers aside. */
export function itemAt(items: readonly CanvasItem[], { x, y }: { readonly x: number; readonly y: number }): CanvasItem | undefined {
  return items.findLast((item) => !isContainer(item) && x >= item.box.x && x <= item.box.x + item.box.width && y >= item.box.y && y <= item.box.y + item.box.height)
}
