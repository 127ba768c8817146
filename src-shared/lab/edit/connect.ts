import { LIST_PATHS } from '../list-paths'
import type { LabDocument } from '../parse/lab-document'
import { append } from './add'
import { edit, type LabEdit } from './edit'
import { elementAt, listAt, pathOf, type ElementRef } from './element'
import { selectWorkload, whyNotSelect } from './selectors'

/** Why two things cannot be linked; undefined where they can. */
export function whyNotConnect(document: LabDocument, a: ElementRef, b: ElementRef): string | undefined {
  const kinds = new Set([a.kind, b.kind])
  if (kinds.has('object') || kinds.has('workload')) return whyNotRelate(document, a, b)
  if (!kinds.has('switch')) return 'Links lead to a switch.'
  if ([a, b].some((end) => elementAt(document, end) === undefined)) return 'One end is not there.'
  if (kinds.size === 1)
    return 'name' in a && 'name' in b && a.name === b.name ? 'A switch cannot be linked to itself.' : undefined
  if (kinds.has('node') || kinds.has('external')) return undefined
  return `A ${a.kind === 'switch' ? b.kind : a.kind} has no network interface.`
}

function whyNotRelate(document: LabDocument, a: ElementRef, b: ElementRef): string | undefined {
  const [object, workload] = a.kind === 'object' ? [a, b] : [b, a]
  if (object.kind !== 'object') return 'A workload has no network interface.'
  return workload.kind === 'workload' ? whyNotSelect(document, object, workload) : 'Services and policies lead to workloads.'
}

/**
 * Links two switches, a node to a switch (an uplink), or an external host to a switch; makes a service or policy select
 * a workload. Throws an Error where
 * `whyNotConnect` has a reason.
 */
export function connect(document: LabDocument, a: ElementRef, b: ElementRef): LabEdit {
  const reason = whyNotConnect(document, a, b)
  if (reason !== undefined || !('name' in a) || !('name' in b)) throw new Error(reason)
  if (a.kind === 'object' || b.kind === 'object') return a.kind === 'object' ? selectWorkload(document, a, b) : selectWorkload(document, b, a)
  const [end, hub] = a.kind === 'switch' ? [b, a] : [a, b]
  const label = `Link ${a.name} to ${b.name}`
  if (end.kind === 'switch') {
    const index = listAt(document, LIST_PATHS.link).length
    return edit(label, [append(document, 'link', { ends: [a.name, b.name] })], [{ kind: 'link', index }])
  }
  const path = pathOf(document, end)!
  if (end.kind === 'external') return edit(label, [{ op: 'set', path: [...path, 'attach'], value: hub.name }], [end])
  const uplinks = [...path, 'uplinks']
  const index = listAt(document, uplinks).length
  return edit(
    label,
    [{ op: 'insert', path: uplinks, index, values: [{ switch: hub.name }] }],
    [{ kind: 'uplink', node: end.name, index }],
  )
}
