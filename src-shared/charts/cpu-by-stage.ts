import type { BarSeriesOption } from 'echarts/charts'

import type { StageCost } from '#shared/analysis/index'
import { humanFigure, stageCosts, stageNamed, totalGigabits } from '#shared/analysis/index'
import type { StageGroup } from '#shared/plan/index'
import { STAGE_GROUPS } from '#shared/plan/index'

import { axisScale, tickText } from './axis-scale'
import type { Chart, ChartLook, ChartOption } from './chart'
import type { ChartRun, ChartVariant } from './chart-run'
import { stageGroupLabels } from './chart-theme'
import type { DataTable } from './data-table'
import { mix } from './mix'
import { axisParts, frameOf, literal, nameBelow, tooltipParts } from './option-parts'
import type { PointedItem, Tooltip } from './tooltip'
import { markerGlyph } from './marker-glyph'

/** What the bars measure: cores kept busy, or those per gigabit of payload a second, whatever amount was moved. */
export type CpuMeasure = 'cores' | 'cores per Gbit/s'

/** What the chart shows. */
export interface CpuByStageOptions {
  /** Nodes, in this order. */
  readonly nodes: readonly string[]
  /** Opens one group into its stages; null stacks all groups. */
  readonly group: StageGroup | null
  readonly measure: CpuMeasure
}

/** A bar: one variant on one node. */
interface Bar {
  readonly node: string
  readonly variant: ChartVariant
  readonly costs: readonly StageCost[]
}

/** A segment of every bar: a group of stages, or one stage of the group that is opened. */
interface Layer {
  readonly id: string
  readonly label: string
  readonly colour: (look: ChartLook) => string
  readonly holds: (cost: StageCost) => boolean
}

const BAR_HEIGHT = 22
const HEADING_HEIGHT = 22

/** CPU of each node under each variant: bars stacked by groups of stages, or by the stages of one group. */
export function cpuByStageChart(run: ChartRun, options: CpuByStageOptions): Chart {
  const bars = barsOf(run, options)
  const layers = layersOf(bars, options.group)
  const chart = {
    id: options.group === null ? 'cpu-by-stage' : `cpu-by-stage-${options.group}`,
    title: options.group === null ? 'CPU by stage' : `CPU by stage: ${stageGroupLabels[options.group].toLowerCase()}`,
    explanation: explanationOf(options.measure),
  }
  return {
    ...chart,
    table: tableOf(bars, options.measure),
    height: options.nodes.length * (HEADING_HEIGHT + run.variants.length * BAR_HEIGHT) + 56,
    option: (look) => optionOf(chart, bars, layers, options.measure, look),
    describe: ([item], look) => describe(item, linesOf(bars, look), layers, options.measure, look),
  }
}

function explanationOf(measure: CpuMeasure): string {
  const charged = 'charged to the stages that ran between warm-up and end, mean over the seeds'
  return measure === 'cores'
    ? `Busy cores of each node, ${charged}.`
    : `Busy cores of each node divided by the goodput of all traffic, ${charged}: what the same amount of work costs.`
}

function barsOf(run: ChartRun, { nodes, measure }: CpuByStageOptions): Bar[] {
  const wanted = new Set(nodes)
  const byVariant = run.variants.map((variant) => {
    const costs = stageCosts(variant.result, wanted)
    const divisor = measure === 'cores' ? 1 : gigabitsOf(variant)
    return { variant, costs: costs.map((cost) => ({ ...cost, cores: cost.cores / divisor })) }
  })
  return nodes.flatMap((node) =>
    byVariant.map(({ variant, costs }) => ({ node, variant, costs: costs.filter((cost) => cost.node === node) })),
  )
}

/** Gbit/s of payload of all traffic, mean over the seeds. */
function gigabitsOf({ result }: ChartVariant): number {
  return result.seeds.reduce((sum, seed) => sum + totalGigabits(seed), 0) / result.seeds.length
}

function layersOf(bars: readonly Bar[], group: StageGroup | null): Layer[] {
  const costs = bars.flatMap((bar) => bar.costs)
  if (group === null) {
    return STAGE_GROUPS.filter((each) => costs.some((cost) => cost.group === each && cost.cores > 0)).map((each) => ({
      id: each,
      label: stageGroupLabels[each],
      colour: ({ theme }) => theme.stageGroups[each],
      holds: (cost) => cost.group === each,
    }))
  }
  const stages = [...new Set(costs.filter((cost) => cost.group === group && cost.cores > 0).map((cost) => cost.stage))]
  return stages.map((stage, index) => ({
    id: stage,
    label: stage,
    colour: ({ theme }) => mix(theme.stageGroups[group], theme.surface, (index / Math.max(1, stages.length)) * 0.75),
    holds: (cost) => cost.stage === stage,
  }))
}

/** Where a number per gigabit has no meaning (nothing was received) there is no cell. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

function tableOf(bars: readonly Bar[], measure: CpuMeasure): DataTable {
  const rows = bars.flatMap((bar) => bar.costs.map((cost) => ({ variant: bar.variant.name, ...cost })))
  const key = measure === 'cores' ? 'cpu_cores' : 'cpu_cores_per_gbps'
  return {
    caption: 'A row per node, variant and stage; means over the seeds.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map((row) => row.node) },
      { key: 'variant', label: 'Variant', cells: rows.map((row) => row.variant) },
      { key: 'group', label: 'Group', cells: rows.map((row) => stageGroupLabels[row.group]) },
      { key: 'stage', label: 'Stage', cells: rows.map((row) => row.stage) },
      { key, label: measure === 'cores' ? 'Busy cores' : 'Cores per Gbit/s', unit: measure, cells: rows.map((row) => finite(row.cores)) },
      { key: 'does', label: 'What it does', cells: rows.map((row) => stageNamed(row.stage)?.does ?? '') },
    ],
  }
}

/** A line of the category axis: the heading of a node, or a bar. */
type Line = { readonly node: string } | { readonly bar: Bar }

function linesOf(bars: readonly Bar[], look: ChartLook): Line[] {
  const lines: Line[] = []
  let node: string | null = null
  for (const bar of bars) {
    if (look.hidden.has(bar.variant.name)) continue
    if (bar.node !== node) lines.push({ node: bar.node })
    node = bar.node
    lines.push({ bar })
  }
  return lines
}

function optionOf(
  chart: Pick<Chart, 'title' | 'explanation'>,
  bars: readonly Bar[],
  layers: readonly Layer[],
  measure: CpuMeasure,
  look: ChartLook,
): ChartOption {
  const lines = linesOf(bars, look)
  const frame = frameOf(chart, look, layers.map((layer) => ({ name: layer.label, colour: layer.colour(look), marker: 'roundRect' })))
  const axis = axisParts(look)
  const styles = lines.flatMap((line) => ('bar' in line ? [line.bar.variant.style.colour] : []))
  const colours = [...new Set(styles)]
  return {
    ...frame.option,
    grid: { top: frame.top - 4, right: frame.edge + 64, bottom: frame.edge + 40, left: frame.edge + labelWidth(bars), outerBoundsMode: 'none' },
    xAxis: {
      ...axis,
      ...nameBelow,
      type: 'value',
      name: measure === 'cores' ? 'Busy cores' : 'Busy cores per Gbit/s of goodput',
      min: 0,
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => tickText(value, axisScale(measure, value)) },
    },
    yAxis: {
      ...axis,
      type: 'category',
      inverse: true,
      data: lines.map((line) => labelOf(line, colours)),
      axisLine: { show: false, lineStyle: axis.axisLine.lineStyle },
      splitLine: { show: false },
      axisLabel: {
        ...axis.axisLabel,
        hideOverlap: false,
        interval: 0,
        color: look.theme.text,
        fontSize: 12,
        rich: {
          node: { fontWeight: 600, color: look.theme.text, fontSize: 12 },
          ...Object.fromEntries(colours.map((color, index) => [`c${index}`, { color, fontSize: 11 }])),
        },
      },
    },
    tooltip: tooltipParts('item', look),
    series: [...layers.map((layer) => seriesOf(layer, lines, look)), totalsOf(lines, layers, look)],
  }
}

/** Rich text: a node's heading, or a variant's name with its marker in its colour. */
function labelOf(line: Line, colours: readonly string[]): string {
  if ('node' in line) return `{node|${literal(shorten(line.node))}}`
  const { name, style } = line.bar.variant
  return `${literal(shorten(name))} {c${colours.indexOf(style.colour)}|${markerGlyph(style.marker)}}`
}

/** Room for names: at most so many characters, each so wide, and a marker. */
const MOST_CHARACTERS = 26
const CHARACTER_WIDTH = 6.9
const MARKER_ROOM = 32

function labelWidth(bars: readonly Bar[]): number {
  const longest = Math.max(9, ...bars.flatMap((bar) => [bar.node.length, bar.variant.name.length]))
  return Math.min(MOST_CHARACTERS, longest) * CHARACTER_WIDTH + MARKER_ROOM
}

/** Names longer than the axis has room for. */
function shorten(name: string): string {
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS - 1)}…` : name
}

function amount(layer: Layer, bar: Bar): number {
  return bar.costs.reduce((sum, cost) => (layer.holds(cost) ? sum + cost.cores : sum), 0)
}

function seriesOf(layer: Layer, lines: readonly Line[], look: ChartLook): BarSeriesOption {
  return {
    type: 'bar',
    name: layer.label,
    stack: 'cpu',
    barWidth: 14,
    data: lines.map((line) => ('bar' in line ? finite(amount(layer, line.bar)) : null)),
    itemStyle: { color: layer.colour(look), borderColor: look.theme.surface, borderWidth: 0.5 },
    emphasis: { disabled: true },
  }
}

/** Writes the length of each bar at its end: a segment without length on top of the others. */
function totalsOf(lines: readonly Line[], layers: readonly Layer[], { theme }: ChartLook): BarSeriesOption {
  const totals = lines.map((line) => ('bar' in line ? layers.reduce((sum, layer) => sum + amount(layer, line.bar), 0) : NaN))
  return {
    type: 'bar',
    name: 'Total',
    stack: 'cpu',
    barWidth: 14,
    silent: true,
    data: totals.map((total) => (Number.isFinite(total) ? 0 : null)),
    itemStyle: { color: 'transparent' },
    label: {
      show: true,
      position: 'right',
      color: theme.textMuted,
      fontSize: 11,
      formatter: ({ dataIndex }: { dataIndex: number }) => humanFigure(totals[dataIndex] ?? 0, 'cores per Gbit/s'),
    },
  }
}

/** The segment's amount and share, and each stage in it with what it does. */
function describe(
  item: PointedItem | undefined,
  lines: readonly Line[],
  layers: readonly Layer[],
  measure: CpuMeasure,
  look: ChartLook,
): Tooltip | null {
  const layer = layers.find((each) => each.label === item?.seriesName)
  const line = item && lines[item.dataIndex]
  if (!layer || !line || !('bar' in line)) return null
  const { bar } = line
  const whole = bar.costs.reduce((sum, cost) => sum + cost.cores, 0)
  const stages = bar.costs.filter((cost) => layer.holds(cost) && cost.cores > 0).sort((a, b) => b.cores - a.cores)
  const sum = amount(layer, bar)
  return {
    title: `${bar.variant.name} on ${bar.node}`,
    lines: [
      {
        label: layer.label,
        value: `${humanFigure(sum, 'cores per Gbit/s')} ${measure}`,
        note: `${humanFigure(sum / whole, 'share')} of the node’s CPU`,
        colour: layer.colour(look),
      },
      ...stages.map((cost) => ({
        label: cost.stage,
        value: humanFigure(cost.cores, 'cores per Gbit/s'),
        note: stageNamed(cost.stage)?.does ?? '',
      })),
    ],
  }
}
