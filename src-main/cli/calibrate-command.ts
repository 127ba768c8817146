import path from 'node:path'

import { calibrate, calibrationRecord, calibrationReport } from '#main/analysis/calibration/index'
import type { Executor } from '#main/pool/executor'
import { COST_PARAMETERS } from '#main/simulation/plan/index'

import { EXIT, type ExitCode } from './cli-error'
import { makeOutputFolder } from './output-folder'
import { readMeasurementTable } from './read-measurement-table'
import { type Terminal, toJson } from './terminal'
import { writeOutput } from './write-output'

/** What `cni-lab calibrate` is given. */
export interface CalibrateOptions {
  readonly out: string
  readonly steps: number
  readonly json?: boolean
}

/** One seed: a fit runs each row hundreds of times, and rows are many. */
const SEEDS = [1]

const FITTED_COSTS = {
  schema: 'cnilab/fitted-costs/v1',
  description:
    'Factors on the published figures of stage-costs.json, written by `npm run calibrate`. The first parameter that covers a figure counts. A factor near 1 says that single packets in published microbenchmarks cost what they cost in published throughput tables.',
}

/**
 * `cni-lab calibrate TABLE… --out DIR`: fits the costs of stages to tables, and writes the factors
 * (`fitted-costs.json`), how far off they leave each row (`residuals.json`), and both as a page (`calibration.md`).
 */
export async function calibrateCommand(
  files: readonly string[],
  { out, steps, json }: CalibrateOptions,
  { terminal, executor }: { readonly terminal: Terminal; readonly executor: Executor },
): Promise<ExitCode> {
  const tables = await Promise.all(files.map((file) => readMeasurementTable(file, terminal)))
  await makeOutputFolder(out)
  const onStep = (text: string): void => terminal.error(`${text}\n`)
  const outcome = await calibrate(tables, COST_PARAMETERS, { executor, seeds: SEEDS, steps, onStep })
  const record = calibrationRecord(tables, COST_PARAMETERS, outcome)
  await writeOutput(path.join(out, 'fitted-costs.json'), toJson({ ...FITTED_COSTS, parameters: record.parameters }))
  await writeOutput(path.join(out, 'residuals.json'), toJson(record))
  await writeOutput(path.join(out, 'calibration.md'), calibrationReport(record))
  if (json) {
    terminal.out(toJson(record))
    return EXIT.done
  }
  for (const { id, summary } of record.tables) {
    const { scored, medianAbsErrorPct, orderAgreement } = summary
    terminal.out(`${id}: ${scored} rows, median error ${medianAbsErrorPct ?? '–'} %, order ${orderAgreement ?? '–'}\n`)
  }
  return EXIT.done
}
