import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from 'echarts/charts'
import type {
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
} from 'echarts/components'
import type { ComposeOption } from 'echarts/core'

import type { ChartTheme } from './chart-theme'
import type { DataTable } from './data-table'
import type { PointedItem, Tooltip } from './tooltip'

/** An option of the pieces that `echarts-pieces.ts` registers. */
type ComposedOption = ComposeOption<
  | BarSeriesOption
  | CustomSeriesOption
  | LineSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | TitleComponentOption
>

/** An ECharts option, with one tooltip at most. */
export type ChartOption = ComposedOption & { readonly tooltip?: TooltipComponentOption }

/** How a chart is to be drawn: the same data for the window, a report and a file. */
export interface ChartLook {
  readonly theme: ChartTheme
  /**
   * What is drawn around the data. The window and reports write title and explanation themselves; the window also has
   * one legend for all charts; a file has to carry everything.
   */
  readonly frame: 'window' | 'report' | 'file'
  /** Names of variants that are not drawn. */
  readonly hidden: ReadonlySet<string>
  /** Width of the picture in pixels, for what has to be wrapped. */
  readonly width: number
}

/** A chart: what it shows, the same as rows, and how to draw it. */
export interface Chart {
  /** Stem of its files' names. */
  readonly id: string
  readonly title: string
  /** One or two sentences: what is shown and how it was computed. */
  readonly explanation: string
  readonly table: DataTable
  /** Height in pixels that its rows need; other charts take what they get. */
  readonly height?: number
  readonly option: (look: ChartLook) => ChartOption
  /** What a tooltip tells of the items under the pointer; null where there is nothing to tell. */
  readonly describe: (items: readonly PointedItem[], look: ChartLook) => Tooltip | null
}
