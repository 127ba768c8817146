import { cellText, rowCount, visibleColumns, type DataTable } from '#shared/charts/index'

/** How a row of a table stands out, beside what its cells say. */
export type RowTone = 'added' | 'removed' | 'changed' | undefined

/** By which column rows are sorted, and which way. */
export interface TableOrder {
  /** Its place among the columns that people see. */
  readonly column: number
  readonly descending: boolean
}

/** Rows of a table that hold every word of `search`, in the order asked for; their own where there is none. */
export function orderedRows(table: DataTable, search: string, order: TableOrder | null): number[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const rows = Array.from({ length: rowCount(table) }, (_, row) => row).filter((row) => holdsAll(table, row, words))
  const column = order && visibleColumns(table)[order.column]
  if (!column) return rows
  const sign = order.descending ? -1 : 1
  return rows.sort((a, b) => {
    const [first, second] = [column.cells[a] ?? null, column.cells[b] ?? null]
    // Rows with nothing to compare stay at the end either way.
    if (first === null || second === null) return Number(first === null) - Number(second === null)
    if (typeof first === 'number' && typeof second === 'number') return sign * (first - second)
    return sign * String(first).localeCompare(String(second), undefined, { numeric: true })
  })
}

function holdsAll(table: DataTable, row: number, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = visibleColumns(table).map((column) => cellText(column, row)).join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}
