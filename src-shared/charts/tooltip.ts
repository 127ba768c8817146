/** An item under the pointer, as ECharts names it. */
export interface PointedItem {
  readonly seriesName?: string
  readonly dataIndex: number
  readonly value?: unknown
}

/** A line of a tooltip. */
export interface TooltipLine {
  readonly label: string
  readonly value: string
  /** A sentence below them. */
  readonly note?: string
  /** Of the mark before the label. */
  readonly colour?: string
}

/** What is told of the items under the pointer. */
export interface Tooltip {
  readonly title: string
  readonly lines: readonly TooltipLine[]
}
