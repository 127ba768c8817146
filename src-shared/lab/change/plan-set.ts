import { isCollection, isMap, isSeq } from 'yaml'

import { formatPath, type DocumentPath } from '../document-path'
import type { LabDocument } from '../parse/lab-document'
import { insertInBlock, insertInFlow } from './insert-entries'
import { placeOfKey } from './key-order'
import { entriesOf, findSpot, indentOf, isFlow, type Collection, type Entry } from './layout'
import type { PlainValue } from './plain-value'
import { isTall, isTallItem, renderBlock, renderEntry, renderInline, renderKey } from './render'
import { beforeLineBreak, lineBreakOf, lineEnd, lineStart, nextLine, type TextEdit } from './text-edit'

/**
 * Puts a value at a path. What is there is replaced; in a mapping without the key an entry is added at the end, and
 * mappings that are missing on the way come with it.
 */
export function planSet(document: LabDocument, path: DocumentPath, value: PlainValue): TextEdit[] {
  const spot = findSpot(document.yaml, path)
  if (spot?.entry !== undefined && spot.parent !== undefined) {
    return replaceValue(document.text, spot.parent, spot.entry, value)
  }
  const key = path.at(-1)
  if (typeof key !== 'string') throw new Error(`Nothing is at ${formatPath(path)}`)
  const around = path.slice(0, -1)
  const target = findSpot(document.yaml, around)
  const mapping = target?.node
  if (isSeq(mapping) && mapping.items.length > 0) throw new Error(`${formatPath(around)} is a list`)
  if (!isMap(mapping) || isReplaceable(target?.parent, mapping)) return planSet(document, around, { [key]: value })
  const place = placeOfKey(
    around,
    key,
    entriesOf(mapping).map((entry) => entry.key),
  )
  if (!isFlow(mapping)) return insertInBlock(document.text, mapping, place, renderEntry(key, value))
  return insertInFlow(document.text, mapping, place, [`${renderKey(key)}: ${renderInline(value, true)}`])
}

/** Whether a collection is `{}` or `[]` where a block could be: then its first entries decide how it is written. */
export function isReplaceable(parent: Collection | undefined, collection: Collection): boolean {
  return parent !== undefined && !isFlow(parent) && collection.items.length === 0
}

/** Replaces the value of an entry; comments on its line stay. */
function replaceValue(text: string, parent: Collection, entry: Entry, value: PlainValue): TextEdit[] {
  const tall = !isFlow(parent) && (isMap(parent) ? isTall(value) : isTallItem(value))
  return tall
    ? replaceByBlock(text, parent, entry, value)
    : replaceInline(text, parent, entry, renderInline(value, isFlow(parent)))
}

function replaceInline(text: string, parent: Collection, entry: Entry, inline: string): TextEdit[] {
  const end = beforeLineBreak(text, entry.end)
  const lead = entry.needsColon ? ': ' : ' '
  if (entry.valueStart === entry.slot) {
    // Nothing is there yet, or the entry is its value, as in a bracketed list.
    const isEmpty = entry.slot >= end
    return [{ start: entry.slot, end: Math.max(entry.slot, end), text: isEmpty ? lead + inline : inline }]
  }
  if (isFlow(parent) || !isCollection(entry.value) || entry.value.flow === true || sameLine(text, entry)) {
    return [{ start: entry.valueStart, end, text: inline }]
  }
  return [{ start: entry.slot, end: entry.slot, text: lead + inline }, wholeLines(text, entry.valueStart, end)]
}

function replaceByBlock(text: string, parent: Collection, entry: Entry, value: PlainValue): TextEdit[] {
  const end = beforeLineBreak(text, entry.end)
  const indent = ' '.repeat(indentOf(parent) + 2)
  const lineBreak = lineBreakOf(text)
  const block = renderBlock(value)
    .map((line) => lineBreak + indent + line)
    .join('')
  const colon = entry.needsColon ? ':' : ''
  if (sameLine(text, entry)) {
    const last = lineEnd(text, Math.max(end, entry.slot))
    return [
      { start: entry.slot, end: Math.max(end, entry.slot), text: colon },
      { start: last, end: last, text: block },
    ]
  }
  const last = lineEnd(text, entry.slot)
  return [{ start: last, end: last, text: block }, wholeLines(text, entry.valueStart, end)]
}

function sameLine(text: string, entry: Entry): boolean {
  return !text.slice(entry.slot, entry.valueStart).includes('\n')
}

/** Takes out the lines from that of `start` to that of `end`. */
function wholeLines(text: string, start: number, end: number): TextEdit {
  return { start: lineStart(text, start), end: nextLine(text, end), text: '' }
}
