import type { BarSeriesOption } from 'echarts/charts'

import type { AxisScale } from './axis-scale'
import type { Chart, ChartLook, ChartOption } from './chart'
import type { DataTable } from './data-table'
import { axisParts, frameOf, nameBelow, tooltipParts, withLegend } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'
import { variantStyle } from './variant-style'

/** A part of every row's bar. */
export interface RowPart {
  readonly name: string
  /** By row. */
  readonly values: readonly number[]
  /** Whether it is room that is left: drawn faintly, as an outline. @default false */
  readonly isRoom?: boolean
}

/** What a chart of stacked rows is made of. */
export interface StackedRows extends Pick<Chart, 'id' | 'title' | 'explanation'> {
  readonly rows: readonly string[]
  readonly parts: readonly RowPart[]
  readonly axisName: string
  readonly scale: AxisScale
  /** A value for people. */
  readonly text: (value: number) => string
  readonly table: DataTable
}

const ROW_HEIGHT = 24
const MOST_CHARACTERS = 24
const CHARACTER_WIDTH = 6.6

/** A bar for each row, made of parts in one order. */
export function stackedRowsChart(data: StackedRows): Chart {
  const { id, title, explanation, table } = data
  return {
    id, title, explanation, table,
    height: data.rows.length * ROW_HEIGHT + 90,
    option: (look) => optionOf(data, look),
    describe: (items) => describe(items, data),
  }
}

function colourOf(index: number): string {
  return variantStyle(index).colour
}

function optionOf(data: StackedRows, look: ChartLook): ChartOption {
  const legend = data.parts.map(({ name, isRoom = false }, index) => ({ name, colour: isRoom ? look.theme.axis : colourOf(index), marker: 'roundRect' as const }))
  const frame = frameOf(data, withLegend(look), legend)
  const axis = axisParts(look)
  const longest = Math.max(1, ...data.rows.map((row) => Math.min(MOST_CHARACTERS, row.length)))
  return {
    ...frame.option,
    grid: { top: frame.top, right: frame.edge + 24, bottom: frame.edge + 40, left: frame.edge + longest * CHARACTER_WIDTH + 14, outerBoundsMode: 'none' },
    xAxis: {
      ...axis, ...nameBelow, type: 'value', name: data.axisName, min: 0,
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      axisLabel: axis.axisLabel,
    },
    yAxis: {
      ...axis, type: 'category', inverse: true, data: data.rows.map(shortened),
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      splitLine: { show: false },
      axisLabel: { ...axis.axisLabel, hideOverlap: false, interval: 0, color: look.theme.text },
    },
    tooltip: tooltipParts('item', look),
    series: data.parts.map((part, index) => seriesOf(part, index, data.scale, look)),
  }
}

/** In the axis' unit, so that its ticks are round. */
function seriesOf({ name, values, isRoom = false }: RowPart, index: number, { divisor }: AxisScale, { theme }: ChartLook): BarSeriesOption {
  return {
    type: 'bar',
    name,
    stack: 'row',
    barMaxWidth: 16,
    data: values.map((value) => value / divisor),
    itemStyle: isRoom ? { color: theme.shade, borderColor: theme.axis, borderWidth: 1 } : { color: colourOf(index) },
    emphasis: { disabled: true },
  }
}

function shortened(row: string): string {
  return row.length <= MOST_CHARACTERS ? row : `${row.slice(0, MOST_CHARACTERS - 1)}…`
}

function describe([item]: readonly PointedItem[], { rows, parts, text }: StackedRows): Tooltip | null {
  const row = item && rows[item.dataIndex]
  if (row === undefined) return null
  return {
    title: row,
    lines: parts.map(({ name, values }, index) => ({ label: name, value: text(values[item!.dataIndex] ?? 0), colour: colourOf(index) })),
  }
}
