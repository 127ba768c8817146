import { busiestNodes } from '#shared/analysis/index'
import type { Chart, ChartRun } from '#shared/charts/index'
import {
  cpuByStageChart,
  cpuOverTimeChart,
  differenceChart,
  flowCompletionChart,
  hasFlowCompletion,
  latencyCdfChart,
  latencyPercentilesChart,
  lossesChart,
  lossReasons,
  throughputChart,
} from '#shared/charts/index'

/** Traffic entries with charts of their own, and nodes in the charts of CPU; tables have all of them. */
export const CHARTED_ENTRIES = 4
const CHARTED_NODES = 6

/** A chart of the report; wide ones take the whole width of the page. */
export interface ReportChart {
  readonly chart: Chart
  readonly wide: boolean
}

/** The charts of a report, in its order. */
export function reportCharts(run: ChartRun): ReportChart[] {
  const entries = run.traffic.slice(0, CHARTED_ENTRIES)
  const nodes = busiestNodes(run.result, CHARTED_NODES)
  const wide = (chart: Chart): ReportChart => ({ chart, wide: true })
  const half = (chart: Chart): ReportChart => ({ chart, wide: false })
  return [
    ...(run.variants.length > 1 ? [wide(differenceChart(run, entries))] : []),
    ...(lossReasons(run).length > 0 ? [wide(lossesChart(run, null))] : []),
    ...entries.flatMap((entry) => [
      wide(throughputChart(run, entry)),
      half(latencyPercentilesChart(run, entry)),
      half(latencyCdfChart(run, entry, 'cumulative')),
      ...(hasFlowCompletion(run, entry) ? [wide(flowCompletionChart(run, entry))] : []),
    ]),
    wide(cpuByStageChart(run, { nodes, group: null, measure: 'cores' })),
    wide(cpuOverTimeChart(run, null)),
  ]
}
