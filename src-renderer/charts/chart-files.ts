import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

import type { ExportedFile } from '#renderer/stores/useFileExport'
import {
  chartHeight,
  echartsPieces,
  renderChartSvg,
  toCsv,
  type Chart,
  type ChartLook,
  type ChartTheme,
  type DataTable,
} from '#shared/charts/index'

use([...echartsPieces, CanvasRenderer])

/** Kinds of files that a chart becomes. */
export type ChartFileKind = 'png' | 'svg' | 'csv'

/** What a file of a chart is to look like. */
export interface ChartFileOptions {
  readonly theme: ChartTheme
  readonly hidden: ReadonlySet<string>
  /** Begins the file's name: the lab's. */
  readonly prefix: string
}

/** Width of pictures in pixels: a column of a report, and at twice the density sharp in print. */
const WIDTH = 800
const PIXEL_RATIO = 2

/** Makes a file of a chart: a vector or a picture with title, explanation and legend, or its numbers. */
export async function chartFile(chart: Chart, kind: ChartFileKind, { theme, hidden, prefix }: ChartFileOptions): Promise<ExportedFile> {
  const look: ChartLook = { theme, frame: 'file', hidden, width: WIDTH }
  const suggestedName = `${prefix}-${chart.id}.${kind}`
  switch (kind) {
    case 'csv':
      return tableFile(chart.table, `${prefix}-${chart.id}`)
    case 'svg':
      return { suggestedName, kind, bytes: new TextEncoder().encode(renderChartSvg(chart, look)) }
    case 'png':
      return { suggestedName, kind, bytes: await renderPng(chart, look) }
  }
}

/** Makes a CSV file of a table. */
export function tableFile(table: DataTable, name: string): ExportedFile {
  return { suggestedName: `${name}.csv`, kind: 'csv', bytes: new TextEncoder().encode(toCsv(table)) }
}

async function renderPng(chart: Chart, look: ChartLook): Promise<Uint8Array<ArrayBuffer>> {
  const size = { width: look.width, height: chartHeight(chart, look.frame), devicePixelRatio: PIXEL_RATIO }
  const instance = init(document.createElement('div'), null, { renderer: 'canvas', ...size })
  try {
    instance.setOption(chart.option(look))
    const canvas = instance.renderToCanvas({ pixelRatio: PIXEL_RATIO })
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (!blob) throw new Error('the browser could not encode the picture')
    return new Uint8Array(await blob.arrayBuffer())
  } finally {
    instance.dispose()
  }
}
