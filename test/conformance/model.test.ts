import { readdirSync, readFileSync } from 'node:fs'

import { parseMeasurementTable, predictTable, type MeasurementTable, type TablePrediction } from '#main/analysis/prediction/index'
import { describe, expect, it } from 'vitest'

import { inProcessExecutor } from '../support/in-process-executor'

const folder = new URL('../../resources/calibration/tables/', import.meta.url)

function tableIn(name: string): MeasurementTable {
  const parsed = parseMeasurementTable(readFileSync(new URL(name, folder), 'utf8'))
  if ('table' in parsed) return parsed.table
  throw new Error(JSON.stringify(parsed.problems))
}

/** The app may be this far off the tables that its costs were fitted to. */
const MOST_MEDIAN_ERROR_PCT = 12
const LEAST_ORDER_AGREEMENT = 0.9

const names = readdirSync(folder).filter((name) => name.endsWith('.json'))

async function predictionOf(name: string): Promise<TablePrediction> {
  const table = tableIn(name)
  const prediction = await predictTable(table, { executor: inProcessExecutor(), seeds: [1] })
  expect(prediction.rows).toHaveLength(table.rows.length)
  expect(prediction.rows.filter(({ predicted }) => predicted === null)).toEqual([])
  return prediction
}

describe('published tables, simulated again', () => {
  it.each(names.filter((name) => tableIn(name).fitted))('come out as measured: %s', async (name) => {
    const prediction = await predictionOf(name)
    expect(prediction.summary.medianAbsErrorPct).toBeLessThanOrEqual(MOST_MEDIAN_ERROR_PCT)
    expect(prediction.summary.orderAgreement).toBeGreaterThanOrEqual(LEAST_ORDER_AGREEMENT)
  })

  it.each(names.filter((name) => !tableIn(name).fitted))('are predicted row by row where costs are not fitted to them: %s', async (name) => {
    const { notes, summary } = await predictionOf(name)
    expect(notes).toEqual([])
    expect(summary.scored).toBeGreaterThan(0)
  })
})
