import type { CustomSeriesOption } from 'echarts/charts'

import type { ComparedFigure, FigureId, Sample } from '#shared/analysis/index'
import { humanFigure, plusMinusShare, signedShare } from '#shared/analysis/index'

import type { Chart, ChartLook, ChartOption } from './chart'
import type { ChartRun, ChartVariant } from './chart-run'
import { chartFont } from './chart-theme'
import { comparisonColumns } from './figure-table'
import { markerElement, plotArea, pointAt, reachElements, type Element, type RenderItem } from './marks'
import { axisParts, frameOf, literal, nameBelow, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'

/** Figures of the difference chart, top down. */
const FIGURES_SHOWN: readonly FigureId[] = ['goodput', 'transactions', 'latency-p50', 'latency-p99', 'cores-per-gigabit', 'total-cores']

/** One line of the chart: a figure of a subject, all variants side by side. */
interface Row {
  readonly label: string
  readonly better: string
  readonly figures: readonly ComparedFigure[]
}

/** Height of a row, and of each variant in it where there are many. */
const ROW_HEIGHT = 40
const VARIANT_HEIGHT = 13

/**
 * How much each variant differs from the baseline, in percent, with 95 % intervals: one row per figure of the traffic
 * entries given, and the CPU of the whole run.
 */
export function differenceChart(run: ChartRun, traffic: readonly string[]): Chart {
  const figures = run.figures.filter((each) => isShown(each, traffic, run))
  const rows = rowsOf(figures)
  const chart = {
    id: 'difference',
    title: `Difference to ${run.baseline}`,
    explanation:
      `Change of each figure against ${run.baseline} with the same seed, mean over the seeds; whiskers are 95 % intervals ` +
      '(Student’s t, paired by seed). An interval that leaves the zero line out is more than chance; an arrow goes on beyond the axis.',
  }
  return {
    ...chart,
    table: {
      caption: 'A row per figure and variant, with the difference to the baseline paired by seed.',
      columns: comparisonColumns(figures),
    },
    height: rows.length * Math.max(ROW_HEIGHT, (run.variants.length - 1) * VARIANT_HEIGHT) + 60,
    option: (look) => optionOf(chart, run, rows, look),
    describe: ([item]) => describe(item, run, rows),
  }
}

/** Payload of request–response traffic only repeats its transactions, so it is left out. */
function isShown({ figure, subject, variant }: ComparedFigure, traffic: readonly string[], run: ChartRun): boolean {
  if (!FIGURES_SHOWN.some((id) => id === figure.id)) return false
  if (figure.scope === 'run') return true
  const result = run.result.variants.find((each) => each.name === variant)
  const hasTransactions = result?.seeds[0]?.traffic.find((each) => each.name === subject)?.transactionsPerSecond !== undefined
  return traffic.includes(subject) && !(figure.id === 'goodput' && hasTransactions)
}

function rowsOf(figures: readonly ComparedFigure[]): Row[] {
  const rows = new Map<string, ComparedFigure[]>()
  const rank = ({ figure }: ComparedFigure): number => FIGURES_SHOWN.findIndex((id) => id === figure.id)
  for (const each of [...figures].sort((a, b) => rank(a) - rank(b))) {
    if (!each.difference?.relative) continue
    const key = each.subject === '' ? each.figure.label : `${each.figure.label} · ${each.subject}`
    rows.set(key, [...(rows.get(key) ?? []), each])
  }
  return [...rows].map(([label, own]) => {
    const { better } = own[0]!.figure
    return { label, better: better === null ? '' : `${better} is better`, figures: own }
  })
}

/** What is plotted of a figure: how it changed, as a share. */
function changeOf(figure: ComparedFigure): Sample {
  return figure.difference!.relative!
}

function optionOf(chart: Pick<Chart, 'title' | 'explanation'>, run: ChartRun, rows: readonly Row[], look: ChartLook): ChartOption {
  const shown = run.variants.filter((variant) => variant.name !== run.baseline && !look.hidden.has(variant.name))
  const frame = frameOf(chart, look, shown.map(({ name, style }) => ({ name, colour: style.colour, marker: style.marker })))
  const axis = axisParts(look)
  const labels = rows.map((row) => `{name|${literal(row.label)}}\n{better|${row.better}}`)
  return {
    ...frame.option,
    grid: { top: frame.top, right: frame.edge + 16, bottom: frame.edge + 40, left: frame.edge + 158, outerBoundsMode: 'none' },
    xAxis: {
      ...axis,
      ...nameBelow,
      type: 'value',
      name: `Change against ${run.baseline} (%)`,
      ...rangeOf(rows, shown),
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => percentTick(value) },
    },
    yAxis: {
      ...axis,
      type: 'category',
      data: labels,
      inverse: true,
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      splitLine: { show: true, lineStyle: axis.splitLine.lineStyle },
      axisLabel: {
        ...axis.axisLabel,
        hideOverlap: false,
        interval: 0,
        align: 'right',
        rich: {
          name: { color: look.theme.text, fontSize: 12, lineHeight: 16, align: 'right' },
          better: { color: look.theme.textFaint, fontSize: 10, lineHeight: 13, align: 'right' },
        },
      },
    },
    tooltip: tooltipParts('item', look),
    series: [zeroLine(rows.length, look), ...shown.map((variant, place) => seriesOf(variant, rows, { place, count: shown.length }, look))],
  }
}

/** Distances between ticks that read well, as shares. */
const NICE_STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
const MOST_TICKS = 8
/** Room for a label beyond a whisker, as a share of the axis, and what the widest takes, px. */
const LABEL_SHARE = 0.13
const LABEL_WIDTH = 56

/**
 * How far whiskers count for the axis: as far as the means spread, or twice the interval in the middle. One figure that
 * nobody knows would leave no room to tell the others apart.
 */
function longestReach(samples: readonly Sample[]): number {
  const means = [0, ...samples.map(({ mean }) => mean)]
  const intervals = samples.flatMap(({ ci95 }) => ci95 ?? []).sort((a, b) => a - b)
  const middle = intervals[intervals.length >> 1] ?? 0
  return Math.max(Math.max(...means) - Math.min(...means), 2 * middle)
}

/** Bounds that hold zero and every whisker as far as it counts, with some air for labels, at whole steps between ticks. */
function rangeOf(
  rows: readonly Row[],
  shown: readonly ChartVariant[],
): { readonly min: number; readonly max: number; readonly interval: number } {
  const names = new Set(shown.map((variant) => variant.name))
  const samples = rows.flatMap((row) => row.figures.filter((each) => names.has(each.variant)).map(changeOf))
  const reach = longestReach(samples)
  const low = Math.min(0, ...samples.map(({ mean, ci95 }) => mean - Math.min(ci95 ?? 0, reach)))
  const high = Math.max(0, ...samples.map(({ mean, ci95 }) => mean + Math.min(ci95 ?? 0, reach)))
  const span = Math.max(high - low, 0.01)
  const interval = NICE_STEPS.find((step) => (span * (1 + 2 * LABEL_SHARE)) / step <= MOST_TICKS) ?? span / MOST_TICKS
  const outwards = (value: number, round: (value: number) => number): number =>
    Number((round((value + Math.sign(value) * span * LABEL_SHARE) / interval) * interval).toPrecision(12))
  const min = Math.min(outwards(low, Math.floor), -interval)
  // Nothing can fall by more than all of it; of steps greater than that, one is left, so that zero stays a tick.
  return { min: Math.max(min, -Math.max(interval, 1)), max: Math.max(outwards(high, Math.ceil), interval), interval }
}

function percentTick(share: number): string {
  if (share === 0) return '0'
  if (share < -1) return ''
  return `${share > 0 ? '+' : '\u2212'}${Number((Math.abs(share) * 100).toPrecision(4))}`
}

/** The line of no change, over the whole height. */
function zeroLine(rowCount: number, { theme }: ChartLook): CustomSeriesOption {
  const renderItem: RenderItem = (params, api) => {
    const { y, height } = plotArea(params)
    const [x] = pointAt(api, [0, 0])
    return { type: 'line', shape: { x1: x, y1: y, x2: x, y2: y + height }, style: { stroke: theme.textMuted, lineWidth: 1.25 } }
  }
  return { type: 'custom', name: 'zero', renderItem, data: rowCount > 0 ? [[0, 0]] : [], silent: true, tooltip: { show: false }, z: 2 }
}

function seriesOf(
  variant: ChartVariant,
  rows: readonly Row[],
  { place, count }: { readonly place: number; readonly count: number },
  look: ChartLook,
): CustomSeriesOption {
  const items = itemsOf(variant.name, rows)
  const { colour, marker } = variant.style
  const renderItem: RenderItem = (params, api) => {
    const { row, figure } = items[params.dataIndex]!
    const { mean, ci95 } = changeOf(figure)
    const size = api.size!([0, 1]) as number[]
    const slot = Math.min(18, (size[1]! * 0.9) / count)
    const [x, middle] = pointAt(api, [mean, row])
    const y = middle + (place - (count - 1) / 2) * slot
    const children: Element[] = []
    let [left, right] = [x, x]
    if (ci95 !== null && ci95 > 0) {
      const { x: start, width } = plotArea(params)
      const [from] = pointAt(api, [Math.max(mean - ci95, -1), row])
      const [to] = pointAt(api, [mean + ci95, row])
      const reach = { y, from, to, start, end: start + width }
      children.push(...reachElements(reach, 7, colour))
      left = Math.max(from, start)
      right = Math.min(to, start + width)
    }
    children.push(markerElement(marker, [x, y], 9, colour))
    if (slot >= 11) {
      const [zero] = pointAt(api, [0, row])
      const { x: edge, width } = plotArea(params)
      const side = labelSide({ left: Math.min(left, x - 4), right: Math.max(right, x + 4) }, { zero, edge, end: edge + width, falls: mean < 0 })
      const style = { text: signedShare(mean), ...side, y, verticalAlign: 'middle', fill: look.theme.textMuted, fontSize: 11, fontFamily: chartFont } as const
      children.push({ type: 'text', style })
    }
    return { type: 'group', children }
  }
  return {
    type: 'custom',
    name: variant.name,
    renderItem,
    data: items.map(({ row, figure }) => [changeOf(figure).mean, row]),
    color: [colour],
    z: 3,
  }
}

/**
 * Where the label of what is drawn from `left` to `right` stands: outwards, so that it is not on the zero line, or on the
 * other side where it would stand on the names beside the chart or, after an arrow, beyond its end.
 */
function labelSide(
  { left, right }: { readonly left: number; readonly right: number },
  { zero, edge, end, falls }: { readonly zero: number; readonly edge: number; readonly end: number; readonly falls: boolean },
): { readonly x: number; readonly align: 'left' | 'right' } {
  if ((falls || right >= end) && left - LABEL_WIDTH >= edge) return { x: left - 6, align: 'right' }
  return { x: Math.max(right, zero) + 6, align: 'left' }
}

interface Item {
  readonly row: number
  readonly figure: ComparedFigure
}

/** What is drawn of a variant, in the order of its series' data. */
function itemsOf(variant: string, rows: readonly Row[]): Item[] {
  return rows.flatMap(({ figures }, row) => {
    const figure = figures.find((each) => each.variant === variant)
    return figure ? [{ row, figure }] : []
  })
}

function describe(item: PointedItem | undefined, run: ChartRun, rows: readonly Row[]): Tooltip | null {
  const variant = run.variants.find((each) => each.name === item?.seriesName)
  const found = item && variant && itemsOf(variant.name, rows)[item.dataIndex]
  if (!found) return null
  const { figure } = found
  const { mean, ci95, count } = changeOf(figure)
  const before = figure.sample.mean - figure.difference!.absolute.mean
  const unit = figure.figure.unit
  const basis = ci95 === null ? 'One seed, so there is no interval.' : `95 % interval ${plusMinusShare(ci95)}, ${count} seeds.`
  return {
    title: rows[found.row]!.label,
    lines: [
      { label: variant.name, value: signedShare(mean), colour: variant.style.colour, note: basis },
      { label: 'Figure', value: `${humanFigure(figure.sample.mean, unit)} instead of ${humanFigure(before, unit)}` },
    ],
  }
}
