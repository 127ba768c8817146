/** Replaces the text from `start` up to `end` by `text`. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits that do not overlap; those at one place apply in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let done = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < done) throw new Error('Edits overlap')
    result += text.slice(done, edit.start) + edit.text
    done = edit.end
  }
  return result + text.slice(done)
}

/** The one replacement that makes `to` of `from`, as short as a common start and end allow. */
export function difference(from: string, to: string): { offset: number; removed: string; inserted: string } {
  const shorter = Math.min(from.length, to.length)
  let start = 0
  while (start < shorter && from[start] === to[start]) start += 1
  let tail = 0
  while (tail < shorter - start && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1
  return { offset: start, removed: from.slice(start, from.length - tail), inserted: to.slice(start, to.length - tail) }
}

/** How lines of a text end. */
export function lineBreakOf(text: string): string {
  const first = text.indexOf('\n')
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n'
}

/** Where the line of an offset starts. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the line of an offset ends: before its line break, or at the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  if (end < 0) return text.length
  return end > offset && text[end - 1] === '\r' ? end - 1 : end
}

/** The offset itself or, just after a line break, where a block scalar ends, the offset before that break. */
export function beforeLineBreak(text: string, offset: number): number {
  if (text[offset - 1] !== '\n') return offset
  return text[offset - 2] === '\r' ? offset - 2 : offset - 1
}

/** The offset just after the line break that follows `offset`, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** Whether only spaces stand between the start of the line and `offset`. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return /^[ \t]*$/u.test(text.slice(lineStart(text, offset), offset))
}

/** The offset of the first character from `offset` on that is no space. */
export function skipSpaces(text: string, offset: number): number {
  let here = offset
  while (text[here] === ' ' || text[here] === '\t') here += 1
  return here
}

/** Where a comment that starts after spaces at `offset` ends, on the same line; `offset` where none starts. */
export function skipComment(text: string, offset: number): number {
  const start = skipSpaces(text, offset)
  return start > offset && text[start] === '#' ? lineEnd(text, start) : offset
}
