import { describe, expect, test } from 'vitest'

import {
  chartRun,
  cpuByStageChart,
  cpuOverTimeChart,
  darkChartTheme,
  differenceChart,
  latencyCdfChart,
  latencyPercentilesChart,
  lightChartTheme,
  renderChartSvg,
  throughputChart,
  toCsv,
  type Chart,
} from '#shared/charts/index'
import { fakeRun } from '../../fixture/fake-run'

const run = chartRun({ ...fakeRun({ seeds: 3, durationSeconds: 0.2, warmupSeconds: 0.05 }), warmupSeconds: 0.05 })

const charts: readonly Chart[] = [
  throughputChart(run, 'bulk'),
  cpuOverTimeChart(run, null),
  latencyPercentilesChart(run, 'ping'),
  latencyCdfChart(run, 'ping', 'cumulative'),
  latencyCdfChart(run, 'ping', 'tail'),
  cpuByStageChart(run, { nodes: ['node-2', 'node-1'], group: null, measure: 'cores' }),
  cpuByStageChart(run, { nodes: ['node-2'], group: 'netfilter', measure: 'cores per Gbit/s' }),
  differenceChart(run, run.traffic),
]

/** Ids that ECharts counts up over all charts of a process, numbered from zero in each picture. */
function stableIds(svg: string): string {
  const ids = new Map<string, string>()
  return svg
    .replaceAll(/zr\d+-[\w-]+/g, (id) => ids.get(id) ?? (ids.set(id, `id-${ids.size}`), ids.get(id)!))
    .replaceAll('><', '>\n<')
}

describe('files of charts', () => {
  test.each(charts.map((chart) => [chart.id, chart] as const))('%s is drawn as the picture kept', async (id, chart) => {
    const svg = renderChartSvg(chart, { theme: lightChartTheme, frame: 'file', hidden: new Set(), width: 640 })
    await expect(stableIds(svg)).toMatchFileSnapshot(`./expected/${id}.svg`)
  })

  test('the difference chart has the table kept', async () => {
    // The repository keeps text with LF.
    await expect(toCsv(charts.at(-1)!.table).replaceAll('\r\n', '\n')).toMatchFileSnapshot('./expected/difference.csv')
  })

  test('a dark picture has the dark surface, and hidden variants are not in it', () => {
    const svg = renderChartSvg(charts[0]!, { theme: darkChartTheme, frame: 'file', hidden: new Set(['calico-ipip']), width: 640 })
    expect(svg).toContain(darkChartTheme.surface)
    expect(svg).toContain('cilium-vxlan')
    expect(svg).not.toContain('calico-ipip')
  })
})
