import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml'

import type { DocumentPath } from '../document-path'
import type { LabDocument } from './lab-document'

/** Where a path leads: the value there, and the key it stands under where it is in a mapping. */
export interface Location {
  readonly node: Node | null
  readonly key?: Node
}

/** Follows a path as far as it goes. Aliases are followed to what they stand for. */
export function locate(document: Document.Parsed, path: DocumentPath): Location {
  let here: Location = { node: document.contents }
  for (const step of path) {
    const next = stepInto(document, here.node, step)
    if (next === undefined) break
    here = next
  }
  return here
}

function stepInto(document: Document.Parsed, node: Node | null, step: string | number): Location | undefined {
  const collection = isAlias(node) ? node.resolve(document) : node
  if (isSeq(collection)) {
    const item = typeof step === 'number' ? collection.items[step] : undefined
    return item === undefined ? undefined : { node: item as Node | null }
  }
  if (!isMap(collection)) return undefined
  const pair = (collection.items as Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && key.value === step)
  return pair === undefined ? undefined : { node: pair.value, key: pair.key }
}

/**
 * The line of a path, from 1: that of a scalar, else where the entry starts. For what is not there, that of the nearest
 * thing around it.
 */
export function lineOfPath(document: LabDocument, path: DocumentPath): number {
  const { node, key } = locate(document.yaml, path)
  const anchor = isScalar(node) && node.source !== '' ? node : (key ?? node)
  return Math.max(1, document.lines.linePos(anchor?.range?.[0] ?? 0).line)
}
