import { describe, expect, test } from 'vitest'

import { chartRun, cpuOverTimeChart, faultHeading, faultTable, lightChartTheme, lossesChart, lossReasons, renderChartSvg, throughputChart, toCsv } from '#shared/charts/index'
import type { ResultFault } from '#shared/metrics/index'

import { fakeRun } from '../../../fixture/fake-run'

const fake = fakeRun({ durationSeconds: 1 })
const faults: readonly ResultFault[] = [
  { kind: 'link-down', title: 'Link down: tor-a – spine-1', atSeconds: 0.4, untilSeconds: 0.6 },
  { kind: 'node-crash', title: 'Node crashes: node-2', atSeconds: 0.7 },
]
/** The run with these faults; in its last quarter the last variant receives nothing and loses packets. */
const broken = chartRun({
  result: { ...fake.result, faults },
  series: fake.series.map((each) => (each.variant === 'cilium-vxlan' ? { ...each, series: cut(each.series) } : each)),
  warmupSeconds: 0.1,
})

function cut(series: (typeof fake.series)[number]['series']): typeof series {
  const from = Math.ceil((0.75e9) / series.binNs)
  return {
    ...series,
    deliveredBytes: series.deliveredBytes.map(({ name, bytes }) => ({ name, bytes: bytes.map((value, bin) => (bin >= from ? 0 : value)) })),
    droppedBy: [{ reason: 'host-down', packets: Float64Array.from({ length: series.binCount }, (_, bin) => (bin >= from ? 2 : 0)) }],
  }
}

describe('faults in charts over time', () => {
  test.each([throughputChart(broken, 'bulk'), cpuOverTimeChart(broken, null)])('are named in the picture, with the loss and its reason: $title', (chart) => {
    const svg = renderChartSvg(chart, { theme: lightChartTheme, frame: 'file', hidden: new Set(), width: 780 })
    expect(svg).toContain('Link down: tor-a – spine-1')
    expect(svg).toMatch(/cilium-vxlan lost \d+ \(host-down\)/)
    expect(svg).toContain(lightChartTheme.fault)
  })

  test('are in the table and in what a pointed time tells', () => {
    const { table, describe: tell } = throughputChart(broken, 'bulk')
    const rows = toCsv(table).split('\r\n')
    expect(rows[0]).toMatch(/,faults$/)
    expect(rows.some((row) => /^host,0\.4\d*,.*,Link down: tor-a – spine-1$/.test(row))).toBe(true)
    expect(rows.some((row) => /^host,0\.6[2-9]\d*,.*,$/.test(row))).toBe(true)
    const point = table.columns[1]!.cells.findIndex((cell) => typeof cell === 'number' && cell > 0.8)
    expect(tell([{ seriesName: 'host', dataIndex: point }], { theme: lightChartTheme, frame: 'window', hidden: new Set(), width: 780 })!.title).toMatch(/^At 0\.8.* · Node crashes: node-2$/)
  })

  test('are absent where nothing broke', () => {
    const chart = throughputChart(chartRun({ ...fake, warmupSeconds: 0.1 }), 'bulk')
    expect(chart.table.columns.map(({ key }) => key)).not.toContain('faults')
    expect(renderChartSvg(chart, { theme: lightChartTheme, frame: 'file', hidden: new Set(), width: 780 })).not.toContain(lightChartTheme.fault)
  })
})

describe('packets lost over time', () => {
  test('are drawn for each reason that there was, or for all together', () => {
    expect(lossReasons(broken)).toEqual(['host-down'])
    const { table } = lossesChart(broken, 'host-down')
    const at = (name: string): number[] => table.columns[2]!.cells.flatMap((cell, row) => (table.columns[0]!.cells[row] === name ? [Number(cell)] : []))
    expect(Math.max(...at('cilium-vxlan'))).toBeCloseTo((2 * 1e9) / fake.series[0]!.series.binNs, 6)
    expect(Math.max(...at('host'))).toBe(0)
    expect(lossesChart(broken, null).title).toBe('Packets lost over time')
  })

  test('have no reasons where those were not kept', () => {
    expect(lossReasons(chartRun(fake))).toEqual([])
  })
})

describe('what a fault cost, as a table', () => {
  test('has the variants side by side: loss by reason, and whether traffic came back', () => {
    const { columns } = faultTable(broken.faults[1]!)
    const rows = columns[0]!.cells.map((figure, row) => [figure, columns[1]!.cells[row], ...columns.slice(3).map(({ cells }) => cells[row])])
    const bins = Math.ceil(0.25e9 / fake.series[0]!.series.binNs)
    expect(columns.slice(3).map(({ label }) => label)).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
    expect(rows).toContainEqual(['Packets lost', 'host-down', 0, 0, 2 * bins])
    expect(rows.find(([figure, of]) => figure === 'Back after' && of === 'bulk')!.at(-1)).toBe('not back')
    expect(rows.find(([figure, of]) => figure === 'Least received' && of === 'bulk')!.at(-1)).toBe(0)
  })

  test('is headed by the fault and when it held', () => {
    const headings = faults.map((fault) => faultHeading(fault).replaceAll(/\s/gu, ' '))
    expect(headings).toEqual(['Link down: tor-a – spine-1, 400 ms to 600 ms', 'Node crashes: node-2, from 700 ms on'])
    expect(faultHeading({ kind: 'session-reset', title: 'BGP session reset: a – b', atSeconds: 1, untilSeconds: 1 })).toMatch(/, at 1\ss$/)
  })
})
