import type { LegendComponentOption, TitleComponentOption, TooltipComponentOption } from 'echarts/components'

import type { Chart, ChartLook, ChartOption } from './chart'
import { chartFont } from './chart-theme'
import { markerSymbol } from './marks'
import type { VariantStyle } from './variant-style'

/** Room around a plot in pixels. */
export interface Margins {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** An entry of a legend. */
export interface LegendEntry {
  readonly name: string
  readonly colour: string
  readonly marker: VariantStyle['marker']
}

const TITLE_HEIGHT = 26
const LINE_HEIGHT = 16
const LEGEND_LINE = 20
const LEGEND_SYMBOL = 14
const LEGEND_GAP = 10
const EDGE = 16
/** Width in which a legend in the window has to fit, pixels: what a chart as wide as the smallest window has. */
const LEGEND_WIDTH = 900
/**
 * Mean width of a character at 12 px. Without a DOM texts are measured by a table of one narrow font, and a file may be
 * opened where only a wide one is: DejaVu Sans, the widest common one, has 6.9.
 */
const CHARACTER_WIDTH = 6.9
/** After so many characters a wide font needs an em more than was measured. */
const CHARACTERS_PER_EM = 15
const EM_SPACE = '\u2003'

/** A look that has a legend even in the window: for charts whose colours are not those of variants. */
export function withLegend(look: ChartLook): ChartLook {
  return look.frame === 'window' ? { ...look, frame: 'report', width: look.width || LEGEND_WIDTH } : look
}

/**
 * Everything of an option that is the same for all charts: fonts, background, title, explanation and legend as the
 * look's frame asks for them, and how far down the plot then begins.
 */
export function frameOf(
  chart: Pick<Chart, 'title' | 'explanation'>,
  look: ChartLook,
  legend: readonly LegendEntry[],
): { readonly option: ChartOption; readonly top: number; readonly edge: number } {
  const isFile = look.frame === 'file'
  const edge = isFile ? EDGE : 0
  const explanation = isFile ? wrap(chart.explanation, (look.width - 2 * EDGE) / CHARACTER_WIDTH) : []
  const titleHeight = isFile ? EDGE + TITLE_HEIGHT + explanation.length * LINE_HEIGHT + 6 : 0
  const hasLegend = look.frame !== 'window' && legend.length > 0
  const legendHeight = hasLegend ? legendLines(legend, look.width - 2 * edge) * LEGEND_LINE + 8 : 0
  return {
    option: {
      animation: false,
      textStyle: { fontFamily: chartFont, color: look.theme.text },
      ...(isFile && { backgroundColor: look.theme.surface, title: titleOption(chart.title, explanation, look) }),
      ...(hasLegend && { legend: legendOption(legend, look, titleHeight, edge) }),
    },
    top: titleHeight + legendHeight + 8,
    edge,
  }
}

function titleOption(text: string, explanation: readonly string[], { theme }: ChartLook): TitleComponentOption {
  return {
    text,
    subtext: explanation.join('\n'),
    left: EDGE,
    top: EDGE,
    padding: 0,
    itemGap: 6,
    textStyle: { fontFamily: chartFont, fontSize: 16, fontWeight: 600, color: theme.text },
    subtextStyle: { fontFamily: chartFont, fontSize: 12, lineHeight: LINE_HEIGHT, color: theme.textMuted },
  }
}

function legendOption(entries: readonly LegendEntry[], { theme }: ChartLook, top: number, left: number): LegendComponentOption {
  return {
    top,
    left,
    padding: 0,
    itemWidth: LEGEND_SYMBOL,
    itemHeight: 10,
    itemGap: LEGEND_GAP,
    selectedMode: false,
    textStyle: { fontFamily: chartFont, fontSize: 12, color: theme.text },
    formatter: (name) => name + EM_SPACE.repeat(Math.ceil(name.length / CHARACTERS_PER_EM)),
    data: entries.map(({ name, colour, marker }) => ({
      name,
      icon: markerSymbol(marker),
      itemStyle: { color: colour, borderWidth: 0, opacity: 1 },
    })),
  }
}

/** How many lines a legend takes in so many pixels, by the mean width of characters. */
function legendLines(entries: readonly LegendEntry[], width: number): number {
  const widths = entries.map(({ name }) => LEGEND_SYMBOL + 5 + (name.length + 2) * CHARACTER_WIDTH + LEGEND_GAP)
  const total = widths.reduce((sum, each) => sum + each, 0)
  return Math.max(1, Math.ceil(total / Math.max(1, width)))
}

/** Breaks a text into lines of at most `limit` characters, at spaces. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= limit) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Parts of an axis that all axes share. */
export function axisParts({ theme }: ChartLook): {
  readonly axisLabel: { readonly color: string; readonly fontSize: number; readonly hideOverlap: true }
  readonly axisLine: { readonly show: boolean; readonly lineStyle: { readonly color: string } }
  readonly axisTick: { readonly show: false }
  readonly splitLine: { readonly show: boolean; readonly lineStyle: { readonly color: string } }
  readonly nameTextStyle: { readonly color: string; readonly fontSize: number }
} {
  return {
    axisLabel: { color: theme.textMuted, fontSize: 11, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: theme.axis } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.grid } },
    nameTextStyle: { color: theme.textMuted, fontSize: 11 },
  }
}

/** The name of a vertical axis, written above it and flush with the plot's left edge. */
export const nameAbove = { nameLocation: 'end', nameGap: 10 } as const

/** The name of a horizontal axis, written below its middle. */
export const nameBelow = { nameLocation: 'middle', nameGap: 26 } as const

/**
 * When a tooltip shows. Its content is `describe` of the chart, which the window puts into elements: the markup that
 * ECharts would make of a text has inline styles, which the content security policy forbids.
 */
export function tooltipParts(trigger: 'axis' | 'item', { theme, frame }: ChartLook): TooltipComponentOption {
  return {
    show: frame === 'window',
    trigger,
    transitionDuration: 0,
    axisPointer: { type: 'line', animation: false, lineStyle: { color: theme.textFaint, type: 'solid', width: 1 } },
  }
}

/** A text as rich labels show it literally: names come from the user and must not open a style. */
export function literal(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')').replaceAll('|', '/')
}
