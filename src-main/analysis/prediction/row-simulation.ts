import type { Executor } from '#main/pool/executor'
import type { SetUpOutcome } from '#main/pool/set-up'
import type { CalibrationChanges } from '#main/simulation/plan/index'
import { ProgressSlab } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

import { kernelTraits } from './kernel-traits'
import type { MeasurementRow, MeasurementTable } from './measurement-table'
import { readingOf } from './reading'
import { measuredSegmentBytes, testbedLab, underlayMtu, type HostConstants } from './testbed-lab'

/** TCP header with timestamps. */
const TCP_HEADER_BYTES = 32
const SEGMENT_HEADER_BYTES = IPV4.length + TCP_HEADER_BYTES
const SMALLEST_MTU = 68

/** What rows are simulated with. */
export interface SimulationOptions {
  readonly executor: Executor
  /** Each row is the mean over these seeds. */
  readonly seeds: readonly number[]
  /** Factors of fitted costs to try instead of the app's. */
  readonly factors?: Readonly<Record<string, number>>
  readonly signal?: AbortSignal
  /** Outcomes of plans, for predictions that share some: trying a cost changes the plans that charge it only. */
  readonly outcomes?: Map<string, Promise<SimulatedRow>>
}

/** What a row comes to. */
export interface SimulatedRow {
  /** In the metric's unit; null where nothing was delivered, or nothing could run. */
  readonly predicted: number | null
  /** Why it could not be simulated as it is. */
  readonly refusal?: string
}

/** Simulates rows of a table on its testbed. Rows that come to the same lab are simulated once. */
export class RowSimulation {
  private readonly table: MeasurementTable
  private readonly options: SimulationOptions
  private readonly outcomes: Map<string, Promise<SimulatedRow>>
  private readonly knownMtus = new Map<string, Promise<{ readonly nic: number; readonly path: number }>>()

  constructor(table: MeasurementTable, options: SimulationOptions) {
    this.table = table
    this.options = options
    this.outcomes = options.outcomes ?? new Map<string, Promise<SimulatedRow>>()
  }

  /** Simulates a row on hosts of such constants. */
  async simulate(row: MeasurementRow, host: HostConstants): Promise<SimulatedRow> {
    const { nic, path } = await this.mtus(row)
    const segmentBytes = Math.min(path - SEGMENT_HEADER_BYTES, measuredSegmentBytes(row) ?? Infinity)
    const text = testbedLab(this.table, row, { ghz: host.ghz, nicMtu: nic, segmentBytes })
    const { scale } = kernelTraits(this.table, row)
    const outcome = await this.setUp(text, { host: host.defaults, scale })
    const plan = planOf(outcome)
    if (plan === undefined) return { predicted: null, refusal: reasonOf(outcome) }
    const key = JSON.stringify([row.metric, row.perFlow, text, host.defaults, costsOf(plan)])
    const known = this.outcomes.get(key) ?? this.run(row, plan)
    this.outcomes.set(key, known)
    return known
  }

  private async run(row: MeasurementRow, plan: RunPlan): Promise<SimulatedRow> {
    const { seeds, executor, signal } = this.options
    const runs = await Promise.all(
      seeds.map((seed) => {
        const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
        return executor.run({ plan, seed, progress }, signal && { signal })
      }),
    )
    const readings = runs.flatMap((run) => (run === null ? [] : (readingOf(row, run.result.traffic[0]!) ?? [])))
    if (readings.length === 0) return { predicted: null, refusal: 'nothing was delivered' }
    return { predicted: readings.reduce((sum, value) => sum + value, 0) / readings.length }
  }

  /** The MTU that the nodes' interfaces need for the row's segments, and the one that its path then has. */
  private mtus(row: MeasurementRow): Promise<{ readonly nic: number; readonly path: number }> {
    const wanted = measuredSegmentBytes(row)
    const key = JSON.stringify([row.variant, row.scope, wanted])
    const known = this.knownMtus.get(key) ?? this.probe(row, wanted)
    this.knownMtus.set(key, known)
    return known
  }

  private async probe(row: MeasurementRow, wanted: number | undefined): Promise<{ nic: number; path: number }> {
    const nic = underlayMtu(this.table.testbed)
    const probe: MeasurementRow = { ...row, metric: 'tcp-stream-gbps', streams: 1 }
    const plan = planOf(await this.setUp(testbedLab(this.table, probe, { ghz: 1, nicMtu: nic, segmentBytes: 1 }), {}))
    if (plan === undefined) return { nic, path: nic }
    const path = plan.flows.mssBytes[0]! + SEGMENT_HEADER_BYTES
    // What does not cross the NIC does not depend on its MTU.
    if (wanted === undefined || path > nic) return { nic, path }
    const asMeasured = Math.max(SMALLEST_MTU, nic + wanted + SEGMENT_HEADER_BYTES - path)
    return { nic: asMeasured, path: asMeasured - nic + path }
  }

  private setUp(text: string, known: CalibrationChanges): Promise<SetUpOutcome> {
    const { executor, factors } = this.options
    return executor.setUp({ text, calibration: { ...known, ...(factors && { factors }) } })
  }
}

/** All that a plan charges, beside the columns that its lab decides. */
function costsOf({ programs, application, hosts }: RunPlan): number[] {
  const charged = Object.entries(programs).flatMap(([name, column]) => (name.startsWith('ref') ? [column as Float64Array] : []))
  return [...charged, ...Object.values<Float64Array>({ ...application }), hosts.interruptCycles].flatMap((column) => [...column])
}

function planOf(outcome: SetUpOutcome): RunPlan | undefined {
  return outcome.ok ? outcome.setUp.plans[0] : undefined
}

function reasonOf(outcome: SetUpOutcome): string {
  if (outcome.ok) return 'the lab has no variant'
  const { problems, message } = outcome.refusal
  return problems.find(({ severity }) => severity === 'error')?.message ?? message
}
