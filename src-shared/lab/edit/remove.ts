import type { LabOperation } from '../change/lab-change'
import { isList, valueAt } from '../change/plain-value'
import { isWithin, type DocumentPath } from '../document-path'
import { LIST_PATHS } from '../list-paths'
import { mentionsIn, parsePodName, type Mention } from '../mentions'
import type { LabDocument } from '../parse/lab-document'
import { DEFAULT_NAMESPACE } from '../record/cluster'
import { edit, type LabEdit } from './edit'
import { elementKey, listAt, nameOf, pathOf, textOf, type ElementRef } from './element'

/**
 * Removes things and all that has no meaning without them: links and uplinks of a switch, workloads of a namespace,
 * traffic of a pod, places on the canvas. Things in a rack stay; pods pinned to a node may run anywhere then.
 */
export function removeElements(document: LabDocument, elements: readonly ElementRef[]): LabEdit {
  const all = withWorkloads(document, elements)
  const paths = [
    ...all.map((element) => pathOf(document, element)).filter((path) => path !== undefined),
    ...mentionsIn(document.value)
      .filter((mention) => concerns(mention, all))
      .map((mention) => mention.owner),
    ...faultsOfLinks(document, all),
  ]
  const label = elements.length === 1 ? `Delete ${describe(elements[0]!)}` : `Delete ${elements.length} elements`
  return edit(label, removals(outermost(paths)))
}

function describe(element: ElementRef): string {
  return 'name' in element ? `${element.kind} ${element.name}` : element.kind
}

/** The things given, and the workloads of namespaces among them. */
function withWorkloads(document: LabDocument, elements: readonly ElementRef[]): ElementRef[] {
  const namespaces = new Set(elements.flatMap((element) => (element.kind === 'namespace' ? [element.name] : [])))
  const workloads = listAt(document, LIST_PATHS.workload)
    .filter((item) => namespaces.has(textOf(item, 'namespace') ?? DEFAULT_NAMESPACE))
    .map((item): ElementRef => ({ kind: 'workload', name: nameOf('workload', item) ?? '' }))
  return [...new Map([...elements, ...workloads].map((element) => [elementKey(element), element])).values()]
}

function concerns(mention: Mention, removed: readonly ElementRef[]): boolean {
  return removed.some((element) => 'name' in element && isMentioned(mention, element))
}

function isMentioned({ kind, name }: Mention, element: ElementRef & { name: string }): boolean {
  if (kind === 'pod') return element.kind === 'workload' && parsePodName(name)?.workload === element.name
  if (kind === 'link-end') return (element.kind === 'switch' || element.kind === 'node') && name === element.name
  if (kind === 'service' && element.kind === 'object') return element.name === `Service ${name}`
  return kind === element.kind && name === element.name
}

/** Faults of links that go by themselves, their ends staying. */
function faultsOfLinks(document: LabDocument, removed: readonly ElementRef[]): DocumentPath[] {
  const ends = new Set(removed.map((element) => endsOf(document, element)).filter((pair) => pair !== undefined))
  const faults = LIST_PATHS.fault
  return listAt(document, faults).flatMap((fault, index) => {
    const link = valueAt(fault, ['link'])
    return isList(link) && ends.has(unordered(link)) ? [[...faults, index]] : []
  })
}

function endsOf(document: LabDocument, element: ElementRef): string | undefined {
  const path = pathOf(document, element)
  if (path === undefined) return undefined
  if (element.kind === 'uplink') return unordered([element.node, valueAt(document.value, [...path, 'switch'])])
  const ends = element.kind === 'link' ? valueAt(document.value, [...path, 'ends']) : undefined
  return isList(ends) ? unordered(ends) : undefined
}

function unordered(ends: readonly unknown[]): string {
  return JSON.stringify(ends.toSorted())
}

/** The paths without those that lie in another or repeat one. */
function outermost(paths: readonly DocumentPath[]): DocumentPath[] {
  const kept: DocumentPath[] = []
  for (const path of paths.toSorted((a, b) => a.length - b.length)) {
    if (!kept.some((other) => isWithin(path, other))) kept.push(path)
  }
  return kept
}

/** One step per mapping or list that loses something; inner ones first, so that the paths of others keep their meaning. */
function removals(paths: readonly DocumentPath[]): LabOperation[] {
  const groups = new Map<string, { path: DocumentPath; keys: (string | number)[] }>()
  for (const path of paths) {
    const parent = path.slice(0, -1)
    const id = JSON.stringify(parent)
    const group = groups.get(id) ?? { path: parent, keys: [] }
    group.keys.push(path.at(-1)!)
    groups.set(id, group)
  }
  return [...groups.values()]
    .toSorted((a, b) => b.path.length - a.path.length)
    .map((group) => ({ op: 'remove', ...group }))
}
