import type { Edge, Node } from '@vue-flow/core'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasItem, CanvasLink, CanvasRelation } from './canvas-elements'

/** A card as Vue Flow wants it. */
export type FlowNode = Node<CanvasItem> & Selectable

/** A line as Vue Flow wants it. Where it runs is not in it: that changes while a card is dragged, the line does not. */
export type FlowEdge = Edge<CanvasLink> & Selectable

/** Vue Flow takes this from what it is given, though its types say so only of what it makes of it. */
interface Selectable {
  readonly selected: boolean
}

/** Shapes lie under containers, these under the lines, all else above. Vue Flow lifts what stands in a container one above it. */
const SHAPE_LEVEL = -8
const GROUP_LEVEL = -6
const RACK_LEVEL = -4
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
      ...(item.locked ? { draggable: false } : {}),
      zIndex: levelOf(item),
      ...(rack === undefined ? {} : { parentNode: rack.id }),
    }
  })
}

function levelOf(item: CanvasItem): number {
  switch (item.kind) {
    case 'shape':
      return SHAPE_LEVEL
    case 'group':
      return item.collapsed ? CARD_LEVEL : GROUP_LEVEL
    case 'rack':
    case 'namespace':
      return item.collapsed ? CARD_LEVEL : RACK_LEVEL
    default:
      return CARD_LEVEL
  }
}

/** Turns relations into Vue Flow's edges, which are looked at only. */
export function flowRelations(relations: readonly CanvasRelation[]): Edge<CanvasRelation>[] {
  return relations.map((relation) => ({
    id: relation.id, type: 'relation', source: relation.ends[0], target: relation.ends[1], data: relation,
    selectable: false, focusable: false, zIndex: LINK_LEVEL,
  }))
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
