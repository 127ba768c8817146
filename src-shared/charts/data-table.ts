import { stringify } from 'csv-stringify/browser/esm/sync'

import type { FigureUnit } from '#shared/analysis/index'
import { humanCount, humanFigure, signedShare } from '#shared/analysis/index'

/** Units of cells: those of figures, seconds of simulated time, and shares that are changes and so carry a sign. */
export type CellUnit = FigureUnit | 's' | 'change'

/** A cell; null where there is nothing to tell. */
export type Cell = string | number | null

/** A column. Numbers are in base units (bit/s, ns, bytes, shares of one), never scaled. */
export interface DataColumn {
  /** Header in files: snake case, the unit at its end where the column has one. */
  readonly key: string
  /** Header for people. */
  readonly label: string
  /** Of all its numbers, or of each row's; none for columns of text and plain counts. */
  readonly unit?: CellUnit | readonly CellUnit[]
  readonly cells: readonly Cell[]
  /** For files only: people see the same in another column. @default false */
  readonly fileOnly?: boolean
}

/** Rows of data in columns of equal length: what a chart shows, as a table and as a file. */
export interface DataTable {
  /** One sentence: what a row is. */
  readonly caption: string
  readonly columns: readonly DataColumn[]
}

/** The columns that people see. */
export function visibleColumns(table: DataTable): readonly DataColumn[] {
  return table.columns.filter((column) => !column.fileOnly)
}

/** How many rows a table has. */
export function rowCount(table: DataTable): number {
  return table.columns[0]?.cells.length ?? 0
}

function unitAt(column: DataColumn, row: number): CellUnit | undefined {
  return typeof column.unit === 'string' ? column.unit : column.unit?.[row]
}

/** Seconds of simulated time for people, to the millisecond. */
function humanSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(4))}\u202fs`
}

/** A cell for people: scaled, with its unit. A dash where there is nothing. */
export function cellText(column: DataColumn, row: number): string {
  const cell = column.cells[row] ?? null
  if (cell === null) return '–'
  if (typeof cell === 'string') return cell
  const unit = unitAt(column, row)
  if (unit === undefined) return humanCount(cell)
  if (unit === 'change') return signedShare(cell)
  return unit === 's' ? humanSeconds(cell) : humanFigure(cell, unit)
}

/** Whether a column holds numbers: such columns align right. */
export function isNumeric(column: DataColumn): boolean {
  return column.cells.some((cell) => typeof cell === 'number')
}

/** Twelve significant digits: more are noise of the arithmetic, and differ between a mean of five and of six. */
function exact(value: number): string {
  return String(Number(value.toPrecision(12)))
}

/**
 * The table as CSV (RFC 4180, CRLF): a header line of column keys, numbers in base units with full precision, nothing
 * for missing values.
 */
export function toCsv(table: DataTable): string {
  const rows = Array.from({ length: rowCount(table) }, (_, row) =>
    table.columns.map((column) => {
      const cell = column.cells[row] ?? null
      return typeof cell === 'number' ? exact(cell) : cell
    }),
  )
  return stringify([table.columns.map((column) => column.key), ...rows], { record_delimiter: '\r\n' })
}
