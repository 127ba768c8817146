import type { ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'
import type { PlaceableKind } from '#renderer/stores/placeable'

import { centre, contains, type Point } from './geometry'
import type { Boxes } from './layout'

/** What is drawn, and at a point. */
function isAt(boxes: Boxes, id: ObjectId, point: Point): boolean {
  const box = boxes.get(id)
  return box !== undefined && contains(box, point)
}

/** The rack at a point; where racks overlap, the one drawn last. */
export function rackAt(outline: Outline, boxes: Boxes, point: Point, except: ReadonlySet<ObjectId> = new Set()): ObjectId | undefined {
  return outline.racks.findLast(({ id }) => !except.has(id) && isAt(boxes, id, point))?.id
}

/** The node at a point. */
export function nodeAt(outline: Outline, boxes: Boxes, point: Point): ObjectId | undefined {
  return outline.nodes.findLast(({ id }) => isAt(boxes, id, point))?.id
}

/** The namespace whose frame is at a point. */
export function namespaceAt(outline: Outline, boxes: Boxes, point: Point, except: ReadonlySet<ObjectId> = new Set()): ObjectId | undefined {
  return outline.namespaces.findLast(({ id }) => {
    const box = boxes.get(id)
    return box !== undefined && !except.has(id) && contains(box, point)
  })?.id
}

/** What a new thing of a kind would be put into at a point. */
export function dropTargetOf(outline: Outline, boxes: Boxes, kind: PlaceableKind, point: Point): ObjectId | undefined {
  switch (kind) {
    case 'node':
    case 'tor':
      return rackAt(outline, boxes, point)
    case 'workload':
      return nodeAt(outline, boxes, point) ?? namespaceAt(outline, boxes, point)
    case 'service':
    case 'policy':
      // Nodes lie over frames of namespaces.
      return workloadAt(outline, boxes, point) ?? nodeAt(outline, boxes, point) ?? namespaceAt(outline, boxes, point)
    default:
      return undefined
  }
}

/** The workload whose card is at a point. */
function workloadAt(outline: Outline, boxes: Boxes, point: Point): ObjectId | undefined {
  return outline.workloads.findLast(({ id }) => isAt(boxes, id, point))?.id
}

/**
 * In which rack moved switches and nodes stand now: the one under their middle. Only those that were moved by
 * themselves are named, not those that went along with their rack.
 */
export function racksAfterMove(outline: Outline, boxes: Boxes, places: ReadonlyMap<ObjectId, Point>): ReadonlyMap<ObjectId, string | null> {
  const moved = new Set(places.keys())
  const racks = new Map<ObjectId, string | null>()
  for (const item of [...outline.switches, ...outline.nodes]) {
    const place = boxes.has(item.id) ? places.get(item.id) : undefined
    const home = outline.racks.find(({ name }) => name === item.rack)
    if (place === undefined || (home !== undefined && moved.has(home.id))) continue
    const rack = rackAt(outline, boxes, centre({ ...boxes.get(item.id)!, ...place }), moved)
    racks.set(item.id, rack === undefined ? null : outline.byId.get(rack)!.name)
  }
  return racks
}

/**
 * Into which namespace moved objects have come: that whose frame is under their middle, where it is another one. Those
 * that went along with their frame, and those let go outside of all, stay where they belong.
 */
export function namespacesAfterMove(outline: Outline, boxes: Boxes, places: ReadonlyMap<ObjectId, Point>): Map<OutlineObject, string> {
  const moved = new Set(places.keys())
  const found = new Map<OutlineObject, string>()
  for (const item of [...outline.workloads, ...outline.services, ...outline.policies]) {
    const place = places.get(item.id)
    const box = boxes.get(item.id)
    if (place === undefined || box === undefined || item.namespace === undefined) continue
    const target = namespaceAt(outline, boxes, centre({ ...box, ...place }), moved)
    const name = target === undefined ? undefined : outline.byId.get(target)?.name
    if (name !== undefined && name !== item.namespace) found.set(item, name)
  }
  return found
}
