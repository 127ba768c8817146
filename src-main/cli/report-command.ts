import { stat } from 'node:fs/promises'
import path from 'node:path'

import { reasonOf } from '#main/documents/system-error'
import type { ReportInput } from '#main/runs/report/report-input'
import { readRunFolder, resultFrom } from '#main/runs/run-folder'
import { comparisonFacts } from '#main/simulation/comparison/index'
import { parseLab } from '#shared/lab/index'
import type { RunResult } from '#shared/metrics/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { readTextFile, STANDARD_INPUT } from './read-text-file'
import { toJson, type Terminal } from './terminal'
import { writeOutput } from './write-output'

/** Formats of a report. */
export const REPORT_FORMATS = ['html', 'md', 'json', 'pdf'] as const

/** Longest `results.json` that is read: that of thousands of tasks. */
const MAXIMUM_MIB = 256

/** What `cni-lab report` is given. */
export interface ReportOptions {
  readonly format: (typeof REPORT_FORMATS)[number]
  readonly out?: string
  readonly json?: boolean
}

/**
 * `cni-lab report RUN`: the comparison report of a run, out of the folder that `run --out` wrote or of a `results.json`. The
 * latter tells neither of the lab nor of what happened over time.
 */
export async function reportCommand(
  run: string,
  { format, out, json }: ReportOptions,
  { terminal, version }: { readonly terminal: Terminal; readonly version: string },
): Promise<ExitCode> {
  const input = { ...(await readRun(run)), version }
  const report = await render(input, json === true ? 'json' : format)
  if (out === undefined) terminal.out(report)
  else await writeOutput(out, report)
  return EXIT.done
}

/** The libraries of charts and of pages are asked for only where there are such. */
async function render(input: ReportInput, format: ReportOptions['format']): Promise<string | Uint8Array> {
  switch (format) {
    case 'html':
      return (await import('#main/runs/report/render-report')).renderReport(input)
    case 'md':
      return (await import('#main/runs/report/render-markdown')).renderMarkdown(input)
    case 'pdf':
      return (await import('#main/runs/report/render-pdf')).renderPdf(input)
    case 'json':
      return toJson((await import('#main/runs/report/report-data')).reportData(input))
  }
}

async function readRun(given: string): Promise<Omit<ReportInput, 'version'>> {
  try {
    if (given === STANDARD_INPUT || !(await stat(given)).isDirectory()) return { run: runOf(await readResult(given)) }
    const { run, labText, manifests } = await readRunFolder(given)
    const { lab } = parseLab(labText, manifests)
    return { run, ...(lab && { lab, labText, facts: comparisonFacts(lab, run.entry.variants) }) }
  } catch (error) {
    const what = 'a folder that cni-lab run --out wrote, or its results.json'
    throw new CliError('report.unreadable', `${given} is not ${what}: ${reasonOf(error)}.`)
  }
}

async function readResult(file: string): Promise<RunResult> {
  const read = await readTextFile(file, MAXIMUM_MIB)
  if ('problem' in read) throw new Error(read.problem.message.replace(/\.$/u, ''))
  return resultFrom(read.text, path.basename(file))
}

/** A run as far as its result tells. */
function runOf(result: RunResult): ReportInput['run'] {
  const names = result.variants.map(({ name }) => name)
  const seeds = Math.max(0, ...result.variants.map((variant) => variant.seeds.length))
  return {
    entry: {
      runId: '', lab: result.lab, labHash: result.labHash, startedAt: '', variants: names, labVariants: names, seeds,
      durationSeconds: result.durationSeconds, warmupSeconds: 0, outcome: 'done',
    },
    result,
    series: [],
  }
}
