import type { MeasurementRow, MeasurementTable } from './measurement-table'

/** A row of a table with what the simulation makes of it. */
export interface PredictedRow {
  readonly key: string
  readonly scope: MeasurementRow['scope']
  readonly metric: MeasurementRow['metric']
  readonly streams: number
  readonly measured: number
  /** In the metric's unit; null where the simulation delivered nothing. */
  readonly predicted: number | null
  readonly measuredRatio: number | null
  readonly predictedRatio: number | null
  readonly errorPct: number | null
  readonly use: MeasurementRow['use']
}

/** How far off a table's prediction is. Null where there is nothing to compare. */
export interface PredictionSummary {
  /** Rows that count: those of use `score` that have a ratio. */
  readonly scored: number
  readonly medianAbsErrorPct: number | null
  readonly orderAgreement: number | null
}

/** Below this difference two measurements say nothing about which configuration is ahead. */
const TELLING_DIFFERENCE = 0.05
const PERCENT = 100

/**
 * The rows of a table with ratios to the baseline's row of the same metric and streams; in a table without baseline, to
 * the first scored row of the same metric, streams and scope. Requires: a prediction per row, in the table's order.
 */
export function withRatios({ baseline, rows }: MeasurementTable, predictions: readonly (number | null)[]): PredictedRow[] {
  return rows.map((row, index) => {
    const reference = rows.findIndex((candidate) => isReference(candidate, row, baseline))
    const predicted = predictions[index] ?? null
    const base = predictions[reference] ?? null
    const measuredRatio = reference < 0 ? null : row.value / rows[reference]!.value
    const predictedRatio = predicted === null || base === null ? null : predicted / base
    const { key, scope, metric, streams, value: measured, use } = row
    const errorPct = predictedRatio === null || measuredRatio === null ? null : PERCENT * (predictedRatio / measuredRatio - 1)
    return { key, scope, metric, streams, measured, predicted, measuredRatio, predictedRatio, errorPct, use }
  })
}

function isReference(candidate: MeasurementRow, row: MeasurementRow, baseline: string | undefined): boolean {
  if (candidate.metric !== row.metric || candidate.streams !== row.streams) return false
  return baseline === undefined ? candidate.use === 'score' && candidate.scope === row.scope : candidate.key === baseline
}

/** The summary of rows. */
export function summarisePrediction(rows: readonly PredictedRow[]): PredictionSummary {
  const errors = rows.flatMap(({ use, errorPct }) => (use === 'score' && errorPct !== null ? [Math.abs(errorPct)] : []))
  return { scored: errors.length, medianAbsErrorPct: median(errors), orderAgreement: orderAgreement(rows) }
}

/**
 * The share of pairs of scored rows of one metric, streams and scope, over 5 % apart in the measurement, that the
 * prediction puts in the same order. Equal predictions are not in the same order.
 */
function orderAgreement(rows: readonly PredictedRow[]): number | null {
  const scored = rows.filter(({ use }) => use === 'score')
  let pairs = 0
  let agreeing = 0
  scored.forEach((a, index) => {
    for (const b of scored.slice(index + 1)) {
      if (a.metric !== b.metric || a.streams !== b.streams || a.scope !== b.scope) continue
      if (Math.max(a.measured, b.measured) / Math.min(a.measured, b.measured) - 1 <= TELLING_DIFFERENCE) continue
      pairs++
      if (a.predicted === null || b.predicted === null) continue
      if ((a.predicted - b.predicted) * (a.measured - b.measured) > 0) agreeing++
    }
  })
  return pairs === 0 ? null : agreeing / pairs
}

/** The middle of the values, or the mean of the two in the middle; null of none. */
function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
