import type { CostParameter } from '#main/simulation/plan/index'

import type { MeasurementTable, PredictedRow, PredictionSummary, TablePrediction } from '../prediction/index'
import type { CalibrationOutcome, LeftOut } from './calibrate'

/** A table as measured and as predicted. */
export interface TableRecord {
  readonly id: string
  readonly title: string
  readonly url?: string
  readonly year?: number
  readonly quality?: string
  readonly caveat?: string
  /** Whether the factors were fitted to it. */
  readonly fitted: boolean
  readonly host: TablePrediction['host']
  readonly summary: PredictionSummary
  readonly rows: readonly PredictedRow[]
}

/** `cnilab/calibration/v1`: what a calibration found and how far off it leaves the app, table by table. */
export interface CalibrationRecord {
  readonly schema: 'cnilab/calibration/v1'
  readonly parameters: readonly CostParameter[]
  /** The fitted ones first. */
  readonly tables: readonly TableRecord[]
  /** Rows predicted with factors that have not seen them. */
  readonly crossValidation: readonly LeftOut[]
}

const DIGITS = 5

/** Puts an outcome in the form in which it is kept. */
export function calibrationRecord(
  tables: readonly MeasurementTable[],
  parameters: readonly CostParameter[],
  { fit, predictions, crossValidation }: CalibrationOutcome,
): CalibrationRecord {
  return rounded({
    schema: 'cnilab/calibration/v1',
    parameters: parameters.map((parameter) => ({
      ...parameter,
      factor: fit.factors[parameter.id]!,
      deviation: fit.deviations[parameter.id]!,
    })),
    tables: tables
      .map((table, index) => tableRecord(table, predictions[index]!))
      .toSorted((a, b) => Number(b.fitted) - Number(a.fitted)),
    crossValidation,
  })
}

function tableRecord(table: MeasurementTable, { host, summary, rows }: TablePrediction): TableRecord {
  const { id, title, url, year, quality, caveat, fitted } = table
  return {
    id,
    title,
    ...(url !== undefined && { url }),
    ...(year !== undefined && { year }),
    ...(quality !== undefined && { quality }),
    ...(caveat !== undefined && { caveat }),
    fitted,
    host,
    summary,
    rows,
  }
}

/** With figures that are worth keeping: files of calibrations are read and compared. */
function rounded<Value>(value: Value): Value {
  const round = (_key: string, part: unknown): unknown =>
    typeof part === 'number' && !Number.isInteger(part) ? Number(part.toPrecision(DIGITS)) : part
  return JSON.parse(JSON.stringify(value, round)) as Value
}
