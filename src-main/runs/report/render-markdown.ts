import { counted, humanFigure, noticeTitle, shareWithInterval, type ComparedFigure } from '#shared/analysis/index'
import { cellText, isNumeric, rowCount, visibleColumns, type ChartRun, type DataTable } from '#shared/charts/index'
import { claimTable, comparisonTable } from '#shared/comparison/index'

import { reportComparison } from './report-comparison'
import { reportTables, variantReports } from './report-data'
import type { ReportInput } from './report-input'
import { reportRun } from './report-run'

/** Rows of a table in the text; files have all. */
const MOST_ROWS = 200

/** A report of a run as Markdown (GitHub's flavour, for its tables). */
export function renderMarkdown(input: ReportInput): string {
  const { run, lab, labText, version } = input
  const { entry, error, result } = run
  const charted = reportRun(run)
  // A result alone does not tell when it was made, nor how long its warm-up was.
  const isWhole = entry.startedAt !== ''
  const parts = [
    `# ${inline(entry.lab)}: comparison report`,
    lab?.description ? inline(lab.description) : '',
    [
      `- ${counted(result.variants.length, 'variant')}, ${counted(entry.seeds, 'seed')} each`,
      `- ${entry.durationSeconds} s simulated${isWhole ? `, ${entry.warmupSeconds} s of it warm-up` : ''}`,
      isWhole ? `- Run of ${entry.startedAt.slice(0, 16).replace('T', ' ')} UTC` : '',
      `- CNI Lab ${version}`,
      `- Lab \`${entry.labHash}\``,
    ].filter((line) => line !== '').join('\n'),
    error ? `> **The run failed.** ${inline(error.message)} What was measured until then is partial.` : '',
    entry.outcome === 'stopped' ? '> **The run was stopped.** What was measured until then is partial.' : '',
    ...result.warnings.map(({ code, message }) => `> **${noticeTitle(code)}.** ${inline(message)}`),
    ...(result.variants.some(({ seeds }) => seeds.length > 0) ? findings(charted, input) : ['Nothing was measured.']),
    labText === undefined ? '' : `## To repeat this run\n\n\`\`\`yaml\n${labText.trimEnd()}\n\`\`\``,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function findings(run: ChartRun, input: ReportInput): string[] {
  const variants = variantReports(run)
  const titles = variants[0]?.headlines.map(({ label, of }) => `${label} (${of})`) ?? []
  const rows = variants.map(({ name, headlines }) => [
    name, ...headlines.map(({ value, change, verdict }) => (change === undefined ? value : `${value} (${change}, ${String(verdict)})`)),
  ])
  const tables = Object.entries(reportTables(run)).filter(([, table]) => rowCount(table) > 0)
  return [
    '## Summary',
    `Means over the seeds. Changes are against ${inline(run.baseline)} with the same seed.`,
    markdownTable(['Variant', ...titles], rows),
    ...variants.flatMap(({ name, why }) => (why.length === 0 ? [] : [`**${inline(name)}**\n\n${why.map((sentence) => `- ${inline(sentence)}`).join('\n')}`])),
    ...comparison(run, input),
    '## All figures',
    figures(run),
    ...tables.map(([name, table]) => `## ${name[0]!.toUpperCase()}${name.slice(1)}\n\n${inline(table.caption)}\n\n${dataTable(table)}`),
  ]
}

/** The variants in seven rows, and claims that the run shows something about. */
function comparison(run: ChartRun, input: ReportInput): string[] {
  const { rows, claims } = reportComparison(run, input)
  const shown = claims.filter(({ verdict }) => verdict !== 'not-shown')
  const tables = [
    { title: 'Comparison in seven rows', table: comparisonTable(rows) },
    ...(shown.length > 0 ? [{ title: 'Common claims, checked', table: claimTable(shown) }] : []),
  ]
  return tables.flatMap(({ title, table }) => [`## ${title}`, inline(table.caption), dataTable(table)])
}

function figures(run: ChartRun): string {
  const names = run.variants.map(({ name }) => name)
  const rows = new Map<string, { readonly head: string; readonly cells: Map<string, string> }>()
  for (const each of run.figures) {
    const key = `${each.figure.id} ${each.subject}`
    const row = rows.get(key) ?? { head: `${each.figure.label}${each.subject === '' ? '' : ` (${each.subject})`}`, cells: new Map<string, string>() }
    row.cells.set(each.variant, figureText(each))
    rows.set(key, row)
  }
  return markdownTable(['Figure', ...names], Array.from(rows.values(), ({ head, cells }) => [head, ...names.map((name) => cells.get(name) ?? '–')]), 1)
}

function figureText({ sample, figure, difference }: ComparedFigure): string {
  const interval = sample.ci95 === null || sample.ci95 === 0 ? '' : ` ± ${humanFigure(sample.ci95, figure.unit)}`
  const change = difference?.relative
  const share = change ? ` (${shareWithInterval(change)})` : ''
  return `${humanFigure(sample.mean, figure.unit)}${interval}${share}`
}

function dataTable(table: DataTable): string {
  const columns = visibleColumns(table)
  const rows = Array.from({ length: Math.min(rowCount(table), MOST_ROWS) }, (_, row) => columns.map((column) => cellText(column, row)))
  return markdownTable(columns.map(({ label }) => label), rows, columns.findIndex(isNumeric))
}

/** A table; columns from `numbers` on are aligned right. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[], numbers = 1): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`
  const rule = head.map((_, index) => (numbers >= 0 && index >= numbers ? '---:' : '---'))
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

/** A text in one line in which no character is markup. */
function inline(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll(/[\\`*_[\]<>|#]/gu, (character) => `\\${character}`)
}
