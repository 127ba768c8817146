import type { CustomSeriesOption } from 'echarts/charts'

import { humanCount } from '#shared/analysis/index'

import type { ChartLook } from './chart'
import type { ChartFault, ChartRun } from './chart-run'
import { chartFont } from './chart-theme'
import { lineElement, plotArea, pointAt, type Element, type PlotArea, type RenderItem } from './marks'

/** A fault as a chart over time marks it. */
export interface FaultMark {
  /** `Link down: tor-a – spine-1`. */
  readonly title: string
  readonly atSeconds: number
  /** Absent: it never healed. */
  readonly untilSeconds?: number
  /** What was lost meanwhile, and why; empty where nothing was, or nobody knows. */
  readonly loss: string
}

/** Reasons that a mark names. */
const MOST_REASONS = 2

/** The marks of a run's faults, with what was lost in the mean over the seeds of all variants. */
export function faultMarks(run: Pick<ChartRun, 'faults'>): FaultMark[] {
  return run.faults.map((each) => {
    const { title, atSeconds, untilSeconds } = each.fault
    return { title, atSeconds, ...(untilSeconds !== undefined && { untilSeconds }), loss: lossText(each) }
  })
}

/** The loss that was more than usual: by variant where they differ in what they lost, `lost 120 (host-down)`. */
function lossText({ costs }: ChartFault): string {
  const texts = costs.map(({ variant, lost }) => {
    const unusual = lost.filter(({ packets, usual }) => packets > 2 * usual)
    const total = unusual.reduce((sum, { packets }) => sum + packets, 0)
    const reasons = unusual.slice(0, MOST_REASONS).map(({ reason }) => reason).join(', ')
    return { variant, text: total === 0 ? '' : `lost ${humanCount(Math.round(total))} (${reasons}${unusual.length > MOST_REASONS ? ', …' : ''})` }
  })
  const losing = texts.filter(({ text }) => text !== '')
  if (losing.length === 0) return ''
  if (texts.length === 1) return losing[0]!.text
  // What all lost alike is said once.
  if (new Set(texts.map(({ text }) => text)).size === 1) return `each ${losing[0]!.text}`
  return losing.map(({ variant, text }) => `${variant} ${text}`).join(', ')
}

/** The titles of the faults that hold at a time. */
export function faultsAt(faults: readonly FaultMark[], seconds: number): string[] {
  return faults.filter(({ atSeconds, untilSeconds = Infinity }) => atSeconds <= seconds && seconds < untilSeconds).map(({ title }) => title)
}

const FONT_SIZE = 10
const LINE = 13
/** Mean width of a character at the marks' size, pixels. */
const CHARACTER = 5.8
const INSET = 5
const MOST_ROWS = 8
/** A loss that takes more than this share of a plot's width to tell is left to the table. */
const WIDEST_LOSS = 0.4

/** Shades the time of each fault and names it: its title at the top, what was lost below it. */
export function faultSeries(faults: readonly FaultMark[], durationSeconds: number, look: ChartLook): CustomSeriesOption[] {
  const shown = faults.filter(({ atSeconds }) => atSeconds <= durationSeconds)
  if (shown.length === 0) return []
  const drawnBy = (elements: typeof shades): RenderItem => (params, api) => {
    const area = plotArea(params)
    const at = (seconds: number): number => pointAt(api, [seconds, 0])[0]
    const spans = shown.map(({ atSeconds, untilSeconds = durationSeconds }) => [at(atSeconds), at(Math.min(untilSeconds, durationSeconds))] as const)
    return { type: 'group', children: elements(shown, spans, area, look) }
  }
  const series = { type: 'custom', data: [[0, 0]], silent: true, tooltip: { show: false } } as const
  // The lines of the data run over the shades and under the labels.
  return [
    { ...series, name: 'faults', renderItem: drawnBy(shades), z: 0 },
    { ...series, name: 'names of faults', renderItem: drawnBy(labels), z: 5 },
  ]
}

/** From where to where each fault holds, pixels. */
type Spans = readonly (readonly [number, number])[]

function shades(faults: readonly FaultMark[], spans: Spans, { x, y, width, height }: PlotArea, { theme }: ChartLook): Element[] {
  const edge = (at: number): Element => lineElement([at, y], [at, y + height], theme.fault)
  return faults.flatMap(({ untilSeconds }, index): Element[] => {
    const [from, to] = spans[index]!
    return [
      { type: 'rect', shape: { x: from, y, width: Math.max(0, to - from), height }, style: { fill: theme.fault, opacity: 0.08 } },
      edge(from),
      ...(untilSeconds === undefined || to >= x + width ? [] : [edge(to)]),
    ]
  })
}

/** Labels stand side by side where they fit, else one below the other; of very many faults the later ones have none. */
function labels(faults: readonly FaultMark[], spans: Spans, area: PlotArea, { theme }: ChartLook): Element[] {
  const right = area.x + area.width
  const ends: number[] = []
  return faults.flatMap(({ title, loss }, index): Element[] => {
    const [from] = spans[index]!
    const told = loss.length * CHARACTER <= area.width * WIDEST_LOSS ? loss : ''
    const lines = [title, told].filter(Boolean).map((text) => shortened(text, area.width - 2 * INSET))
    const width = Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * INSET
    const x = Math.max(area.x, Math.min(from, right - width))
    const row = freeRow(ends, x, x + width, lines.length)
    if (row >= MOST_ROWS) return []
    return [{
      type: 'text',
      style: {
        text: lines.join('\n'), x: x + INSET, y: area.y + 4 + row * LINE, lineHeight: LINE, fill: theme.fault, fontSize: FONT_SIZE,
        fontFamily: chartFont, stroke: theme.surface, lineWidth: 3,
      },
    }]
  })
}

/** The first rows in which a label has room; takes them. `ends` is where the labels in each row end. */
function freeRow(ends: number[], from: number, to: number, rows: number): number {
  let row = 0
  while (Array.from({ length: rows }, (_, line) => ends[row + line] ?? -Infinity).some((end) => end > from)) row += 1
  for (let line = 0; line < rows; line++) ends[row + line] = to
  return row
}

function shortened(text: string, width: number): string {
  const most = Math.max(8, Math.floor(width / CHARACTER))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
