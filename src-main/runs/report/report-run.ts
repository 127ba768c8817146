import { chartRun, type ChartRun } from '#shared/charts/index'
import type { RunData } from '#shared/contract/run-messages'

/** The run that charts and tables of a report read. */
export function reportRun({ entry, result, series }: RunData): ChartRun {
  return chartRun({ result, series, labVariants: entry.labVariants, warmupSeconds: entry.warmupSeconds })
}
