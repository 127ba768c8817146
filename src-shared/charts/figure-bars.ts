import type { CustomSeriesOption } from 'echarts/charts'

import type { ComparedFigure, FigureId, FigureUnit } from '#shared/analysis/index'
import { figureOf, humanFigure } from '#shared/analysis/index'

import { axisScale, tickText, type AxisScale } from './axis-scale'
import type { Chart, ChartLook, ChartOption } from './chart'
import type { ChartRun, ChartVariant } from './chart-run'
import { chartFont } from './chart-theme'
import type { DataTable } from './data-table'
import { comparisonColumns } from './figure-table'
import { markerElement, pointAt, whiskerElements, type Element, type Point, type RenderItem } from './marks'
import { axisParts, frameOf, nameAbove, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'

/** What bars show: figures of one traffic entry that have a unit in common, each under a label. */
export interface FigureBars extends Pick<Chart, 'id' | 'title' | 'explanation'> {
  readonly traffic: string
  readonly unit: FigureUnit
  /** Whether values are ratios that span orders of magnitude: the axis is logarithmic, from 1. @default false */
  readonly logarithmic?: boolean
  readonly categories: readonly { readonly figure: FigureId; readonly label: string }[]
  /** Figures in the chart's table, which may be more than have bars. */
  readonly tabled: (figure: ComparedFigure) => boolean
  readonly caption: string
}

/** Figures of a traffic entry: grouped bars, one per variant, with 95 % intervals over the seeds. */
export function figureBarsChart(run: ChartRun, spec: FigureBars): Chart {
  const figures = run.figures.filter((each) => each.subject === spec.traffic && spec.tabled(each))
  const { id, title, explanation } = spec
  const bars = barsOf(run, spec, figures)
  return {
    id,
    title,
    explanation,
    table: tableOf(spec, figures),
    option: (look) => optionOf(spec, run, bars, look),
    describe: ([item]) => describe(item, spec, bars),
  }
}

function tableOf({ caption }: FigureBars, figures: readonly ComparedFigure[]): DataTable {
  const units = new Set(figures.map(({ figure }) => figure.unit))
  const [unit] = units
  return { caption, columns: comparisonColumns(figures, units.size === 1 ? unit : undefined) }
}

interface Bar {
  readonly variant: ChartVariant
  readonly category: number
  readonly mean: number
  readonly ci95: number
}

function barsOf(run: ChartRun, { categories, traffic }: FigureBars, figures: readonly ComparedFigure[]): Bar[] {
  return run.variants.flatMap((variant) =>
    categories.flatMap(({ figure }, category): Bar[] => {
      const sample = figureOf(figures, variant.name, figure, traffic)?.sample
      return sample ? [{ variant, category, mean: sample.mean, ci95: sample.ci95 ?? 0 }] : []
    }),
  )
}

function optionOf(
  spec: FigureBars,
  run: ChartRun,
  bars: readonly Bar[],
  look: ChartLook,
): ChartOption {
  const shown = run.variants.filter((variant) => !look.hidden.has(variant.name))
  const tops = bars.filter((bar) => shown.includes(bar.variant)).map((bar) => bar.mean + bar.ci95)
  const scale = axisScale(spec.unit, Math.max(0, ...tops))
  const frame = frameOf(spec, look, shown.map(({ name, style }) => ({ name, colour: style.colour, marker: style.marker })))
  const axis = axisParts(look)
  return {
    ...frame.option,
    grid: { top: frame.top + 20, right: frame.edge + 8, bottom: frame.edge + 10 + LINE_HEIGHT * linesOf(spec), left: frame.edge + 48, outerBoundsMode: 'none' },
    xAxis: {
      ...axis,
      type: 'category',
      data: spec.categories.map(({ label }) => label),
      axisLabel: { ...axis.axisLabel, interval: 0 },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      ...nameAbove,
      type: spec.logarithmic ? 'log' : 'value',
      name: scale.suffix,
      nameTextStyle: { ...axis.nameTextStyle, align: 'right', padding: [0, 8, 0, 0] },
      min: baseOf(spec),
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => tickText(value, scale) },
    },
    tooltip: tooltipParts('item', look),
    series: shown.map((variant, place) => seriesOf(variant, bars, { place, count: shown.length, scale, base: baseOf(spec) }, look)),
  }
}

/** Height of a line of labels below the axis, pixels. */
const LINE_HEIGHT = 14

function linesOf({ categories }: FigureBars): number {
  return Math.max(...categories.map(({ label }) => label.split('\n').length))
}

/** Where bars begin. */
function baseOf({ logarithmic = false }: FigureBars): number {
  return logarithmic ? 1 : 0
}

/** Share of a category's width that its bars take together, and the widest that one gets, in pixels. */
const GROUP_SHARE = 0.72
const WIDEST = 34
/** Bars this wide have room for their marker; twice this wide, for their value too. */
const MARKER_ROOM = 9

function seriesOf(
  variant: ChartVariant,
  bars: readonly Bar[],
  { place, count, scale, base }: { readonly place: number; readonly count: number; readonly scale: AxisScale; readonly base: number },
  look: ChartLook,
): CustomSeriesOption {
  const own = bars.filter((bar) => bar.variant === variant)
  const { colour, marker } = variant.style
  const renderItem: RenderItem = (params, api) => {
    const bar = own[params.dataIndex]!
    const size = api.size!([1, 0]) as number[]
    const slot = Math.min(WIDEST, (size[0]! * GROUP_SHARE) / count)
    const width = Math.max(1, slot - 2)
    const [middle, top] = pointAt(api, [bar.category, bar.mean])
    const [, bottom] = pointAt(api, [bar.category, base])
    const x = middle + (place - (count - 1) / 2) * slot
    const children: Element[] = [
      { type: 'rect', shape: { x: x - width / 2, y: top, width, height: bottom - top, r: [2, 2, 0, 0] }, style: { fill: colour } },
    ]
    if (width >= MARKER_ROOM && bottom - top > 16) {
      children.push(markerElement(marker, [x, bottom - 8], 6, look.theme.surface))
    }
    let labelY = top - 3
    if (bar.ci95 > 0) {
      const high = pointAt(api, [bar.category, bar.mean + bar.ci95])
      const low = pointAt(api, [bar.category, Math.max(base, bar.mean - bar.ci95)])
      children.push(...whiskerElements([x, low[1]], [x, high[1]], Math.min(8, width / 2), look.theme.text))
      labelY = high[1] - 3
    }
    if (width >= 2 * MARKER_ROOM) children.push(labelOf(bar, scale, [x, labelY], look))
    return { type: 'group', children }
  }
  return {
    type: 'custom',
    name: variant.name,
    renderItem,
    data: own.map((bar) => [bar.category, bar.mean + bar.ci95]),
    color: [colour],
    z: 3,
  }
}

/** The bar's value in the axis' unit. */
function labelOf(bar: Bar, scale: AxisScale, [x, y]: Point, { theme }: ChartLook): Element {
  const text = Number((bar.mean / scale.divisor).toPrecision(3)).toString()
  const font = { fontFamily: chartFont, fontSize: 10 }
  return { type: 'text', style: { text, x, y, align: 'center', verticalAlign: 'bottom', fill: theme.textMuted, ...font } }
}

function describe(item: PointedItem | undefined, { categories, unit }: FigureBars, bars: readonly Bar[]): Tooltip | null {
  const bar = item && bars.filter((each) => each.variant.name === item.seriesName)[item.dataIndex]
  if (!bar) return null
  const interval = bar.ci95 > 0 ? ` ± ${humanFigure(bar.ci95, unit)}` : ''
  const { name, style } = bar.variant
  return { title: categories[bar.category]!.label, lines: [{ label: name, value: `${humanFigure(bar.mean, unit)}${interval}`, colour: style.colour }] }
}
