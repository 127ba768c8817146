import type { LineSeriesOption } from 'echarts/charts'

import type { AxisScale } from './axis-scale'
import type { Chart, ChartLook, ChartOption } from './chart'
import type { DataTable } from './data-table'
import { logTicks } from './log-ticks'
import { markerSymbol } from './marks'
import { axisParts, frameOf, nameAbove, nameBelow, tooltipParts, withLegend } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'
import type { VariantStyle } from './variant-style'

/** A named line. */
export interface NamedLine {
  readonly name: string
  readonly style: VariantStyle
  /** By rising x. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** An axis of numbers. */
export interface NumberAxis {
  readonly name: string
  /** Whether it is logarithmic: then what is not above zero is not drawn. @default false */
  readonly logarithmic?: boolean
  /** Where a linear axis ends; with its values where absent. */
  readonly max?: number
  readonly scale: AxisScale
  /** A value for people. */
  readonly text: (value: number) => string
  /** A tick's text. @default its number in the axis' unit */
  readonly tick?: (value: number) => string
}

/** What a chart of lines is made of. */
export interface Lines extends Pick<Chart, 'id' | 'title' | 'explanation'> {
  readonly lines: readonly NamedLine[]
  readonly x: NumberAxis
  readonly y: NumberAxis
  /** Whether a value holds until the next one. @default false */
  readonly stepped?: boolean
  readonly table: DataTable
}

/** A chart of lines over any quantity. */
export function linesChart(data: Lines): Chart {
  const { id, title, explanation, table } = data
  return { id, title, explanation, table, option: (look) => optionOf(data, look), describe: (items) => describe(items, data) }
}

function optionOf(data: Lines, look: ChartLook): ChartOption {
  const shown = data.lines.filter(({ name }) => !look.hidden.has(name))
  const frame = frameOf(data, withLegend(look), shown.map(({ name, style }) => ({ name, colour: style.colour, marker: style.marker })))
  const axis = axisParts(look)
  const drawn = shown.map((line) => ({ ...line, points: line.points.filter(([x, y]) => isDrawn(data.x, x) && isDrawn(data.y, y)) }))
  const points = drawn.flatMap((line) => line.points)
  return {
    ...frame.option,
    grid: { top: frame.top + 20, right: frame.edge + 20, bottom: frame.edge + 40, left: frame.edge + 60, outerBoundsMode: 'none' },
    xAxis: { ...axis, ...nameBelow, ...numberAxis(data.x, points.map(([x]) => x)), name: data.x.name, axisLabel: { ...axis.axisLabel, ...ticks(data.x) }, splitLine: { show: false } },
    yAxis: {
      ...axis, ...nameAbove, ...numberAxis(data.y, points.map(([, y]) => y)), name: data.y.name,
      nameTextStyle: { ...axis.nameTextStyle, align: 'left', padding: [0, 0, 0, -52] },
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      axisLabel: { ...axis.axisLabel, ...ticks(data.y) },
    },
    tooltip: tooltipParts('item', look),
    series: drawn.map((line) => seriesOf(line, data)),
  }
}

function isDrawn({ logarithmic = false }: NumberAxis, value: number): boolean {
  return !logarithmic || value > 0
}

function numberAxis({ logarithmic = false, max, scale }: NumberAxis, all: readonly number[]) {
  if (!logarithmic) return { type: 'value' as const, min: 0, ...(max !== undefined && { max: max / scale.divisor }) }
  const values = all.map((value) => value / scale.divisor)
  const least = values.reduce((low, value) => Math.min(low, value), Infinity)
  const greatest = values.reduce((high, value) => Math.max(high, value), 0)
  const round = Number.isFinite(least) ? logTicks(least, Math.max(greatest, least * 2)) : [1, 10]
  return { type: 'log' as const, min: round[0]!, max: round.at(-1)! }
}

/** Values are drawn in the axis' unit, so that its ticks are round. */
function ticks({ tick, scale }: NumberAxis) {
  return tick === undefined ? {} : { formatter: (value: number) => tick(value * scale.divisor) }
}

function seriesOf({ name, style, points }: NamedLine, { x, y, stepped = false }: Lines): LineSeriesOption {
  return {
    type: 'line',
    name,
    data: points.map(([at, value]) => [at / x.scale.divisor, value / y.scale.divisor]),
    ...(stepped && { step: 'end' }),
    symbol: markerSymbol(style.marker),
    symbolSize: 7,
    showSymbol: true,
    showAllSymbol: true,
    lineStyle: { color: style.colour, width: 1.75, type: style.dash.length > 0 ? [...style.dash] : 'solid' },
    itemStyle: { color: style.colour },
    emphasis: { disabled: true },
    z: 3,
  }
}

function describe([item]: readonly PointedItem[], { lines, x, y }: Lines): Tooltip | null {
  const line = lines.find(({ name }) => name === item?.seriesName)
  if (line === undefined || !Array.isArray(item?.value)) return null
  const [at, value] = item.value as [number, number]
  return { title: x.text(at * x.scale.divisor), lines: [{ label: line.name, value: y.text(value * y.scale.divisor), colour: line.style.colour }] }
}
