import {
  addExternal, addNamespace, addNode, addNote, addPolicy, addRack, addService, addShape, addSwitch, addWorkload, applyChange, connect, elementAt, whyNotConnect,
  type LabDocument, type LabEdit, type PlainMapping,
} from '#shared/lab/index'

import { asList, asObject, asText } from '../given'
import type { OutlineObject } from '../outline'
import type { PlaceableKind } from '../placeable'

/** Puts a new thing from the palette on the canvas, into a rack or node where it was put on one. */
export function placeObject(
  document: LabDocument,
  kind: PlaceableKind,
  at: { readonly x: number; readonly y: number },
  into: OutlineObject | undefined,
): LabEdit {
  const placement = { x: Math.round(at.x), y: Math.round(at.y) }
  const rack = into?.kind === 'rack' ? { rack: into.name } : {}
  switch (kind) {
    case 'rack':
      return addRack(document, { placement })
    case 'tor':
      return addSwitch(document, { role: 'tor', placement, ...rack })
    case 'spine':
      return addSwitch(document, { role: 'spine', placement })
    case 'node':
      return addNode(document, { placement, ...rack })
    case 'workload':
      // On a node its pods are drawn there, so it needs no place of its own.
      return into?.kind === 'node'
        ? addWorkload(document, { nodes: [into.name] })
        : addWorkload(document, { placement, namespace: into?.kind === 'namespace' ? into.name : undefined })
    case 'namespace':
      return addNamespace(document, { placement: { ...placement, ...RACK_SIZE } })
    case 'service':
      return addService(document, objectPlace(into, placement))
    case 'policy':
      return addPolicy(document, objectPlace(into, placement))
    case 'external':
      return addExternal(document, { placement })
    case 'note':
      return addNote(document, { text: '', placement })
    case 'rectangle':
    case 'ellipse':
    case 'arrow':
      return addShape(document, { form: kind, placement: { ...placement, ...SHAPE_SIZE[kind] } })
  }
}

const RACK_SIZE = { width: 400, height: 160 }
const SHAPE_SIZE = { rectangle: { width: 240, height: 160 }, ellipse: { width: 200, height: 120 }, arrow: { width: 160, height: 48 } } as const

/**
 * An object is about the workload it was put on, and in its namespace. On a workload or a node it would hide what is
 * there, so that the layout finds its place.
 */
function objectPlace(into: OutlineObject | undefined, placement: { readonly x: number; readonly y: number }) {
  if (into?.kind === 'workload') {
    return { workload: into.given as PlainMapping, namespace: asText(into.given['namespace'], 'default') }
  }
  if (into?.kind === 'node') return {}
  return { placement, namespace: into?.kind === 'namespace' ? into.name : undefined }
}

/** Kinds that a line from a thing can lead to when it is let go over the empty canvas. */
export function linkableKinds(from: OutlineObject): readonly PlaceableKind[] {
  if (from.kind === 'workload') return ['service', 'policy']
  if (from.kind === 'switch') return ['node', 'tor', 'spine', 'external']
  return from.kind === 'node' || from.kind === 'external' ? ['tor', 'spine'] : []
}

/** Puts a new thing on the canvas and links it, as one edit. */
export function placeLinked(
  document: LabDocument,
  kind: PlaceableKind,
  at: { readonly x: number; readonly y: number },
  into: OutlineObject | undefined,
  from: OutlineObject,
): LabEdit {
  // A service or policy begins with what it is drawn from.
  const placed = placeObject(document, kind, at, from.kind === 'workload' ? from : into)
  const [element] = placed.selects
  const after = applyChange(document, placed).document
  // A node in a rack is linked to the rack's switch already.
  const uplinks = asList(element && elementAt(after, element)?.['uplinks'])
  const linked = uplinks.some((uplink) => asObject(uplink)['switch'] === from.name)
  if (element === undefined || linked || from.kind === 'workload' || whyNotConnect(after, from.element, element) !== undefined) return placed
  const link = connect(after, from.element, element)
  return { ...placed, label: `${placed.label} linked to ${from.name}`, operations: [...placed.operations, ...link.operations] }
}
