import type { LabChange, LabOperation } from '#shared/lab/index'

import { asList, asObject } from '../given'
import type { ObjectId, Outline, OutlineObject } from '../outline'
import { append, set } from './operations'

/** What drawing a line between two things would do, or why it can do nothing. */
export type Linking =
  | { readonly legal: true; readonly change: LabChange }
  | { readonly legal: false; readonly reason: string }

/**
 * Links two things. Two switches get a link, a node gets an uplink, an external host is attached to the switch (and let
 * go from the one it was attached to). Everything else is refused with a reason for the user.
 */
export function linkObjects(outline: Outline, from: ObjectId, to: ObjectId): Linking {
  const a = outline.byId.get(from)
  const b = outline.byId.get(to)
  if (a === undefined || b === undefined) return refuse('There is nothing to link to.')
  if (a === b) return refuse('A link needs two ends.')
  const hub = b.kind === 'switch' ? b : a
  const end = hub === b ? a : b
  if (hub.kind !== 'switch') return refuse(whyNotWithoutSwitch(a, b))
  switch (end.kind) {
    case 'switch':
      return allow(`Link ${a.name} to ${b.name}`, append(outline, ['spec', 'fabric', 'links'], { ends: [a.name, b.name] }))
    case 'node':
      return linkNode(outline, end, hub)
    case 'external':
      if (end.given['attach'] === hub.name) return refuse(`${end.name} is attached to ${hub.name} already.`)
      return allow(`Attach ${end.name} to ${hub.name}`, set([...end.path, 'attach'], hub.name))
    default:
      return refuse(whyNotWithoutSwitch(a, b))
  }
}

function linkNode(outline: Outline, node: OutlineObject, hub: OutlineObject): Linking {
  const linked = asList(node.given['uplinks']).some((uplink) => asObject(uplink)['switch'] === hub.name)
  if (linked) return refuse(`${node.name} is linked to ${hub.name} already.`)
  return allow(`Link ${node.name} to ${hub.name}`, append(outline, [...node.path, 'uplinks'], { switch: hub.name }))
}

function allow(label: string, operation: LabOperation): Linking {
  return { legal: true, change: { label, operations: [operation] } }
}

function refuse(reason: string): Linking {
  return { legal: false, reason }
}

function whyNotWithoutSwitch(a: OutlineObject, b: OutlineObject): string {
  const kinds = new Set([a.kind, b.kind])
  if (kinds.has('rack')) return 'A rack has no ports; link a switch in it.'
  if (kinds.has('note')) return 'A note has no ports.'
  if (kinds.has('workload')) return 'Pods reach the network through their node.'
  if (kinds.has('node')) return 'Nodes are linked through a switch.'
  return 'External hosts are linked to a switch.'
}
