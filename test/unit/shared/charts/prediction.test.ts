import { lightChartTheme, predictionChart, type ChartLook, type PredictionPoint } from '#shared/charts/index'
import { describe, expect, it } from 'vitest'

const point = (changes: Partial<PredictionPoint> = {}): PredictionPoint => ({
  series: 'calico',
  label: 'calico-wg',
  scope: 'pod-to-pod',
  metric: 'tcp-stream-gbps',
  streams: 1,
  measured: 8,
  predicted: 7,
  measuredRatio: 0.25,
  predictedRatio: 0.2,
  scored: true,
  ...changes,
})

const look: ChartLook = { theme: lightChartTheme, frame: 'window', hidden: new Set(), width: 800 }
const chart = predictionChart('table', 'A table', [point(), point({ series: 'host', label: 'host', measuredRatio: 1, predictedRatio: 1 })])

describe('the chart of predictions', () => {
  it('has a row per row of the table, and how far off it is', () => {
    const column = (key: string) => chart.table.columns.find((each) => each.key === key)!.cells
    expect(column('configuration')).toEqual(['calico-wg', 'host'])
    expect(column('off')[0]).toBeCloseTo(-0.2)
    expect(column('off')[1]).toBe(0)
  })

  it('has the same axes both ways, with room for all points and the line of equals', () => {
    const { xAxis, yAxis } = chart.option(look) as { xAxis: { min: number; max: number }; yAxis: { min: number; max: number } }
    expect([xAxis.min, xAxis.max]).toEqual([yAxis.min, yAxis.max])
    expect(xAxis.min).toBeLessThan(0.2)
    expect(xAxis.max).toBeGreaterThan(1)
  })

  it('tells of a mark what was measured and what was predicted', () => {
    const tooltip = chart.describe([{ seriesName: 'calico', dataIndex: 0 }], look)!
    expect(tooltip.title).toBe('calico-wg')
    expect(tooltip.lines.map(({ value }) => value)).toEqual(['pod-to-pod, tcp-stream-gbps, 1 stream', '8, ratio 0.250', '7, ratio 0.200'])
    expect(tooltip.lines[2]!.note).toBe('Off by −20.0 %.')
  })

  it('leaves out series that are hidden', () => {
    const names = (hidden: ReadonlySet<string>) => {
      const { series } = chart.option({ ...look, hidden }) as { series: { name: string }[] }
      return series.map(({ name }) => name)
    }
    expect(names(new Set())).toContain('host')
    expect(names(new Set(['host']))).not.toContain('host')
  })
})
