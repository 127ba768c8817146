/** A column of a table: its heading, and on which side its cells line up. */
export interface TextColumn {
  readonly heading: string
  readonly align: 'left' | 'right'
}

/** A column of words. */
export function left(heading: string): TextColumn {
  return { heading, align: 'left' }
}

/** A column of numbers. */
export function right(heading: string): TextColumn {
  return { heading, align: 'right' }
}

const gap = '  '

/** A table in plain text: columns as wide as their widest cell, two spaces between, no rules. Ends with a newline. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.heading), ...rows]
  const widths = columns.map((_, index) => lines.reduce((widest, cells) => Math.max(widest, cells[index]!.length), 0))
  const pad = (cell: string, index: number): string =>
    columns[index]!.align === 'left' ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!)
  return lines.map((cells) => `${cells.map(pad).join(gap).trimEnd()}\n`).join('')
}
