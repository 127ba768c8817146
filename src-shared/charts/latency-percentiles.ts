import type { CustomSeriesOption } from 'echarts/charts'

import type { ComparedFigure } from '#shared/analysis/index'
import { figureOf, humanFigure } from '#shared/analysis/index'

import { axisScale, tickText, type AxisScale } from './axis-scale'
import type { Chart, ChartLook, ChartOption } from './chart'
import type { ChartRun, ChartVariant } from './chart-run'
import { chartFont } from './chart-theme'
import type { DataTable } from './data-table'
import { comparisonColumns } from './figure-table'
import type { Element, Point, RenderItem } from './marks'
import { markerElement, whiskerElements } from './marks'
import { axisParts, frameOf, nameAbove, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'

const PERCENTILES = [
  { figure: 'latency-p50', label: 'p50' },
  { figure: 'latency-p90', label: 'p90' },
  { figure: 'latency-p99', label: 'p99' },
  { figure: 'latency-p999', label: 'p99.9' },
] as const

/** Percentiles of a traffic entry's latencies: grouped bars, one per variant, with 95 % intervals over the seeds. */
export function latencyPercentilesChart(run: ChartRun, traffic: string): Chart {
  const figures = run.figures.filter(
    (each) => each.subject === traffic && each.figure.id.startsWith('latency-'),
  )
  const chart = {
    id: `latency-percentiles-${traffic}`,
    title: `Latency percentiles: ${traffic}`,
    explanation:
      'Mean over the seeds of each seed’s percentile, after the warm-up; whiskers are 95 % intervals (Student’s t). ' +
      'One way for streams, the whole transaction for request–response.',
  }
  const bars = barsOf(run, traffic, figures)
  return {
    ...chart,
    table: tableOf(figures),
    option: (look) => optionOf(chart, run, bars, look),
    describe: ([item]) => describe(item, bars),
  }
}

function tableOf(figures: readonly ComparedFigure[]): DataTable {
  return {
    caption: 'A row per percentile and variant, with the difference to the baseline paired by seed.',
    columns: comparisonColumns(figures, 'ns'),
  }
}

interface Bar {
  readonly variant: ChartVariant
  readonly percentile: number
  readonly mean: number
  readonly ci95: number
}

function barsOf(run: ChartRun, traffic: string, figures: readonly ComparedFigure[]): Bar[] {
  return run.variants.flatMap((variant) =>
    PERCENTILES.flatMap(({ figure }, percentile): Bar[] => {
      const sample = figureOf(figures, variant.name, figure, traffic)?.sample
      return sample ? [{ variant, percentile, mean: sample.mean, ci95: sample.ci95 ?? 0 }] : []
    }),
  )
}

function optionOf(
  chart: Pick<Chart, 'title' | 'explanation'>,
  run: ChartRun,
  bars: readonly Bar[],
  look: ChartLook,
): ChartOption {
  const shown = run.variants.filter((variant) => !look.hidden.has(variant.name))
  const tops = bars.filter((bar) => shown.includes(bar.variant)).map((bar) => bar.mean + bar.ci95)
  const scale = axisScale('ns', Math.max(0, ...tops))
  const frame = frameOf(chart, look, shown.map(({ name, style }) => ({ name, colour: style.colour, marker: style.marker })))
  const axis = axisParts(look)
  return {
    ...frame.option,
    grid: { top: frame.top + 20, right: frame.edge + 8, bottom: frame.edge + 24, left: frame.edge + 48, outerBoundsMode: 'none' },
    xAxis: { ...axis, type: 'category', data: PERCENTILES.map(({ label }) => label), splitLine: { show: false } },
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
    tooltip: tooltipParts('item', look),
    series: shown.map((variant, place) => seriesOf(variant, bars, { place, count: shown.length, scale }, look)),
  }
}

/** Share of a category's width that its bars take together, and the widest that one gets, in pixels. */
const GROUP_SHARE = 0.72
const WIDEST = 34
/** Bars this wide have room for their marker; twice this wide, for their value too. */
const MARKER_ROOM = 9

function seriesOf(
  variant: ChartVariant,
  bars: readonly Bar[],
  { place, count, scale }: { readonly place: number; readonly count: number; readonly scale: AxisScale },
  look: ChartLook,
): CustomSeriesOption {
  const own = bars.filter((bar) => bar.variant === variant)
  const { colour, marker } = variant.style
  const renderItem: RenderItem = (params, api) => {
    const bar = own[params.dataIndex]!
    const size = api.size!([1, 0]) as number[]
    const slot = Math.min(WIDEST, (size[0]! * GROUP_SHARE) / count)
    const width = Math.max(1, slot - 2)
    const [middle, top] = api.coord([bar.percentile, bar.mean]) as [number, number]
    const [, bottom] = api.coord([bar.percentile, 0]) as [number, number]
    const x = middle + (place - (count - 1) / 2) * slot
    const children: Element[] = [
      { type: 'rect', shape: { x: x - width / 2, y: top, width, height: bottom - top, r: [2, 2, 0, 0] }, style: { fill: colour } },
    ]
    if (width >= MARKER_ROOM && bottom - top > 16) {
      children.push(markerElement(marker, [x, bottom - 8], 6, look.theme.surface))
    }
    let labelY = top - 3
    if (bar.ci95 > 0) {
      const high = api.coord([bar.percentile, bar.mean + bar.ci95]) as [number, number]
      const low = api.coord([bar.percentile, Math.max(0, bar.mean - bar.ci95)]) as [number, number]
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
    data: own.map((bar) => [bar.percentile, bar.mean + bar.ci95]),
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

function describe(item: PointedItem | undefined, bars: readonly Bar[]): Tooltip | null {
  const bar = item && bars.filter((each) => each.variant.name === item.seriesName)[item.dataIndex]
  if (!bar) return null
  const interval = bar.ci95 > 0 ? ` ± ${humanFigure(bar.ci95, 'ns')}` : ''
  const { name, style } = bar.variant
  return { title: PERCENTILES[bar.percentile]!.label, lines: [{ label: name, value: `${humanFigure(bar.mean, 'ns')}${interval}`, colour: style.colour }] }
}
