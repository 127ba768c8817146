import type { Executor } from '#main/pool/executor'

import { predictTable, summarisePrediction, type MeasurementTable, type PredictionSummary, type TablePrediction } from '../prediction/index'
import { fitFactors, withoutResiduals, type FactorFit, type FitParameter, type Residual } from './fit-factors'
import { tableResiduals } from './table-residuals'

/** What a calibration works with. */
export interface CalibrationOptions {
  readonly executor: Executor
  readonly seeds: readonly number[]
  /** Steps of the fit at most. */
  readonly steps: number
  readonly onStep: (text: string) => void
}

/** How well rows that the fit has not seen are predicted. */
export interface LeftOut {
  /** What was left out: `table …` or `variant …`. */
  readonly leftOut: string
  readonly summary: PredictionSummary
}

/** What a calibration comes to. */
export interface CalibrationOutcome {
  readonly fit: FactorFit
  readonly predictions: readonly TablePrediction[]
  readonly crossValidation: readonly LeftOut[]
}

type Factors = Readonly<Record<string, number>>

/**
 * Fits the factors of cost parameters to tables, beginning at `start`, and predicts each table and each variant once more
 * with factors that have not seen it.
 */
export async function calibrate(
  tables: readonly MeasurementTable[],
  parameters: readonly (FitParameter & { readonly factor: number })[],
  options: CalibrationOptions,
): Promise<CalibrationOutcome> {
  const predictAll = (factors: Factors): Promise<TablePrediction[]> =>
    Promise.all(tables.map((table) => predictOne(table, factors, options)))
  const evaluate = async (factors: Factors): Promise<Residual[]> => {
    const predictions = await predictAll(factors)
    return tables.flatMap((table, index) => tableResiduals(table, predictions[index]!.rows))
  }
  const start = parameters.map(({ factor }) => Math.log(factor))
  const fit = await fitFactors(parameters, evaluate, { start, steps: options.steps, onStep: options.onStep })
  const predictions = await predictAll(fit.factors)
  const crossValidation: LeftOut[] = []
  for (const fold of foldsOf(tables)) {
    const factors = withoutResiduals(parameters, fit, (index) => fold.rows.has(index))
    crossValidation.push({ leftOut: fold.name, summary: await summaryOf(tables, fold, factors, options) })
    options.onStep(`without ${fold.name}`)
  }
  return { fit, predictions, crossValidation }
}

async function predictOne(table: MeasurementTable, factors: Factors, { executor, seeds }: CalibrationOptions): Promise<TablePrediction> {
  return (await predictTable(table, { executor, seeds, factors })).prediction
}

/** Rows left out together, numbered through all tables. */
interface Fold {
  readonly name: string
  readonly rows: ReadonlySet<number>
}

function foldsOf(tables: readonly MeasurementTable[]): Fold[] {
  const names = new Map<string, Set<number>>()
  const join = (name: string, row: number) => names.set(name, (names.get(name) ?? new Set()).add(row))
  let row = 0
  for (const table of tables) {
    for (const { variant, key } of table.rows) {
      join(`table ${table.id}`, row)
      if (key !== table.baseline) join(`variant ${nameOf(variant)}`, row)
      row++
    }
  }
  return [...names].map(([name, rows]) => ({ name, rows }))
}

/** A variant in a few words: `calico ebpf none wireguard`. */
function nameOf(variant: MeasurementTable['rows'][number]['variant']): string {
  return Object.entries<string | boolean>(variant)
    .map(([field, value]) => (typeof value === 'string' ? value : value ? field : ''))
    .filter((word) => word !== '')
    .join(' ')
}

async function summaryOf(
  tables: readonly MeasurementTable[],
  { rows }: Fold,
  factors: Factors,
  options: CalibrationOptions,
): Promise<PredictionSummary> {
  let first = 0
  const left: TablePrediction['rows'][number][] = []
  for (const table of tables) {
    const from = first
    first += table.rows.length
    if (!table.rows.some((_, index) => rows.has(from + index))) continue
    const prediction = await predictOne(table, factors, options)
    left.push(...prediction.rows.filter((_, index) => rows.has(from + index)))
  }
  return summarisePrediction(left)
}
