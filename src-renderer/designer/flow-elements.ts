import type { Edge, Node } from '@vue-flow/core'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasItem, CanvasLink } from './canvas-model'

/** A card as Vue Flow wants it. */
export type FlowNode = Node<CanvasItem> & Selectable

/** A line as Vue Flow wants it. Where it runs is not in it: that changes while a card is dragged, the line does not. */
export type FlowEdge = Edge<CanvasLink> & Selectable

/** Vue Flow takes this from what it is given, though its types say so only of what it makes of it. */
interface Selectable {
  readonly selected: boolean
}

/** Racks lie under the lines, all else above. Vue Flow lifts what stands in a rack one above it. */
const RACK_LEVEL = -2
const LINK_LEVEL = 0
const CARD_LEVEL = 2

/** Turns the canvas's items into Vue Flow's nodes: places in a rack count from the rack's corner. */
export function flowNodes(items: readonly CanvasItem[], selected: ReadonlySet<ObjectId>): FlowNode[] {
  const byId = new Map(items.map((item) => [item.id, item]))
  return items.map((item): FlowNode => {
    const rack = item.rack === undefined ? undefined : byId.get(item.rack)
    const origin = rack?.box ?? { x: 0, y: 0 }
    return {
      id: item.id,
      type: item.kind,
      data: item,
      position: { x: item.box.x - origin.x, y: item.box.y - origin.y },
      style: { width: `${item.box.width}px`, height: `${item.box.height}px` },
      ariaLabel: item.label,
      selected: selected.has(item.id),
      zIndex: item.kind === 'rack' ? RACK_LEVEL : CARD_LEVEL,
      ...(rack === undefined ? {} : { parentNode: rack.id }),
    }
  })
}

/** Turns the canvas's links into Vue Flow's edges. */
export function flowEdges(links: readonly CanvasLink[], selected: ReadonlySet<ObjectId>): FlowEdge[] {
  return links.map((link): FlowEdge => ({
    id: link.id,
    type: 'link',
    source: link.ends[0],
    target: link.ends[1],
    data: link,
    ariaLabel: link.label,
    selected: selected.has(link.id),
    zIndex: LINK_LEVEL,
    // Tab walks from card to card; the inspector lists the links of a card.
    focusable: false,
  }))
}
