import { LineCounter, isMap, isScalar, isSeq, parseAllDocuments, type Node, type Pair } from 'yaml'

import type { DocumentPath } from '../document-path'

/** Texts longer than this are not read again for the sake of a line. */
const LONGEST = 4 * 1024 * 1024

/**
 * The line in a manifest, from 1, of a field of one of its objects, or of what is nearest around it; `number` counts objects
 * as `readManifestText` lists them. Undefined where the text is too long to look.
 */
export function lineInManifest(text: string, number: number, field: DocumentPath): number | undefined {
  if (text.length > LONGEST) return undefined
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines })
  const objects = (Array.isArray(documents) ? documents : []).flatMap(({ contents }) => objectsIn(contents))
  let here: Node | null | undefined = objects[number]
  let anchor: Node | null | undefined = here
  for (const step of field) {
    const next = entryOf(here, step)
    if (next === undefined) break
    here = next.value
    anchor = isScalar(here) ? here : (next.key ?? here)
  }
  return anchor?.range === undefined || anchor.range === null ? undefined : lines.linePos(anchor.range[0]).line
}

/** The objects of a document: lists count as what is in them. */
function objectsIn(node: Node | null | undefined): Node[] {
  if (node === null || node === undefined || (isScalar(node) && node.value === null)) return []
  if (isSeq(node)) return (node.items as (Node | null)[]).flatMap(objectsIn)
  const kind = entryOf(node, 'kind')?.value
  const items = entryOf(node, 'items')?.value
  const isList = isScalar(kind) && typeof kind.value === 'string' && kind.value.endsWith('List')
  return isList && isSeq(items) ? objectsIn(items) : [node]
}

function entryOf(node: Node | null | undefined, step: string | number): { readonly key?: Node; readonly value: Node | null } | undefined {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? (node.items[step] as Node | null | undefined) : undefined
    return item === undefined ? undefined : { value: item }
  }
  if (!isMap(node)) return undefined
  return (node.items as Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && key.value === step)
}
