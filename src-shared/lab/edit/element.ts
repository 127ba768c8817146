import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import { LIST_PATHS, type ListedKind } from '../list-paths'
import type { LabDocument } from '../parse/lab-document'
import { DEFAULT_NAMESPACE } from '../record/cluster'

/** Kinds of things that are known by their name. */
export type NamedKind = Exclude<ListedKind, 'link' | 'fault'>

/**
 * A thing in a lab document, as selections, edits and problems speak of it. The name of a workload is
 * `namespace/name`, that of an object of the manifests `Service namespace/name`; links, uplinks and faults have none and go by
 * their place in their list.
 */
export type ElementRef =
  | { readonly kind: NamedKind; readonly name: string }
  | { readonly kind: 'link'; readonly index: number }
  | { readonly kind: 'fault'; readonly index: number }
  | { readonly kind: 'uplink'; readonly node: string; readonly index: number }

/** Kinds that have a place on the canvas, and the key of the view that holds their places. */
export const VIEW_KEYS = {
  rack: 'racks',
  switch: 'switches',
  node: 'nodes',
  workload: 'workloads',
  external: 'external',
  namespace: 'namespaces',
  object: 'objects',
} as const

/** Whether things of a kind have their place on the canvas in the view, by name. */
export function isViewKind(kind: string): kind is keyof typeof VIEW_KEYS {
  return Object.hasOwn(VIEW_KEYS, kind)
}

/** The list at a path; empty where there is none. */
export function listAt(document: LabDocument, path: DocumentPath): readonly PlainValue[] {
  const list = valueAt(document.value, path)
  return isList(list) ? list : []
}

/** The text under a key of a mapping, if it is one. */
export function textOf(item: PlainValue | undefined, key: string): string | undefined {
  const text = isMapping(item) ? item[key] : undefined
  return typeof text === 'string' ? text : undefined
}

/** The name that an entry of a kind's list goes by. */
export function nameOf(kind: NamedKind, item: PlainValue | undefined): string | undefined {
  if (kind === 'object') return objectNameOf(item)
  const name = textOf(item, 'name')
  if (kind !== 'workload' || name === undefined) return name
  return `${textOf(item, 'namespace') ?? DEFAULT_NAMESPACE}/${name}`
}

/** `Service namespace/name` of an object of the manifests; undefined for a file of them. */
function objectNameOf(item: PlainValue | undefined): string | undefined {
  const metadata = isMapping(item) ? item['metadata'] : undefined
  const [objectKind, name] = [textOf(item, 'kind'), textOf(metadata, 'name')]
  if (objectKind === undefined || name === undefined) return undefined
  return `${objectKind} ${textOf(metadata, 'namespace') ?? DEFAULT_NAMESPACE}/${name}`
}

/** The path of a thing in the document; undefined where it is not there. */
export function pathOf(document: LabDocument, element: ElementRef): DocumentPath | undefined {
  if (element.kind === 'link' || element.kind === 'fault') return entryPath(document, LIST_PATHS[element.kind], element.index)
  if (element.kind === 'uplink') {
    const node = pathOf(document, { kind: 'node', name: element.node })
    return node === undefined ? undefined : entryPath(document, [...node, 'uplinks'], element.index)
  }
  const list = LIST_PATHS[element.kind]
  const index = listAt(document, list).findIndex((item) => nameOf(element.kind, item) === element.name)
  return index < 0 ? undefined : [...list, index]
}

function entryPath(document: LabDocument, list: DocumentPath, index: number): DocumentPath | undefined {
  return listAt(document, list)[index] === undefined ? undefined : [...list, index]
}

/** What the document says of a thing; undefined where it is not there. */
export function elementAt(document: LabDocument, element: ElementRef): PlainMapping | undefined {
  const path = pathOf(document, element)
  const item = path === undefined ? undefined : valueAt(document.value, path)
  return isMapping(item) ? item : undefined
}

/** The names that things of a kind have, in the document's order. */
export function namesOf(document: LabDocument, kind: NamedKind): string[] {
  return listAt(document, LIST_PATHS[kind])
    .map((item) => nameOf(kind, item))
    .filter((name) => name !== undefined)
}

/** A name that nothing of the kind has: `base-1`, `base-2`, … Workloads are counted in their namespace. */
export function uniqueName(document: LabDocument, kind: NamedKind, base: string, namespace = DEFAULT_NAMESPACE): string {
  const taken = new Set(namesOf(document, kind))
  for (let number = 1; ; number += 1) {
    const name = `${base}-${number}`
    if (!taken.has(kind === 'workload' ? `${namespace}/${name}` : name)) return name
  }
}

/** A text that stands for a reference, as a key of maps and lists on screen. */
export function elementKey(element: ElementRef): string {
  switch (element.kind) {
    case 'link':
    case 'fault':
      return `${element.kind}:${element.index}`
    case 'uplink':
      return `uplink:${element.index}:${element.node}`
    default:
      return `${element.kind}:${element.name}`
  }
}

/** Whether two references are to the same thing. */
export function isSameElement(a: ElementRef, b: ElementRef): boolean {
  return elementKey(a) === elementKey(b)
}
