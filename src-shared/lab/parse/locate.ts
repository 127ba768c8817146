import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml'

import type { DocumentPath } from '../document-path'
import type { LabDocument } from './lab-document'

/** Where a path leads: the value there, and the key it stands under where it is in a mapping. */
export interface Location {
  readonly node: Node | null
  readonly key?: Node
}

type Entry = Pair<Node, Node | null>

/** Finds the first entry of a mapping with a key. */
type FindEntry = (mapping: YAMLMap, key: string | number) => Entry | undefined

/** Follows a path as far as it goes. Aliases are followed to what they stand for. */
export function locate(document: Document.Parsed, path: DocumentPath, find: FindEntry = firstEntry): Location {
  let here: Location = { node: document.contents }
  for (const step of path) {
    const next = stepInto(document, here.node, step, find)
    if (next === undefined) break
    here = next
  }
  return here
}

function stepInto(document: Document.Parsed, node: Node | null, step: string | number, find: FindEntry): Location | undefined {
  const collection = isAlias(node) ? node.resolve(document) : node
  if (isSeq(collection)) {
    const item = typeof step === 'number' ? collection.items[step] : undefined
    return item === undefined ? undefined : { node: item as Node | null }
  }
  if (!isMap(collection)) return undefined
  const entry = find(collection, step)
  return entry === undefined ? undefined : { node: entry.value, key: entry.key }
}

function firstEntry(mapping: YAMLMap, key: string | number): Entry | undefined {
  return (mapping.items as Entry[]).find((entry) => isScalar(entry.key) && entry.key.value === key)
}

/**
 * Finds the lines of paths in a document that stays as it is, from 1: that of a scalar, else where the entry starts. For
 * what is not there, that of the nearest thing around it. Mappings are looked through once, however many paths lead there.
 */
export function lineFinder(document: LabDocument): (path: DocumentPath) => number {
  const known = new Map<YAMLMap, Map<unknown, Entry>>()
  const find: FindEntry = (mapping, key) => {
    let entries = known.get(mapping)
    if (entries === undefined) {
      entries = new Map()
      for (const entry of mapping.items as Entry[]) {
        if (isScalar(entry.key) && !entries.has(entry.key.value)) entries.set(entry.key.value, entry)
      }
      known.set(mapping, entries)
    }
    return entries.get(key)
  }
  return (path) => {
    const { node, key } = locate(document.yaml, path, find)
    const anchor = isScalar(node) && node.source !== '' ? node : (key ?? node)
    return Math.max(1, document.lines.linePos(anchor?.range?.[0] ?? 0).line)
  }
}
