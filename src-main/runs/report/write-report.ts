import path from 'node:path'

import { makeFolder } from '#main/documents/make-folder'
import { writeAtomically } from '#main/documents/write-atomically'
import { faultTable, figureTable, lightChartTheme, renderChartSvg, toCsv } from '#shared/charts/index'
import { detailTable } from '#shared/comparison/index'

import { renderReport } from './render-report'
import { reportComparison } from './report-comparison'
import { reportCharts } from './report-charts'
import type { ReportInput } from './report-input'
import { reportRun } from './report-run'

/** Width of a chart's file, in pixels. */
const FILE_WIDTH = 800

/**
 * Writes the report of a run into a folder, which is made where it is not there: `report.html`, and in `charts/` each of
 * its charts as SVG and CSV, and all figures, those behind the seven rows and what each fault cost as CSV. Each file appears complete or not at all, the report last. Rejects with the file system's
 * error.
 */
export async function writeReport(folder: string, input: ReportInput): Promise<void> {
  const charts = path.join(folder, 'charts')
  await makeFolder(charts)
  const measured = input.run.result.variants.some((variant) => variant.seeds.length > 0)
  const run = reportRun(input.run)
  const comparison = reportComparison(run, input)
  for (const { chart } of measured ? reportCharts(run) : []) {
    const svg = renderChartSvg(chart, { theme: lightChartTheme, frame: 'file', hidden: new Set(), width: FILE_WIDTH })
    await writeAtomically(path.join(charts, `${chart.id}.svg`), `${svg}\n`)
    await writeAtomically(path.join(charts, `${chart.id}.csv`), toCsv(chart.table))
  }
  await writeAtomically(path.join(charts, 'figures.csv'), toCsv(figureTable(run.figures)))
  await writeAtomically(path.join(charts, 'comparison.csv'), toCsv(detailTable(comparison.rows)))
  for (const [index, fault] of run.faults.entries()) {
    await writeAtomically(path.join(charts, `fault-${index + 1}.csv`), toCsv(faultTable(fault)))
  }
  await writeAtomically(path.join(folder, 'report.html'), renderReport(input, run, comparison))
}
