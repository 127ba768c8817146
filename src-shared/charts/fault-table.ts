import { RECOVERED, withoutZeros, type FaultCost, type LostPackets, type TrafficRecovery } from '#shared/analysis/index'
import type { ResultFault } from '#shared/metrics/index'
import { humanDuration, SECOND_NS } from '#shared/units/index'

import type { ChartFault } from './chart-run'
import type { Cell, CellUnit, DataTable } from './data-table'

/** A fault and when it held: `Link down: tor-a – spine-1, 500 ms to 800 ms`. */
export function faultHeading({ title, atSeconds, untilSeconds }: ResultFault): string {
  if (untilSeconds === undefined) return `${title}, from ${durationText(atSeconds)} on`
  return `${title}, ${untilSeconds === atSeconds ? `at ${durationText(atSeconds)}` : `${durationText(atSeconds)} to ${durationText(untilSeconds)}`}`
}

interface Row {
  readonly figure: string
  readonly of: string
  readonly unit: CellUnit
  readonly cells: readonly Cell[]
}

/** What a fault cost, variant by variant side by side: packets lost by reason, and how each traffic entry came through. */
export function faultTable({ costs, fromSeconds, toSeconds }: ChartFault): DataTable {
  const rows = [...lossRows(costs), ...trafficRows(costs)]
  return {
    caption:
      `From the fault’s beginning until the next one begins or the run ends (${durationText(toSeconds - fromSeconds)}); means over the seeds. ` +
      `Traffic is back, counted from the fault’s beginning, when it receives ${RECOVERED * 100} % of what it did before and stays there.`,
    columns: [
      { key: 'figure', label: 'Figure', cells: rows.map(({ figure }) => figure) },
      { key: 'of', label: 'Of', cells: rows.map(({ of }) => of) },
      { key: 'unit', label: 'Unit', cells: rows.map(({ unit }) => unit), fileOnly: true },
      ...costs.map(({ variant }, index) => ({
        key: variant, label: variant, unit: rows.map(({ unit }) => unit), cells: rows.map(({ cells }) => cells[index] ?? null),
      })),
    ],
  }
}

function lossRows(costs: readonly FaultCost[]): Row[] {
  const reasons = [...new Set(costs.flatMap(({ lost }) => lost.map(({ reason }) => reason)))]
  const total: Row = { figure: 'Packets lost', of: 'all reasons', unit: 'packets', cells: costs.map(({ lost }) => lost.reduce((sum, { packets }) => sum + packets, 0)) }
  const byReason = reasons.flatMap((reason): Row[] => {
    const found = costs.map(({ lost }) => lost.find((each) => each.reason === reason))
    const row = { of: reason, unit: 'packets' } as const
    return [
      { ...row, figure: 'Packets lost', cells: found.map((each) => each?.packets ?? 0) },
      ...lossesOfTraffic(row, found),
      ...(found.some((each) => (each?.usual ?? 0) > 0) ? [{ ...row, figure: 'Usual in as much time', cells: found.map((each) => each?.usual ?? 0) }] : []),
    ]
  })
  return [total, ...byReason]
}

/** Whose the packets were that a reason cost. */
function lossesOfTraffic(row: Pick<Row, 'of' | 'unit'>, found: readonly (LostPackets | undefined)[]): Row[] {
  const names = [...new Set(found.flatMap((each) => each?.of?.map(({ traffic }) => traffic) ?? []))]
  return names.map((name) => ({
    ...row, figure: 'Packets lost', of: `${row.of}, of ${name}`, cells: found.map((each) => each?.of?.find(({ traffic }) => traffic === name)?.packets ?? 0),
  }))
}

function trafficRows(costs: readonly FaultCost[]): Row[] {
  const names = [...new Set(costs.flatMap(({ traffic }) => traffic.map((entry) => entry.traffic)))]
  return names.flatMap((name): Row[] => {
    const found = costs.map(({ traffic }) => traffic.find((entry) => entry.traffic === name))
    const bps = (pick: (entry: TrafficRecovery) => number): Cell[] => found.map((entry) => (entry === undefined ? null : pick(entry)))
    return [
      { figure: 'Back after', of: name, unit: 's', cells: found.map(recoveryCell) },
      { figure: 'Received before', of: name, unit: 'bit/s', cells: bps(({ beforeBps }) => beforeBps) },
      { figure: 'Least received', of: name, unit: 'bit/s', cells: bps(({ leastBps }) => leastBps) },
    ]
  })
}

function recoveryCell(entry: TrafficRecovery | undefined): Cell {
  if (entry === undefined) return null
  const { recoverySeconds, recovered, seeds } = entry
  if (recoverySeconds === null) return 'not back'
  return recovered === seeds ? recoverySeconds : `${durationText(recoverySeconds)}, ${recovered} of ${seeds} seeds`
}

function durationText(seconds: number): string {
  return withoutZeros(humanDuration(seconds * SECOND_NS))
}
