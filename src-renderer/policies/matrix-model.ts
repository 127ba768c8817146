import type { DataTable } from '#shared/charts/index'
import { cellAt, cellState, isDifferent, type CellState, type Reach, type ReachDirection } from '#shared/contract/reach'

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
  const { differs } = reach
  if (!filter.onlyDifferent || differs === undefined) return { rows, columns }
  const differ = differingClasses(reach, differs.between, filter.direction)
  const differsFrom = classPicker(reach, columns, differ.to)
  const differsTo = classPicker(reach, rows, differ.from)
  const own = (unit: number): boolean => isDifferent(differs.own[unit]!, filter.direction)
  const inColumns = new Set(columns)
  const inRows = new Set(rows)
  return {
    rows: rows.filter((row) => differsFrom(row) || (inColumns.has(row) && own(row))),
    columns: columns.filter((column) => differsTo(column) || (inRows.has(column) && own(column))),
  }
}

/** For each class, the classes that it differs to, and those that it differs from. */
function differingClasses({ classes }: Reach, between: Uint8Array, direction: ReachDirection) {
  const to = Array.from({ length: classes }, (): number[] => [])
  const from = Array.from({ length: classes }, (): number[] => [])
  for (let row = 0; row < classes; row++) {
    for (let column = 0; column < classes; column++) {
      if (!isDifferent(between[row * classes + column]!, direction)) continue
      to[row]!.push(column)
      from[column]!.push(row)
    }
  }
  return { to, from }
}

/** Answers whether a unit's class differs about any of some units, itself apart. */
function classPicker({ classOf }: Reach, units: readonly number[], partners: readonly (readonly number[])[]): (unit: number) => boolean {
  const present = countClasses(classOf, units)
  const inUnits = new Set(units)
  return (unit) => {
    const own = classOf[unit]!
    return partners[own]!.some((partner) => (present.get(partner) ?? 0) > (partner === own && inUnits.has(unit) ? 1 : 0))
  }
}

function countClasses(classOf: Uint32Array, units: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const unit of units) counts.set(classOf[unit]!, (counts.get(classOf[unit]!) ?? 0) + 1)
  return counts
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
  const states = reach.variants.map(({ cells }) => cellState(cellAt(reach, cells, row, column), direction))
  const differs = reach.differs !== undefined && isDifferent(cellAt(reach, reach.differs, row, column), direction)
  const ends = `${reach.units[row]!.id} to ${reach.units[column]!.id}`
  if (!differs) return { states: states.slice(0, 1), isDifferent: false, name: `${ends}: ${STATE_WORDS[states[0]!]}` }
  const verdicts = reach.variants.map(({ variant }, position) => `${variant} ${STATE_WORDS[states[position]!]}`)
  return { states, isDifferent: true, name: `${ends}: differs, ${verdicts.join(', ')}` }
}

/** How many cells in sight differ. */
export function countDifferences(reach: Reach, { rows, columns }: MatrixAxes, direction: ReachDirection): number {
  const { differs, classOf } = reach
  if (differs === undefined) return 0
  const [from, to] = [countClasses(classOf, rows), countClasses(classOf, columns)]
  let count = 0
  for (const [row, sources] of from) {
    for (const [column, destinations] of to) {
      if (isDifferent(differs.between[row * reach.classes + column]!, direction)) count += sources * destinations
    }
  }
  // Of a unit and itself that was the cell with another of its class.
  const inColumns = new Set(columns)
  for (const unit of rows.filter((row) => inColumns.has(row))) {
    const counted = isDifferent(differs.between[classOf[unit]! * reach.classes + classOf[unit]!]!, direction)
    count += (isDifferent(differs.own[unit]!, direction) ? 1 : 0) - (counted ? 1 : 0)
  }
  return count
}

/** Whether nothing is denied anywhere. */
export function allowsAll(reach: Reach): boolean {
  const { classOf, classes, variants } = reach
  const isOpen = (cell: number): boolean => cellState(cell, 'both') === 'allow' || cellState(cell, 'both') === 'none'
  const counts = countClasses(classOf, reach.units.map((_, unit) => unit))
  // A class of one unit has no cell with another of its kind.
  const isDrawn = (index: number): boolean => index % (classes + 1) !== 0 || counts.get(index / (classes + 1))! > 1
  return variants.every(({ cells }) => cells.between.every((cell, index) => !isDrawn(index) || isOpen(cell)) && cells.own.every(isOpen))
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

/** Cells that are written as a table at most: spreadsheets read no longer one. */
export const MOST_TABLE_ROWS = 1_000_000

/** How many rows the cells in sight make as a table. */
export function tableRows(reach: Reach, { rows, columns }: MatrixAxes): number {
  return rows.length * columns.length * reach.variants.length
}

/** The cells in sight as a table: a row for each cell and variant. */
export function matrixTable(reach: Reach, { rows, columns }: MatrixAxes): DataTable {
  const { units } = reach
  const cells = rows.flatMap((row) => columns.flatMap((column) => reach.variants.map((verdicts) => ({ row, column, verdicts }))))
  const verdict = (direction: ReachDirection): readonly string[] =>
    cells.map(({ row, column, verdicts }) => cellState(cellAt(reach, verdicts.cells, row, column), direction))
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
