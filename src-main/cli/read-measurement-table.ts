import { parseMeasurementTable, type MeasurementTable } from '#main/analysis/prediction/index'

import { CliError } from './cli-error'
import { readLabFile } from './read-lab-file'
import type { Terminal } from './terminal'

/** Most problems of a table that are printed. */
const MOST_PROBLEMS = 20

/** Reads a measurement table. Throws a {@link CliError} where it can't; what is wrong and where is on stderr by then. */
export async function readMeasurementTable(file: string, terminal: Terminal): Promise<MeasurementTable> {
  const read = await readLabFile(file)
  if ('problem' in read) throw new CliError(read.problem.code, `${file}: ${read.problem.message}`)
  const parsed = parseMeasurementTable(read.text)
  if ('table' in parsed) return parsed.table
  for (const { path, message } of parsed.problems.slice(0, MOST_PROBLEMS)) {
    terminal.error(`${file}: ${path === '' ? '' : `${path}: `}${message}\n`)
  }
  throw new CliError('table.invalid', `${file} is not a table of the form cnilab/measurements/v1.`)
}
