import type { MeasurementTable, TablePrediction } from '#main/analysis/prediction/index'

import { textTable, type TextColumn } from './text-table'

const COLUMNS: readonly TextColumn[] = [
  { heading: 'configuration', align: 'left' },
  { heading: 'scope', align: 'left' },
  { heading: 'metric', align: 'left' },
  { heading: 'streams', align: 'right' },
  { heading: 'measured', align: 'right' },
  { heading: 'predicted', align: 'right' },
  { heading: 'ratio', align: 'right' },
  { heading: 'predicted', align: 'right' },
  { heading: 'off by', align: 'right' },
  { heading: 'use', align: 'left' },
]

/** A prediction as tables for people. */
export function modelText(table: MeasurementTable, { host, rows, summary }: TablePrediction): string {
  const cells = rows.map((row) => [
    row.key,
    row.scope,
    row.metric,
    String(row.streams),
    figure(row.measured),
    figure(row.predicted),
    ratio(row.measuredRatio),
    ratio(row.predictedRatio),
    row.errorPct === null ? '–' : `${row.errorPct >= 0 ? '+' : '−'}${Math.abs(row.errorPct).toFixed(1)} %`,
    row.use,
  ])
  const constants = Object.entries(host.defaults).map(([name, value]) => `${name} ${Math.round(value)} ns`)
  const off = summary.medianAbsErrorPct === null ? 'nothing to compare' : `median error ${summary.medianAbsErrorPct.toFixed(1)} %`
  const order = summary.orderAgreement === null ? '' : `, ${(summary.orderAgreement * 100).toFixed(1)} % of pairs in the measured order`
  return [
    `${table.title}\n`,
    `hosts taken for ${[`${host.ghz.toFixed(2)} GHz`, ...constants].join(', ')}\n\n`,
    textTable(COLUMNS, cells),
    `\n${summary.scored} scored rows: ${off}${order}\n`,
  ].join('')
}

function figure(value: number | null): string {
  if (value === null) return '–'
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(4)
}

function ratio(value: number | null): string {
  return value === null ? '–' : value.toFixed(3)
}
