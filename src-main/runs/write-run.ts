import { mkdir } from 'node:fs/promises'
import path from 'node:path'

import { writeAtomically } from '#main/documents/write-atomically'
import type { RunData } from '#shared/contract/run-messages'

import { writeSeriesCsv } from './series-csv'

/**
 * Writes a run for people and scripts into a folder, which is made where it is not there: `results.json` (the result,
 * `cnilab/result/v1`) and `series.csv` (the figures over time). Rejects with the file system's error.
 */
export async function writeRun(folder: string, run: RunData): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeAtomically(path.join(folder, 'results.json'), `${JSON.stringify(run.result, null, 2)}\n`)
  await writeSeriesCsv(path.join(folder, 'series.csv'), run)
}
