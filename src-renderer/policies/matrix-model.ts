import type { DataTable } from '#shared/charts/index'
import { cellState, isDifferent, type CellState, type Reach, type ReachDirection } from '#shared/contract/reach'

import { STATE_WORDS } from './verdict-text'

/** What of a matrix is to be seen. */
export interface MatrixFilter {
  /** Parts of names, apart by blanks; a row is kept whose name has any of them. */
  readonly from: string
  readonly to: string
  /** Keeps rows and columns with a difference between the variants only. */
  readonly onlyDifferent: boolean
  readonly direction: ReachDirection
}

/** Units in sight, by their numbers. */
export interface MatrixAxes {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
}

/** The rows and columns that a filter keeps. */
export function matrixAxes(reach: Reach, filter: MatrixFilter): MatrixAxes {
  const matches = (text: string) => {
    const parts = text.toLowerCase().split(/\s+/u).filter((part) => part !== '')
    return (unit: number): boolean => parts.length === 0 || parts.some((part) => reach.units[unit]!.id.toLowerCase().includes(part))
  }
  const all = reach.units.map((_, unit) => unit)
  const rows = all.filter(matches(filter.from))
  const columns = all.filter(matches(filter.to))
  if (!filter.onlyDifferent || reach.differs.length === 0) return { rows, columns }
  const differs = (row: number, column: number): boolean => isDifferent(reach.differs[row * all.length + column]!, filter.direction)
  return {
    rows: rows.filter((row) => columns.some((column) => differs(row, column))),
    columns: columns.filter((column) => rows.some((row) => differs(row, column))),
  }
}

/** A cell as it is drawn. */
export interface MatrixCell {
  /** A state for each variant; one where they agree or there is one only. */
  readonly states: readonly CellState[]
  readonly isDifferent: boolean
  /** For screen readers and tooltips. */
  readonly name: string
}

/** The cell between two units. */
export function matrixCell(reach: Reach, row: number, column: number, direction: ReachDirection): MatrixCell {
  const index = row * reach.units.length + column
  const states = reach.variants.map(({ cells }) => cellState(cells[index]!, direction))
  const differs = reach.differs.length > 0 && isDifferent(reach.differs[index]!, direction)
  const ends = `${reach.units[row]!.id} to ${reach.units[column]!.id}`
  if (!differs) return { states: states.slice(0, 1), isDifferent: false, name: `${ends}: ${STATE_WORDS[states[0]!]}` }
  const verdicts = reach.variants.map(({ variant }, position) => `${variant} ${STATE_WORDS[states[position]!]}`)
  return { states, isDifferent: true, name: `${ends}: differs, ${verdicts.join(', ')}` }
}

/** How many cells in sight differ. */
export function countDifferences(reach: Reach, { rows, columns }: MatrixAxes, direction: ReachDirection): number {
  if (reach.differs.length === 0) return 0
  let count = 0
  for (const row of rows) {
    for (const column of columns) if (isDifferent(reach.differs[row * reach.units.length + column]!, direction)) count++
  }
  return count
}

/** Whether nothing is denied anywhere. */
export function allowsAll(reach: Reach): boolean {
  return reach.variants.every(({ cells }) => cells.every((cell) => cellState(cell, 'both') === 'allow' || cellState(cell, 'both') === 'none'))
}

/** Positions from `first` up to but not `end`. */
export interface Span {
  readonly first: number
  readonly end: number
}

/** Cells beside those in sight that are in the page too, so that scrolling shows no gaps. */
const MARGIN = 4

/** Which of `count` cells of one size are in the page, of a scroller `length` long that is `offset` into them; pixels. */
export function spanInSight(count: number, size: number, offset: number, length: number): Span {
  const first = Math.max(0, Math.floor(offset / size) - MARGIN)
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((offset + length) / size) + MARGIN) }
}

/** Where a key leads from a cell of a grid; undefined for keys that lead nowhere. */
export function cellAfterKey(
  key: string,
  withControl: boolean,
  { row, column }: { readonly row: number; readonly column: number },
  { rows, columns, page }: { readonly rows: number; readonly columns: number; readonly page: number },
): { readonly row: number; readonly column: number } | undefined {
  const to = (nextRow: number, nextColumn: number) => ({
    row: Math.min(rows - 1, Math.max(0, nextRow)), column: Math.min(columns - 1, Math.max(0, nextColumn)),
  })
  switch (key) {
    case 'ArrowUp': return to(withControl ? 0 : row - 1, column)
    case 'ArrowDown': return to(withControl ? rows - 1 : row + 1, column)
    case 'ArrowLeft': return to(row, withControl ? 0 : column - 1)
    case 'ArrowRight': return to(row, withControl ? columns - 1 : column + 1)
    case 'Home': return to(withControl ? 0 : row, 0)
    case 'End': return to(withControl ? rows - 1 : row, columns - 1)
    case 'PageUp': return to(row - page, column)
    case 'PageDown': return to(row + page, column)
    default: return undefined
  }
}

/** The cells in sight as a table: a row for each cell and variant. */
export function matrixTable(reach: Reach, { rows, columns }: MatrixAxes): DataTable {
  const { units } = reach
  const cells = rows.flatMap((row) => columns.flatMap((column) => reach.variants.map((verdicts) => ({ row, column, verdicts }))))
  const verdict = (direction: ReachDirection): readonly string[] =>
    cells.map(({ row, column, verdicts }) => cellState(verdicts.cells[row * units.length + column]!, direction))
  return {
    caption: 'A row is what a variant’s policies say between two units.',
    columns: [
      { key: 'variant', label: 'Variant', cells: cells.map(({ verdicts }) => verdicts.variant) },
      { key: 'from', label: 'From', cells: cells.map(({ row }) => units[row]!.id) },
      { key: 'to', label: 'To', cells: cells.map(({ column }) => units[column]!.id) },
      { key: 'verdict', label: 'Verdict', cells: verdict('both') },
      { key: 'egress', label: 'Egress', cells: verdict('egress') },
      { key: 'ingress', label: 'Ingress', cells: verdict('ingress') },
    ],
  }
}
