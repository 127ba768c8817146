import type { Executor } from '#main/pool/executor'

import {
  mayOvertake,
  predictTable,
  summarisePrediction,
  type MeasurementTable,
  type PredictionSummary,
  type SimulationOptions,
  type TablePrediction,
} from '../prediction/index'
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

/** The options, with what predictions share: outcomes of plans that come up again. */
type SharedOptions = CalibrationOptions & Required<Pick<SimulationOptions, 'outcomes'>>

/**
 * Fits the factors of cost parameters to the tables that are for it, beginning at `start`, and predicts each of these and
 * each variant once more with factors that have not seen it. The other tables are predicted only.
 */
export async function calibrate(
  tables: readonly MeasurementTable[],
  parameters: readonly (FitParameter & { readonly factor: number })[],
  options: CalibrationOptions,
): Promise<CalibrationOutcome> {
  const fitted = tables.filter((table) => table.fitted)
  const telling = fitted.map(tellingRows)
  const shared: SharedOptions = { ...options, outcomes: new Map() }
  const evaluate = async (factors: Factors): Promise<Residual[]> => {
    const predictions = await Promise.all(telling.map((table) => predictOne(table, factors, shared)))
    return telling.flatMap((table, index) => tableResiduals(table, predictions[index]!.rows))
  }
  const start = parameters.map(({ factor }) => Math.log(factor))
  const fit = await fitFactors(parameters, evaluate, { start, steps: options.steps, onStep: options.onStep })
  const predictions = await Promise.all(tables.map((table) => predictOne(table, fit.factors, shared)))
  const seen = telling.flatMap((table) => table.rows.map((row) => ({ table, row })))
  const crossValidation: LeftOut[] = []
  for (const fold of foldsOf(fitted)) {
    if (!seen.some((place) => fold.includes(place))) continue
    const factors = withoutResiduals(parameters, fit, (index) => fold.includes(seen[index]!))
    crossValidation.push({ leftOut: fold.name, summary: await summaryOf(fitted, fold, factors, shared) })
    options.onStep(`without ${fold.name}`)
  }
  return { fit, predictions, crossValidation }
}

/** A table without the rows that tell nothing of costs: hints, streams that overtake themselves, and many that together fill the wire. */
function tellingRows(table: MeasurementTable): MeasurementTable {
  const rows = table.rows.filter((row) => row.use === 'score' && !(row.saturated && row.streams > 1) && !mayOvertake(table, row))
  return { ...table, rows }
}

function predictOne(
  table: MeasurementTable,
  factors: Factors,
  { executor, seeds, outcomes }: SharedOptions,
): Promise<TablePrediction> {
  return predictTable(table, { executor, seeds, factors, outcomes })
}

/** A row and its table. */
interface Place {
  readonly table: Pick<MeasurementTable, 'id' | 'baseline'>
  readonly row: MeasurementTable['rows'][number]
}

/** Rows that are left out together. */
interface Fold {
  readonly name: string
  readonly includes: (place: Place) => boolean
}

function foldsOf(tables: readonly MeasurementTable[]): Fold[] {
  const variants = new Set(tables.flatMap(({ rows }) => rows.map(({ variant }) => nameOf(variant))))
  return [
    ...tables.map(({ id }) => ({ name: `table ${id}`, includes: ({ table }: Place) => table.id === id })),
    ...[...variants].map((name) => ({
      name: `variant ${name}`,
      // Baselines set the hosts' constants; without them there is nothing to compare.
      includes: ({ table, row }: Place) => row.key !== table.baseline && nameOf(row.variant) === name,
    })),
  ]
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
  { includes }: Fold,
  factors: Factors,
  options: SharedOptions,
): Promise<PredictionSummary> {
  const affected = tables.filter((table) => table.rows.some((row) => includes({ table, row })))
  const rows = await Promise.all(
    affected.map(async (table) => {
      const prediction = await predictOne(table, factors, options)
      return prediction.rows.filter((_, index) => includes({ table, row: table.rows[index]! }))
    }),
  )
  return summarisePrediction(rows.flat())
}
