import type { MeasurementTable, PredictedRow } from '../prediction/index'

import type { Residual } from './fit-factors'

/** Uncertainty of a published ratio, and of what a known clock makes of a value, as deviations of logarithms. */
const UNCERTAINTY = { ratio: 0.1, value: 0.25 }

/**
 * How far off each row is: by its ratio to the reference row, and where a table has no baseline but a known clock, the
 * reference rows by their values, as nothing else holds these. Directional rows and references do not count.
 */
export function tableResiduals({ baseline, testbed }: MeasurementTable, rows: readonly PredictedRow[]): Residual[] {
  const hasKnownClock = baseline === undefined && testbed.cpuGhz !== undefined
  return rows.map((row) => {
    if (row.use !== 'score' || row.measuredRatio === null) return undefined
    if (row.measuredRatio !== 1) return logOf(row.predictedRatio, row.measuredRatio, UNCERTAINTY.ratio)
    return hasKnownClock ? logOf(row.predicted, row.measured, UNCERTAINTY.value) : undefined
  })
}

function logOf(predicted: number | null, measured: number, uncertainty: number): Residual {
  return predicted === null ? undefined : Math.log(predicted / measured) / uncertainty
}
