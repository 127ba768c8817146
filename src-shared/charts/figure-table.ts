import type { ComparedFigure, FigureUnit } from '#shared/analysis/index'

import type { CellUnit, DataColumn, DataTable } from './data-table'

/** What CSV files call units. */
const snakeUnits: Readonly<Record<FigureUnit, string>> = {
  'bit/s': 'bps',
  ns: 'ns',
  '1/s': 'per_s',
  cores: 'cores',
  'cores per Gbit/s': 'cores_per_gbps',
  B: 'bytes',
  share: 'share',
  packets: 'packets',
  times: 'times',
}

/**
 * Columns of compared figures: what, of which variant, mean, interval, range and difference. All numbers have the unit
 * given; without one each row has its figure's, and a column names it.
 */
export function comparisonColumns(figures: readonly ComparedFigure[], unit?: FigureUnit): DataColumn[] {
  const units: CellUnit | readonly CellUnit[] = unit ?? figures.map((each) => each.figure.unit)
  const suffix = unit ? `_${snakeUnits[unit]}` : ''
  const absolute = (each: ComparedFigure) => each.difference?.absolute
  const relative = (each: ComparedFigure) => each.difference?.relative
  const column = (key: string, label: string, cell: (each: ComparedFigure) => number | null | undefined, of?: CellUnit): DataColumn => ({
    key: of === undefined ? `${key}${suffix}` : key,
    label,
    unit: of ?? units,
    cells: figures.map((each) => cell(each) ?? null),
  })
  return [
    { key: 'figure', label: 'Figure', cells: figures.map((each) => each.figure.label) },
    { key: 'of', label: 'Of', cells: figures.map((each) => each.subject || 'the run') },
    { key: 'variant', label: 'Variant', cells: figures.map((each) => each.variant) },
    ...(unit ? [] : [{ key: 'unit', label: 'Unit', cells: figures.map((each) => each.figure.unit), fileOnly: true }]),
    column('mean', 'Mean', (each) => each.sample.mean),
    column('ci95', '± 95 %', (each) => each.sample.ci95),
    column('min', 'Least', (each) => each.sample.min),
    column('max', 'Greatest', (each) => each.sample.max),
    { key: 'seeds', label: 'Seeds', cells: figures.map((each) => each.sample.count) },
    column('difference', 'Difference', (each) => absolute(each)?.mean),
    column('difference_ci95', 'Difference ± 95 %', (each) => absolute(each)?.ci95),
    column('change', 'Change', (each) => relative(each)?.mean, 'change'),
    column('change_ci95', 'Change ± 95 %', (each) => relative(each)?.ci95, 'share'),
  ]
}

/** All figures of a run with their differences to the baseline: a row per figure, subject and variant. */
export function figureTable(figures: readonly ComparedFigure[]): DataTable {
  return {
    caption: 'A row per figure and variant: mean over the seeds, 95 % interval, and the difference to the baseline paired by seed.',
    columns: comparisonColumns(figures),
  }
}
