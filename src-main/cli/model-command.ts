import { predictTable, type TablePrediction } from '#main/analysis/prediction/index'
import type { Executor } from '#main/pool/executor'

import { EXIT, type ExitCode } from './cli-error'
import { modelText } from './model-text'
import { readMeasurementTable } from './read-measurement-table'
import { type Terminal, toJson } from './terminal'

/** What `cni-lab model` is given. */
export interface ModelOptions {
  readonly table: string
  readonly json?: boolean
}

/** What it works with. */
export interface ModelContext {
  readonly terminal: Terminal
  readonly executor: Executor
  /** Called when there is something to stop; the signal is aborted when the user interrupts. */
  readonly listenForInterrupt: () => AbortSignal
}

/** Each row is the mean over these seeds: threads meet on other cores with each. */
const SEEDS = [1, 2]

/** `cni-lab model --table FILE`: predicts every row of a measurement table by simulating its testbed. */
export async function modelCommand(options: ModelOptions, context: ModelContext): Promise<ExitCode> {
  const { terminal, executor, listenForInterrupt } = context
  const table = await readMeasurementTable(options.table, terminal)
  const onRow = progressOf(terminal)
  const interrupt = listenForInterrupt()
  const prediction = await predictTable(table, { executor, seeds: SEEDS, signal: interrupt, onRow })
  if (interrupt.aborted) {
    terminal.error('cni-lab: interrupted.\n')
    return EXIT.interrupted
  }
  for (const note of prediction.notes) terminal.error(`cni-lab: ${note}\n`)
  terminal.out(options.json ? toJson(published(prediction)) : modelText(table, prediction))
  return EXIT.done
}

/** The notes go to stderr; what scripts read has the contract's fields and the hosts' constants. */
function published({ notes: _notes, ...result }: TablePrediction): object {
  return result
}

/** Writes a line every tenth of the rows. */
function progressOf({ error }: Terminal): (done: number, of: number) => void {
  let shown = 0
  return (done, of) => {
    const tenth = Math.floor((done / of) * 10)
    if (tenth === shown) return
    shown = tenth
    error(`${done} of ${of} rows\n`)
  }
}
