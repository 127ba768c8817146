import { isMap, isSeq } from 'yaml'

import { formatPath, type DocumentPath } from '../document-path'
import type { LabDocument } from '../parse/lab-document'
import { entriesOf, findSpot, isFlow } from './layout'
import { renderKey } from './render'
import { beforeLineBreak, lineEnd, type TextEdit } from './text-edit'

/** Moves an entry of a list to another place. Entries change places with the comments on their lines. */
export function planMove(document: LabDocument, path: DocumentPath, from: number, to: number): TextEdit[] {
  const list = findSpot(document.yaml, path)?.node
  if (!isSeq(list)) throw new Error(`No list is at ${formatPath(path)}`)
  const { text } = document
  const places = entriesOf(list).map(({ start, end }) => {
    return { start, end: isFlow(list) ? end : lineEnd(text, beforeLineBreak(text, end)) }
  })
  if (places[from] === undefined || places[to] === undefined)
    throw new Error(`${formatPath(path)} has no place ${from} or ${to}`)
  const order = places.map((_, index) => index)
  order.splice(to, 0, ...order.splice(from, 1))
  return places.flatMap((place, index) => {
    const source = places[order[index]!]!
    return source === place ? [] : [{ ...place, text: text.slice(source.start, source.end) }]
  })
}

/** Gives an entry of a mapping another key. */
export function planRenameKey(document: LabDocument, path: DocumentPath, from: string, to: string): TextEdit[] {
  const mapping = findSpot(document.yaml, path)?.node
  const entry = isMap(mapping) ? entriesOf(mapping).find(({ key }) => key === from) : undefined
  const range = entry?.keyNode?.range
  if (range == null) throw new Error(`Nothing is at ${formatPath([...path, from])}`)
  return [{ start: range[0], end: range[1], text: renderKey(to) }]
}
