import { isMap, isSeq } from 'yaml'

import { formatPath, type DocumentPath } from '../document-path'
import type { LabDocument } from '../parse/lab-document'
import { closingOf, entriesOf, findSpot, isFlow, type Collection, type Entry } from './layout'
import { planSet } from './plan-set'
import {
  beforeLineBreak,
  isFirstOnLine,
  lineEnd,
  lineStart,
  nextLine,
  skipComment,
  skipSpaces,
  type TextEdit,
} from './text-edit'

/** A run of neighbouring entries to take out, and the entries left on either side of it. */
interface Run {
  readonly first: Entry
  readonly last: Entry
  readonly before?: Entry
  readonly after?: Entry
}

/**
 * Takes entries out of a mapping or list, each with the comment on its line. Comments on lines of their own stay. What
 * loses its last entry becomes `{}` or `[]`.
 */
export function planRemove(document: LabDocument, path: DocumentPath, keys: readonly (string | number)[]): TextEdit[] {
  const collection = findSpot(document.yaml, path)?.node
  if (!isMap(collection) && !isSeq(collection)) throw new Error(`No mapping or list is at ${formatPath(path)}`)
  const entries = entriesOf(collection)
  const doomed = new Set(keys)
  const missing = keys.find((key) => !entries.some((entry) => entry.key === key))
  if (missing !== undefined) throw new Error(`Nothing is at ${formatPath([...path, missing])}`)
  if (entries.every((entry) => doomed.has(entry.key))) return planSet(document, path, isMap(collection) ? {} : [])
  const runs = runsOf(entries, (entry) => doomed.has(entry.key))
  return isFlow(collection)
    ? runs.flatMap((run) => removeFromFlow(document.text, collection, run))
    : runs.map((run) => removeFromBlock(document.text, run))
}

function runsOf(entries: readonly Entry[], isDoomed: (entry: Entry) => boolean): Run[] {
  const runs: Run[] = []
  for (let index = 0; index < entries.length; index += 1) {
    if (!isDoomed(entries[index]!)) continue
    const first = index
    while (index + 1 < entries.length && isDoomed(entries[index + 1]!)) index += 1
    const [before, after] = [entries[first - 1], entries[index + 1]]
    runs.push({
      first: entries[first]!,
      last: entries[index]!,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })
  }
  return runs
}

function removeFromBlock(text: string, { first, last, after }: Run): TextEdit {
  const end = beforeLineBreak(text, last.end)
  if (isFirstOnLine(text, first.start))
    return { start: lineStart(text, first.start), end: nextLine(text, end), text: '' }
  // The first entry stands on the line of a dash, to which the next entry has to move up, unless a comment is between.
  const next = after!.start
  const between = text.slice(nextLine(text, end), lineStart(text, next))
  return { start: first.start, end: between.trim() === '' ? next : lineEnd(text, end), text: '' }
}

function removeFromFlow(text: string, collection: Collection, run: Run): TextEdit[] {
  return run.after === undefined
    ? removeTail(text, collection, run)
    : [removeWithComma(text, run.first, run.last, run.after)]
}

/** Takes out entries up to the comma before the next one, and the lines that this leaves empty. */
function removeWithComma(text: string, first: Entry, last: Entry, next: Entry): TextEdit {
  const comma = text.indexOf(',', skipGap(text, last.end))
  const end = skipComment(text, comma + 1)
  if (text.slice(end, next.start).includes('\n')) {
    const ownLines = isFirstOnLine(text, first.start) && skipSpaces(text, end) === lineEnd(text, end)
    return ownLines
      ? { start: lineStart(text, first.start), end: nextLine(text, end), text: '' }
      : { start: first.start, end, text: '' }
  }
  return { start: first.start, end: next.start, text: '' }
}

/** Takes out the last entries and the comma that is no longer needed. */
function removeTail(text: string, collection: Collection, { first, last, before }: Run): TextEdit[] {
  const { closing, comma } = closingOf(collection)
  const keptEnd = before!.end
  const end = comma ?? last.end
  const tail = Math.min(skipComment(text, end), closing)
  const gap = text.slice(keptEnd, first.start)
  if (!gap.includes('#')) return [{ start: keptEnd, end: tail, text: '' }]
  // A comment on the entry before: only the comma in front of it goes, and the doomed lines.
  const separator = text.indexOf(',', skipGap(text, keptEnd))
  const ownLines =
    isFirstOnLine(text, first.start) &&
    skipSpaces(text, tail) === lineEnd(text, tail) &&
    nextLine(text, tail) <= closing
  const doomed = ownLines
    ? { start: lineStart(text, first.start), end: nextLine(text, tail), text: '' }
    : { start: first.start, end: tail, text: '' }
  return [{ start: separator, end: separator + 1, text: '' }, doomed]
}

/** Skips white space and comments, to the comma that follows an entry in brackets. */
function skipGap(text: string, offset: number): number {
  let here = offset
  for (;;) {
    const next = skipComment(text, here)
    if (next > here) here = next
    else if (/\s/u.test(text[here] ?? '')) here += 1
    else return here
  }
}
