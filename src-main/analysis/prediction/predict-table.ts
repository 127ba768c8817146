import { fitHost } from './fit-host'
import type { MeasurementRow, MeasurementTable } from './measurement-table'
import { summarisePrediction, withRatios, type PredictedRow, type PredictionSummary } from './ratios'
import { RowSimulation, type SimulatedRow, type SimulationOptions } from './row-simulation'
import type { HostConstants } from './testbed-lab'

/** `cnilab/model/v1`: every row of a table, predicted by simulating its testbed. */
export interface TablePrediction {
  readonly schema: 'cnilab/model/v1'
  readonly table: string
  /** What the table's facts and baseline rows made of its hosts. */
  readonly host: HostConstants
  readonly rows: readonly PredictedRow[]
  readonly summary: PredictionSummary
  /** Rows that were not simulated as they are, and why. */
  readonly notes: readonly string[]
}

/** How a prediction is watched. */
export interface PredictionOptions extends SimulationOptions {
  /** Constants of the hosts, where they are known already. */
  readonly host?: HostConstants
  /** Called when a row is done. */
  readonly onRow?: (done: number, of: number) => void
}

/**
 * Predicts every row of a table. Facts of the testbed and baseline rows set the hosts' constants (`fitHost`); nothing else
 * of the table does. A service that can't be simulated is predicted as if the pod behind it were called by its address.
 */
export async function predictTable(table: MeasurementTable, options: PredictionOptions): Promise<TablePrediction> {
  const simulation = new RowSimulation(table, options)
  const host =
    options.host ?? (await fitHost(table, async (row, constants) => (await simulation.simulate(row, constants)).predicted))
  const notes = new Set<string>()
  let done = 0
  const simulated = await Promise.all(
    table.rows.map(async (row) => {
      const outcome = await simulateRow(simulation, row, host, notes)
      options.onRow?.(++done, table.rows.length)
      return outcome
    }),
  )
  const rows = withRatios(table, simulated.map(({ predicted }) => predicted))
  const summary = summarisePrediction(rows)
  return { schema: 'cnilab/model/v1', table: table.id, host, rows, summary, notes: [...notes] }
}

async function simulateRow(
  simulation: RowSimulation,
  row: MeasurementRow,
  host: HostConstants,
  notes: Set<string>,
): Promise<SimulatedRow> {
  const outcome = await simulation.simulate(row, host)
  if (outcome.refusal === undefined) return outcome
  notes.add(`${row.key}, ${row.scope}, ${row.metric}: ${outcome.refusal}`)
  return row.scope === 'pod-to-service' ? simulation.simulate({ ...row, scope: 'pod-to-pod' }, host) : outcome
}
