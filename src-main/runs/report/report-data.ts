import { explain, headlinesOf, headlineValue, type ComparedFigure } from '#shared/analysis/index'
import { dropTable, linkTable, rowCount, softirqTable, trackingTable, type ChartRun, type DataTable } from '#shared/charts/index'

import { reportComparison, type ReportComparison } from './report-comparison'
import { reportRun } from './report-run'
import type { ReportInput } from './report-input'

/** A report as data (`cnilab/report/v1`): what its page says, in base units. */
export interface ReportData {
  readonly schema: 'cnilab/report/v1'
  readonly lab: string
  readonly labHash: string
  readonly version: string
  readonly seeds: number
  readonly durationSeconds: number
  /** Absent where only the result was at hand. */
  readonly startedAt?: string
  readonly warmupSeconds?: number
  readonly outcome: string
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
  /** The variant that the others are compared with. */
  readonly baseline: string
  readonly variants: readonly VariantReport[]
  /** The variants in seven rows, and common claims checked against the run. */
  readonly comparison: ReportComparison
  readonly figures: readonly FigureReport[]
  /** Links, drops and tracked connections, where there are any: a mapping by column for each row. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, string | number | null>>[]>>
}

/** What a report leads with about a variant. */
export interface VariantReport {
  readonly name: string
  readonly seeds: number
  readonly headlines: readonly { readonly label: string; readonly of: string; readonly value: string; readonly change?: string; readonly verdict?: string }[]
  /** Why it stands where it does. */
  readonly why: readonly string[]
}

/** A figure of a variant, and its difference to the baseline's. */
export interface FigureReport {
  readonly variant: string
  readonly figure: string
  readonly label: string
  readonly unit: string
  /** A traffic entry or a node; empty for the run. */
  readonly subject: string
  readonly mean: number
  readonly ci95: number | null
  /** As a share of the baseline's, with the half-width of its 95 % interval. */
  readonly change?: { readonly mean: number; readonly ci95: number | null }
}

/** The data of a report. */
export function reportData(input: ReportInput): ReportData {
  const { run, version } = input
  const { entry, result } = run
  const charted = reportRun(run)
  return {
    schema: 'cnilab/report/v1',
    lab: entry.lab,
    labHash: entry.labHash,
    version,
    seeds: entry.seeds,
    durationSeconds: entry.durationSeconds,
    ...(entry.startedAt !== '' && { startedAt: entry.startedAt, warmupSeconds: entry.warmupSeconds }),
    outcome: entry.outcome,
    warnings: result.warnings,
    baseline: charted.baseline,
    variants: variantReports(charted),
    comparison: reportComparison(charted, input),
    figures: charted.figures.map(figureReport),
    tables: Object.fromEntries(
      Object.entries(reportTables(charted)).flatMap(([name, table]) => (rowCount(table) === 0 ? [] : [[name, rowsOf(table)]])),
    ),
  }
}

/** The tables that stand below the figures. */
export function reportTables(run: ChartRun): Readonly<Record<'links' | 'drops' | 'softirq' | 'tracking', DataTable>> {
  return { links: linkTable(run), drops: dropTable(run), softirq: softirqTable(run), tracking: trackingTable(run) }
}

/** What a report leads with about each variant. */
export function variantReports(run: ChartRun): VariantReport[] {
  const headlines = headlinesOf(run.result)
  const explanations = explain(run.result, run.figures, run.baseline)
  return run.variants.map(({ name, result }) => ({
    name,
    seeds: result.seeds.length,
    headlines: headlines.map((headline) => {
      const { value, change } = headlineValue(run.figures, name, headline)
      return { label: headline.label, of: headline.of, value, ...(change && { change: `${change.text} ${change.interval}`.trim(), verdict: change.verdict }) }
    }),
    why: explanations.find(({ variant }) => variant === name)?.sentences ?? [],
  }))
}

function figureReport({ variant, figure, subject, sample, difference }: ComparedFigure): FigureReport {
  const change = difference?.relative
  return {
    variant, figure: figure.id, label: figure.label, unit: figure.unit, subject, mean: sample.mean, ci95: sample.ci95,
    ...(change && { change: { mean: change.mean, ci95: change.ci95 } }),
  }
}

function rowsOf(table: DataTable): Readonly<Record<string, string | number | null>>[] {
  return Array.from({ length: rowCount(table) }, (_, row) =>
    Object.fromEntries(table.columns.map(({ key, cells }) => [key, cells[row] ?? null])),
  )
}
