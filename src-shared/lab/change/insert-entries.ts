import { closingOf, entriesOf, indentOf, type Collection } from './layout'
import { beforeLineBreak, isFirstOnLine, lineBreakOf, lineEnd, lineStart, type TextEdit } from './text-edit'

/** Puts lines before entry `index` of a block collection, after the last entry where there is none. */
export function insertInBlock(
  text: string,
  collection: Collection,
  index: number,
  lines: readonly string[],
): TextEdit[] {
  const entries = entriesOf(collection)
  const separator = lineBreakOf(text) + ' '.repeat(indentOf(collection))
  const next = entries[index]
  if (index === 0 && next !== undefined) {
    return [{ start: next.start, end: next.start, text: lines.join(separator) + separator }]
  }
  const previous = entries[Math.min(index, entries.length) - 1]!
  const place = lineEnd(text, beforeLineBreak(text, previous.end))
  return [{ start: place, end: place, text: separator + lines.join(separator) }]
}

/** Puts texts before entry `index` of a bracketed collection, after the last entry where there is none. */
export function insertInFlow(
  text: string,
  collection: Collection,
  index: number,
  items: readonly string[],
): TextEdit[] {
  const entries = entriesOf(collection)
  const { opening, closing, comma } = closingOf(collection)
  const next = entries[index]
  const last = entries.at(-1)
  if (last === undefined) return [{ start: opening, end: opening, text: items.join(', ') }]
  if (next !== undefined) {
    const separator = isFirstOnLine(text, next.start) ? `,${lineOf(text, next.start)}` : ', '
    return [{ start: next.start, end: next.start, text: items.join(separator) + separator }]
  }
  const after = comma ?? last.end
  const ownLine = isFirstOnLine(text, last.start) && lineEnd(text, after) < closing
  const separator = ownLine ? lineOf(text, last.start) : ' '
  const place = ownLine ? lineEnd(text, after) : after
  const added = {
    start: place,
    end: place,
    text: separator + items.join(`,${separator}`) + (comma === undefined ? '' : ','),
  }
  return comma === undefined ? [{ start: after, end: after, text: ',' }, added] : [added]
}

/** A line break and the indentation of the line that `offset` is on. */
function lineOf(text: string, offset: number): string {
  return lineBreakOf(text) + text.slice(lineStart(text, offset), offset)
}
