/** How wide a text is, in pixels, at a size and weight of the picture's typeface. */
export type MeasureText = (text: string, size: number, weight: number) => number

/** The text, or as much of its beginning as fits with an ellipsis. */
export function truncated(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text
  let kept = text.length - 1
  while (kept > 0 && measure(`${text.slice(0, kept)}…`) > width) kept -= 1
  return `${text.slice(0, kept).trimEnd()}…`
}

/** The lines of a text that is broken at spaces to fit a width; its own line breaks stay. */
export function wrapped(text: string, width: number, measure: (text: string) => number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line === '' || measure(longer) <= width) line = longer
      else {
        lines.push(line)
        line = word
      }
    }
    return [...lines, line]
  })
}
