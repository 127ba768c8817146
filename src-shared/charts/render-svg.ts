import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

import type { Chart, ChartLook } from './chart'
import { echartsPieces } from './echarts-pieces'

use([...echartsPieces, SVGRenderer])

/** Height in pixels of a chart that does not ask for one. */
export const defaultChartHeight = 280

/** What title, explanation and legend take of a picture's height. */
const frameHeights: Readonly<Record<ChartLook['frame'], number>> = { window: 0, report: 32, file: 120 }

/** How high a picture of a chart is: what its rows need, or the default, and the frame around it. */
export function chartHeight(chart: Chart, frame: ChartLook['frame']): number {
  return (chart.height ?? defaultChartHeight) + frameHeights[frame]
}

/** Takes away what ECharts adds for a script that would react to the pointer: hover styles, their classes and data. */
function withoutHover(svg: string): string {
  return svg.replaceAll(/<style[^>]*>[^]*?<\/style>/g, '').replaceAll(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
}

/** Draws a chart as an SVG document, without a DOM: the same text in the window, the command line and reports. */
export function renderChartSvg(chart: Chart, look: ChartLook): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: look.width, height: chartHeight(chart, look.frame) })
  try {
    instance.setOption(chart.option(look))
    return withoutHover(instance.renderToSVGString())
  } finally {
    instance.dispose()
  }
}
