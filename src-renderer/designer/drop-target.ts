import type { ObjectId, Outline } from '#renderer/stores/outline'
import type { PlaceableKind } from '#renderer/stores/placeable'

import { centre, contains, type Point } from './geometry'
import type { Boxes } from './layout'

/** The rack at a point; where racks overlap, the one drawn last. */
export function rackAt(outline: Outline, boxes: Boxes, point: Point, except: ReadonlySet<ObjectId> = new Set()): ObjectId | undefined {
  return outline.racks.findLast(({ id }) => !except.has(id) && contains(boxes.get(id)!, point))?.id
}

/** The node at a point. */
export function nodeAt(outline: Outline, boxes: Boxes, point: Point): ObjectId | undefined {
  return outline.nodes.findLast(({ id }) => contains(boxes.get(id)!, point))?.id
}

/** What a new thing of a kind would be put into at a point. */
export function dropTargetOf(outline: Outline, boxes: Boxes, kind: PlaceableKind, point: Point): ObjectId | undefined {
  switch (kind) {
    case 'node':
    case 'tor':
      return rackAt(outline, boxes, point)
    case 'workload':
      return nodeAt(outline, boxes, point)
    default:
      return undefined
  }
}

/**
 * In which rack moved switches and nodes stand now: the one under their middle. Only those that were moved by
 * themselves are named, not those that went along with their rack.
 */
export function racksAfterMove(outline: Outline, boxes: Boxes, places: ReadonlyMap<ObjectId, Point>): ReadonlyMap<ObjectId, string | null> {
  const moved = new Set(places.keys())
  const racks = new Map<ObjectId, string | null>()
  for (const item of [...outline.switches, ...outline.nodes]) {
    const place = places.get(item.id)
    const home = outline.racks.find(({ name }) => name === item.rack)
    if (place === undefined || (home !== undefined && moved.has(home.id))) continue
    const rack = rackAt(outline, boxes, centre({ ...boxes.get(item.id)!, ...place }), moved)
    racks.set(item.id, rack === undefined ? null : outline.byId.get(rack)!.name)
  }
  return racks
}
