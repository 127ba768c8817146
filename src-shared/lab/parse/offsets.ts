import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'

import type { DocumentPath } from '../document-path'
import type { LabDocument } from './lab-document'
import { locate } from './locate'

/** A stretch of a text, in UTF-16 units. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

/** The path of the innermost thing that is written around an offset of the text. */
export function pathAtOffset({ yaml }: LabDocument, offset: number): DocumentPath {
  const path: (string | number)[] = []
  let node: Node | null = yaml.contents
  for (;;) {
    const step = stepTo(node, offset)
    if (step === undefined) return path
    path.push(step.key)
    node = step.value
  }
}

/** Where a path is written, its key included; undefined where nothing is there. */
export function rangeOfPath({ yaml, text }: LabDocument, path: DocumentPath): TextRange | undefined {
  const { node, key } = locate(yaml, path)
  const from = key?.range?.[0] ?? node?.range?.[0]
  if (from === undefined) return undefined
  const to = node?.range?.[1] ?? key?.range?.[1] ?? from
  // Ranges of block collections reach over the white space after them.
  return { from, to: from + text.slice(from, to).trimEnd().length }
}

function stepTo(node: Node | null, offset: number): { readonly key: string | number; readonly value: Node | null } | undefined {
  if (isSeq(node)) {
    const index = (node.items as (Node | null)[]).findIndex((item) => covers(item, item, offset))
    return index < 0 ? undefined : { key: index, value: node.items[index] as Node | null }
  }
  if (!isMap(node)) return undefined
  const pair = (node.items as Pair<Node, Node | null>[]).find(({ key, value }) => covers(key, value, offset))
  return pair === undefined || !isScalar(pair.key) ? undefined : { key: String(pair.key.value), value: pair.value }
}

function covers(first: Node | null, last: Node | null, offset: number): boolean {
  const from = first?.range?.[0]
  const to = last?.range?.[1] ?? first?.range?.[1]
  return from !== undefined && to !== undefined && offset >= from && offset <= to
}
