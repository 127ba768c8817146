import path from 'node:path'

import { type KeptRun, writeRunFolder } from './run-folder'
import { writeSeriesCsv } from './series-csv'

/**
 * Writes a run for people and scripts into a folder, which is made where it is not there: `results.json` (the result,
 * `cnilab/result/v1`), `series.csv` (the figures over time), and what a report is made of later. Rejects with the file
 * system's error.
 */
export async function writeRun(folder: string, run: KeptRun): Promise<void> {
  await writeRunFolder(folder, run)
  await writeSeriesCsv(path.join(folder, 'series.csv'), { entry: run.record.entry, series: run.series })
}
