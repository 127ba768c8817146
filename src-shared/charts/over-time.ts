import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts'

import { axisScale, tickText } from './axis-scale'
import type { Chart, ChartLook, ChartOption } from './chart'
import { chartFont } from './chart-theme'
import type { CellUnit, DataTable } from './data-table'
import { cellText } from './data-table'
import { markerSymbol, plotArea, pointAt, type Element, type Point, type RenderItem } from './marks'
import { faultsAt, faultSeries, type FaultMark } from './fault-marks'
import { axisParts, frameOf, nameAbove, nameBelow, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'
import type { VariantStyle } from './variant-style'

/** A figure of one variant at one time: over its seeds, the mean and the range. */
export interface TimePoint {
  /** Middle of the averaging window, seconds of simulated time. */
  readonly seconds: number
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** A figure of one variant over time. */
export interface TimeLine {
  readonly name: string
  readonly style: VariantStyle
  /** By rising time. All lines of a chart have their points at the same times. */
  readonly points: readonly TimePoint[]
}

/** What a chart over time is made of. */
export interface OverTime {
  readonly id: string
  readonly title: string
  readonly explanation: string
  readonly lines: readonly TimeLine[]
  readonly unit: CellUnit
  /** Name of the figure in tables, and in CSV headers with its unit: `goodput_bps`. */
  readonly figureLabel: string
  readonly figureKey: string
  /** End of the time axis. */
  readonly durationSeconds: number
  /** Until then nothing is measured; shaded where it is known. */
  readonly warmupSeconds?: number
  /** What broke meanwhile, marked over the whole height. */
  readonly faults?: readonly FaultMark[]
}

/** A chart of lines over simulated time, each the mean over seeds with a band from least to greatest. */
export function overTimeChart(data: OverTime): Chart {
  const { id, title, explanation } = data
  return {
    id,
    title,
    explanation,
    table: tableOf(data),
    option: (look) => optionOf(data, look),
    describe: (items) => describe(items, data),
  }
}

function tableOf({ lines, unit, figureKey, figureLabel, faults = [] }: OverTime): DataTable {
  const rows = lines.flatMap((line) => line.points.map((point) => ({ name: line.name, ...point })))
  return {
    caption: 'A row per variant and averaging window; times are the middles of windows.',
    columns: [
      { key: 'variant', label: 'Variant', cells: rows.map((row) => row.name) },
      { key: 'time_s', label: 'Time', unit: 's', cells: rows.map((row) => row.seconds) },
      { key: `${figureKey}_mean`, label: `${figureLabel}, mean`, unit, cells: rows.map((row) => row.mean) },
      { key: `${figureKey}_min`, label: 'Least of the seeds', unit, cells: rows.map((row) => row.min) },
      { key: `${figureKey}_max`, label: 'Greatest of the seeds', unit, cells: rows.map((row) => row.max) },
      ...(faults.length === 0 ? [] : [{ key: 'faults', label: 'Faults', cells: rows.map((row) => faultsAt(faults, row.seconds).join('; ') || null) }]),
    ],
  }
}

function optionOf(data: OverTime, look: ChartLook): ChartOption {
  const shown = data.lines.filter((line) => !look.hidden.has(line.name))
  const largest = Math.max(0, ...shown.flatMap((line) => line.points.map((point) => point.max)))
  const scale = axisScale(data.unit, largest)
  const frame = frameOf(data, look, shown.map(({ name, style }) => ({ name, colour: style.colour, marker: style.marker })))
  const axis = axisParts(look)
  return {
    ...frame.option,
    grid: { top: frame.top + 20, right: frame.edge + 12, bottom: frame.edge + 40, left: frame.edge + 48, outerBoundsMode: 'none' },
    xAxis: {
      ...axis,
      ...nameBelow,
      type: 'value',
      name: 'Simulated time (s)',
      min: 0,
      max: data.durationSeconds,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      ...nameAbove,
      type: 'value',
      name: scale.suffix,
      nameTextStyle: { ...axis.nameTextStyle, align: 'right', padding: [0, 8, 0, 0] },
      min: 0,
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => tickText(value, scale) },
    },
    tooltip: tooltipParts('axis', look),
    series: [...warmupOf(data, look), ...faultSeries(data.faults ?? [], data.durationSeconds, look), ...shown.map(bandOf), ...shown.map((line, index) => lineOf(line, index))],
  }
}

/** Shades the time before the measurement, over the whole height. */
function warmupOf({ warmupSeconds = 0 }: OverTime, { theme }: ChartLook): CustomSeriesOption[] {
  if (warmupSeconds === 0) return []
  const renderItem: RenderItem = (params, api) => {
    const { x, y, height } = plotArea(params)
    const [end] = pointAt(api, [warmupSeconds, 0])
    const label = { text: 'Warm-up', x: x + 6, y: y + height - 6, verticalAlign: 'bottom', fill: theme.textFaint, fontSize: 10, fontFamily: chartFont } as const
    const children: Element[] = [{ type: 'rect', shape: { x, y, width: end - x, height }, style: { fill: theme.shade } }]
    if (end - x > 56) children.push({ type: 'text', style: label })
    return { type: 'group', children }
  }
  return [{ type: 'custom', name: 'warm-up', renderItem, data: [[0, 0]], silent: true, tooltip: { show: false }, z: 0 }]
}

/** The range over the seeds: one polygon, drawn by the first of two items whose values stretch the axes. */
function bandOf(line: TimeLine): CustomSeriesOption {
  const upper = line.points.map((point): Point => [point.seconds, point.max])
  const lower = line.points.map((point): Point => [point.seconds, point.min]).reverse()
  const renderItem: RenderItem = (params, api) =>
    params.dataIndex === 0
      ? {
          type: 'polygon',
          shape: { points: [...upper, ...lower].map((point) => pointAt(api, point)) },
          style: { fill: line.style.colour, opacity: 0.16 },
        }
      : null
  const greatest = Math.max(0, ...line.points.map((point) => point.max))
  const [first, last] = [line.points[0], line.points.at(-1)]
  return {
    type: 'custom',
    name: `${line.name} (range)`,
    renderItem,
    data: first && last ? [[first.seconds, 0], [last.seconds, greatest]] : [],
    silent: true,
    clip: true,
    tooltip: { show: false },
    z: 1,
  }
}

/** Markers stand this many points apart, and a little further on each line than on the one before. */
const MARKER_EVERY = 14

function lineOf({ name, style, points }: TimeLine, index: number): LineSeriesOption {
  const first = (3 + index * 4) % MARKER_EVERY
  const symbol = markerSymbol(style.marker)
  return {
    type: 'line',
    name,
    data: points.map((point) => [point.seconds, point.mean]),
    symbol: (_value: unknown, { dataIndex }: { dataIndex: number }) => (dataIndex % MARKER_EVERY === first ? symbol : 'none'),
    symbolSize: 7,
    showSymbol: true,
    lineStyle: { color: style.colour, width: 1.75, type: style.dash.length > 0 ? [...style.dash] : 'solid' },
    itemStyle: { color: style.colour },
    emphasis: { disabled: true },
    z: 3,
  }
}

/** All lines at the time under the pointer, whatever their order on the canvas. */
function describe(items: readonly PointedItem[], { lines, unit, faults = [] }: OverTime): Tooltip | null {
  const text = (value: number, of: CellUnit): string => cellText({ key: '', label: '', unit: of, cells: [value] }, 0)
  const pointed = lines.flatMap(({ name, style, points }) => {
    const point = points[items.find((item) => item.seriesName === name)?.dataIndex ?? -1]
    return point ? [{ name, style, point }] : []
  })
  const [first] = pointed
  if (!first) return null
  const during = faultsAt(faults, first.point.seconds)
  return {
    title: [`At ${text(first.point.seconds, 's')}`, ...during].join(' · '),
    lines: pointed.map(({ name, style, point }) => ({
      label: name,
      value: text(point.mean, unit),
      colour: style.colour,
      ...(point.min !== point.max && { note: `${text(point.min, unit)} … ${text(point.max, unit)}` }),
    })),
  }
}
