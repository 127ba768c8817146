import type { CustomSeriesOption } from 'echarts/charts'

import type { Chart, ChartLook, ChartOption } from './chart'
import { logTicks } from './log-ticks'
import { lineElement, markerElement, pointAt, type Point, type RenderItem } from './marks'
import { axisParts, frameOf, nameAbove, nameBelow, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'
import { variantStyle } from './variant-style'

/** A row of a published table beside what the simulation makes of it. Ratios are to the table's baseline. */
export interface PredictionPoint {
  /** What it belongs to in the legend: a plugin. */
  readonly series: string
  readonly label: string
  readonly scope: string
  readonly metric: string
  readonly streams: number
  readonly measured: number
  readonly predicted: number
  readonly measuredRatio: number
  readonly predictedRatio: number
  /** Whether it counts in the summary. */
  readonly scored: boolean
}

/** Deviations within this factor are what tables of other people's hosts allow. */
const BAND = 1.2
const MARKER = 8

/**
 * Ratios as predicted against ratios as measured, both on logarithmic axes: on the line they are equal, within the shade
 * at most a fifth apart.
 */
export function predictionChart(id: string, title: string, points: readonly PredictionPoint[]): Chart {
  const chart = {
    id: `prediction-${id}`,
    title,
    explanation:
      'Each mark is a row of the table: its ratio to the baseline as measured, and as simulated. On the line they are equal; ' +
      'the thin lines are 20 % apart from it. Hollow marks do not count in the summary.',
  }
  const series = [...new Set(points.map((point) => point.series))]
  return {
    ...chart,
    table: {
      caption: 'A row per row of the published table.',
      columns: [
        { key: 'configuration', label: 'Configuration', cells: points.map(({ label }) => label) },
        { key: 'scope', label: 'Scope', cells: points.map(({ scope }) => scope) },
        { key: 'metric', label: 'Metric', cells: points.map(({ metric }) => metric) },
        { key: 'streams', label: 'Streams', cells: points.map(({ streams }) => streams) },
        { key: 'measured', label: 'Measured', cells: points.map(({ measured }) => measured) },
        { key: 'predicted', label: 'Predicted', cells: points.map(({ predicted }) => predicted) },
        { key: 'measured_ratio', label: 'Ratio measured', cells: points.map(({ measuredRatio }) => measuredRatio) },
        { key: 'predicted_ratio', label: 'Ratio predicted', cells: points.map(({ predictedRatio }) => predictedRatio) },
        { key: 'off', label: 'Off by', unit: 'change', cells: points.map(offBy) },
      ],
    },
    height: 340,
    option: (look) => optionOf(chart, series, points, look),
    describe: ([item]) => describe(item, points),
  }
}

function offBy({ measuredRatio, predictedRatio }: PredictionPoint): number {
  return predictedRatio / measuredRatio - 1
}

function optionOf(
  chart: Pick<Chart, 'title' | 'explanation'>,
  series: readonly string[],
  points: readonly PredictionPoint[],
  look: ChartLook,
): ChartOption {
  const shown = series.filter((name) => !look.hidden.has(name))
  const legend = shown.map((name) => {
    const { colour, marker } = variantStyle(series.indexOf(name))
    return { name, colour, marker }
  })
  const frame = frameOf(chart, look, legend)
  const values = points.flatMap(({ measuredRatio, predictedRatio }) => [measuredRatio, predictedRatio])
  const ticks = logTicks(Math.min(0.9, ...values) / BAND, Math.max(1.1, ...values) * BAND)
  const axis = axisParts(look)
  const scale = {
    ...axis,
    type: 'log' as const,
    min: ticks[0]!,
    max: ticks.at(-1)!,
    axisLabel: { ...axis.axisLabel, customValues: ticks, formatter: (value: number) => String(Number(value.toPrecision(3))) },
    axisTick: { show: false as const, customValues: ticks },
  }
  return {
    ...frame.option,
    grid: { top: frame.top + 22, right: frame.edge + 20, bottom: frame.edge + 40, left: frame.edge + 52, outerBoundsMode: 'none' },
    xAxis: { ...scale, ...nameBelow, name: 'Ratio as measured (log scale)' },
    yAxis: { ...scale, ...nameAbove, name: 'Ratio as predicted (log scale)', nameTextStyle: { ...axis.nameTextStyle, align: 'left' } },
    tooltip: tooltipParts('item', look),
    series: [
      ...[1 / BAND, 1, BAND].map((factor) => diagonal(factor, [ticks[0]!, ticks.at(-1)!], look)),
      ...shown.map((name) => marks(name, series.indexOf(name), points, look)),
    ],
  }
}

/** The line on which predictions are so many times the measurement. */
function diagonal(factor: number, [least, greatest]: readonly [number, number], { theme }: ChartLook): CustomSeriesOption {
  const renderItem: RenderItem = (_params, api) => {
    const from = Math.max(least, least / factor)
    const to = Math.min(greatest, greatest / factor)
    const at = (x: number): Point => pointAt(api, [x, x * factor])
    return lineElement(at(from), at(to), factor === 1 ? theme.textMuted : theme.axis)
  }
  return { type: 'custom', name: `times ${factor}`, renderItem, data: [[1, 1]], silent: true, tooltip: { show: false }, z: 2 }
}

function marks(name: string, index: number, points: readonly PredictionPoint[], { theme }: ChartLook): CustomSeriesOption {
  const own = points.filter((point) => point.series === name)
  const { colour, marker } = variantStyle(index)
  const renderItem: RenderItem = (params, api) => {
    const { measuredRatio, predictedRatio, scored } = own[params.dataIndex]!
    const at = pointAt(api, [measuredRatio, predictedRatio])
    const children = [markerElement(marker, at, MARKER, colour)]
    if (!scored) children.push(markerElement(marker, at, MARKER - 3, theme.surface))
    return { type: 'group', children }
  }
  return {
    type: 'custom',
    name,
    renderItem,
    data: own.map(({ measuredRatio, predictedRatio }) => [measuredRatio, predictedRatio]),
    color: [colour],
    z: 3,
  }
}

function describe(item: PointedItem | undefined, points: readonly PredictionPoint[]): Tooltip | null {
  const own = points.filter((point) => point.series === item?.seriesName)
  const point = item && own[item.dataIndex]
  if (!point) return null
  const { label, scope, metric, streams, measured, predicted, measuredRatio, predictedRatio } = point
  const off = `${(offBy(point) * 100).toFixed(1)} %`
  const figures = (value: number, ratio: number) => `${Number(value.toPrecision(4))}, ratio ${ratio.toFixed(3)}`
  return {
    title: label,
    lines: [
      { label: 'What', value: `${scope}, ${metric}, ${streams} ${streams === 1 ? 'stream' : 'streams'}` },
      { label: 'Measured', value: figures(measured, measuredRatio) },
      { label: 'Predicted', value: figures(predicted, predictedRatio), note: `Off by ${off.replace('-', '−')}.` },
    ],
  }
}
