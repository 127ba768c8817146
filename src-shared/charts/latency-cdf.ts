import type { LineSeriesOption } from 'echarts/charts'

import { withoutZeros } from '#shared/analysis/index'
import { Histogram, unpackHistogram } from '#shared/metrics/index'
import { humanDuration } from '#shared/units/index'

import type { Chart, ChartLook, ChartOption } from './chart'
import type { ChartRun, ChartVariant } from './chart-run'
import type { DataTable } from './data-table'
import { logTicks } from './log-ticks'
import { markerSymbol } from './marks'
import { axisParts, frameOf, nameBelow, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'
import type { VariantStyle } from './variant-style'

/** A distribution of latencies: at each value, the share of samples that took no longer. */
interface Distribution {
  readonly name: string
  readonly style: VariantStyle
  readonly samples: number
  readonly points: readonly { readonly value: number; readonly share: number }[]
}

/** Which side of the distribution is drawn: the share that took no longer, or on a log scale the share that took longer. */
export type CdfSide = 'cumulative' | 'tail'

/**
 * The distribution of a traffic entry's latencies, one line per variant, all seeds together.
 */
export function latencyCdfChart(run: ChartRun, traffic: string, side: CdfSide): Chart {
  const distributions = run.variants.map((variant) => distributionOf(variant, traffic))
  const what =
    side === 'cumulative'
      ? 'Share of samples that took no longer than the time on the logarithmic axis'
      : 'Share of samples that took longer than the time below, both on logarithmic axes: how heavy the tail is'
  const chart = {
    id: `latency-${side === 'tail' ? 'tail' : 'cdf'}-${traffic}`,
    title: `Latency ${side === 'tail' ? 'tail' : 'distribution'}: ${traffic}`,
    explanation: `${what}. Histograms of all seeds merged, after the warm-up; values are exact to 1/64.`,
  }
  return {
    ...chart,
    table: tableOf(distributions),
    option: (look) => optionOf(chart, distributions, side, look),
    describe: (items) => describe(items, distributions, side),
  }
}

function distributionOf({ name, style, series }: ChartVariant, traffic: string): Distribution {
  const merged = new Histogram()
  for (const seed of series) {
    const entry = seed.latency.find((each) => each.name === traffic)
    if (entry) merged.merge(unpackHistogram(entry.histogram))
  }
  return { name, style, samples: merged.count, points: merged.cumulative() }
}

function tableOf(distributions: readonly Distribution[]): DataTable {
  const rows = distributions.flatMap(({ name, samples, points }) => points.map((point) => ({ name, samples, ...point })))
  return {
    caption: 'A row per variant and slot of its histogram; the latency is the slot’s upper end.',
    columns: [
      { key: 'variant', label: 'Variant', cells: rows.map((row) => row.name) },
      { key: 'latency_ns', label: 'Latency', unit: 'ns', cells: rows.map((row) => row.value) },
      { key: 'cumulative_share', label: 'Share no slower', unit: 'share', cells: rows.map((row) => row.share) },
      { key: 'samples', label: 'Samples in all', cells: rows.map((row) => row.samples) },
    ],
  }
}

/** The largest share of samples that the tail's axis shows; fewer samples than that are noise. */
const TAIL_TOP = 1

function optionOf(
  chart: Pick<Chart, 'title' | 'explanation'>,
  distributions: readonly Distribution[],
  side: CdfSide,
  look: ChartLook,
): ChartOption {
  const shown = distributions.filter(({ name, points }) => !look.hidden.has(name) && points.length > 0)
  const frame = frameOf(chart, look, shown.map(({ name, style }) => ({ name, colour: style.colour, marker: style.marker })))
  const values = shown.flatMap(({ points }) => [points[0]!.value, points.at(-1)!.value])
  const ticks = logTicks(Math.max(1, Math.min(...values)), Math.max(2, ...values))
  const axis = axisParts(look)
  return {
    ...frame.option,
    grid: { top: frame.top + 6, right: frame.edge + 20, bottom: frame.edge + 40, left: frame.edge + 56, outerBoundsMode: 'none' },
    xAxis: {
      ...axis,
      ...nameBelow,
      type: 'log',
      name: 'Latency (log scale)',
      min: ticks[0]!,
      max: ticks.at(-1)!,
      axisLabel: { ...axis.axisLabel, customValues: ticks, formatter: (value: number) => withoutZeros(humanDuration(value)) },
      axisTick: { show: false, customValues: ticks },
    },
    yAxis: side === 'cumulative' ? shareAxis(look) : tailAxis(look, shown),
    tooltip: tooltipParts('axis', look),
    series: shown.map((distribution, index) => lineOf(distribution, side, index)),
  }
}

function shareAxis(look: ChartLook): ChartOption['yAxis'] {
  const axis = axisParts(look)
  return {
    ...axis,
    type: 'value',
    min: 0,
    max: 1,
    axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
    axisLabel: { ...axis.axisLabel, formatter: (value: number) => `${Math.round(value * 100)} %` },
  }
}

function tailAxis(look: ChartLook, shown: readonly Distribution[]): ChartOption['yAxis'] {
  const axis = axisParts(look)
  const rarest = Math.min(0.1, ...shown.map(({ samples }) => 1 / samples))
  return {
    ...axis,
    type: 'log',
    min: 10 ** Math.floor(Math.log10(rarest)),
    max: TAIL_TOP,
    axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
    axisLabel: { ...axis.axisLabel, formatter: (value: number) => `${Number((value * 100).toPrecision(2))} %` },
  }
}

/** Markers stand on these shares of the samples, so that they tell lines apart and mark the percentiles. */
const MARKED = [0.5, 0.9, 0.99, 0.999]

function lineOf({ name, style, points }: Distribution, side: CdfSide, index: number): LineSeriesOption {
  const marked = new Set(MARKED.map((share) => points.findIndex((point) => point.share >= share)))
  const first = points[0]!
  const data =
    side === 'cumulative'
      ? [[first.value, 0], ...points.map((point) => [point.value, point.share])]
      : points.filter((point) => point.share < 1).map((point) => [point.value, 1 - point.share])
  const offset = side === 'cumulative' ? 1 : 0
  const symbol = markerSymbol(style.marker)
  return {
    type: 'line',
    name,
    data,
    step: 'end',
    symbol: (_value: unknown, { dataIndex }: { dataIndex: number }) => (marked.has(dataIndex - offset) ? symbol : 'none'),
    symbolSize: 7,
    showSymbol: true,
    lineStyle: { color: style.colour, width: 1.75, type: style.dash.length > 0 ? [...style.dash] : 'solid' },
    itemStyle: { color: style.colour },
    emphasis: { disabled: true },
    z: 3 + index,
  }
}

function describe(items: readonly PointedItem[], distributions: readonly Distribution[], side: CdfSide): Tooltip | null {
  const lines = distributions.flatMap(({ name, style }) => {
    const value = items.find((item) => item.seriesName === name)?.value
    if (!Array.isArray(value)) return []
    const [ns, share] = value as [number, number]
    const percent = `${Number((share * 100).toPrecision(4))} %`
    return [{ label: name, value: `${percent} ${side === 'tail' ? 'over' : 'within'} ${humanDuration(ns)}`, colour: style.colour }]
  })
  return lines.length > 0 ? { title: side === 'tail' ? 'Slower' : 'No slower', lines } : null
}
