import {
  addExternal, addNode, addNote, addRack, addSwitch, addWorkload, type LabDocument, type LabEdit,
} from '#shared/lab/index'

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
      return into?.kind === 'node' ? addWorkload(document, { nodes: [into.name] }) : addWorkload(document, { placement })
    case 'external':
      return addExternal(document, { placement })
    case 'note':
      return addNote(document, { text: '', placement })
  }
}
