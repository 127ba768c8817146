import { reasonOf } from '#main/documents/system-error'
import type { Executor } from '#main/pool/executor'
import type { KeptRun } from '#main/runs/run-folder'
import { RunSession } from '#main/runs/run-session'
import { writeRun } from '#main/runs/write-run'
import type { PlannedCapture } from '#main/simulation/capture/index'
import { comparisonFacts } from '#main/simulation/comparison/index'
import { CallRefused } from '#shared/contract/call-refused'
import type { RunFinished, RunProgress } from '#shared/contract/run-messages'
import { type ManifestFiles, parseLab } from '#shared/lab/index'

import { CliError, EXIT, type ExitCode } from './cli-error'
import { type Terminal, toJson } from './terminal'
import { problemLines } from './problem-text'
import { ProgressLine } from './progress-line'
import { captureFor, type CaptureOptions, checkCaptureOptions, writeCapture } from './run-capture'
import { makeOutputFolder } from './output-folder'
import { readLabText } from './read-lab'
import { resultText } from './result-text'

/** What `cni-lab run` is given. */
export interface RunOptions extends CaptureOptions {
  readonly out?: string
  readonly json?: boolean
}

/** What a run works with. */
export interface RunContext {
  readonly terminal: Terminal
  readonly executor: Executor
  /** Version of the app, for the report. */
  readonly version: string
  /** Called when there is something to stop; the signal is aborted when the user interrupts. */
  readonly listenForInterrupt: () => AbortSignal
}

/**
 * `cni-lab run LAB`: runs a lab's variants and prints the result. An interrupted run prints what was measured until
 * then; one that breaks down does as well, with the reason on stderr.
 */
export async function runCommand(file: string, options: RunOptions, context: RunContext): Promise<ExitCode> {
  const { terminal } = context
  checkCaptureOptions(options)
  if (options.out !== undefined) await makeOutputFolder(options.out)
  // Asked for only where it is needed: the charts' library would slow down every command.
  const report = options.out === undefined ? null : await import('#main/runs/report/write-report')
  const progress = new ProgressLine(terminal)
  const { session, text, files, capture } = await open(file, options, context, progress)
  const stop = (): void => session.stop()
  context.listenForInterrupt().addEventListener('abort', stop)
  const startedAt = new Date().toISOString()
  const finished = await session.run()
  progress.end()

  const { result } = session
  if (options.out !== undefined && report) {
    const run = session.data(startedAt, finished.outcome)
    // A lab that ran can be read.
    const lab = parseLab(text, files).lab!
    const record = { entry: { ...run.entry, outcome: finished.outcome }, ...(run.error && { error: run.error }) }
    const kept = { record, result, series: run.series, labText: text, manifests: files }
    await write(options.out, kept, () => report.writeReport(options.out!, { run, lab, labText: text, facts: comparisonFacts(lab, run.entry.variants), version: context.version }))
  }
  if (capture !== undefined && session.captured !== undefined) {
    terminal.error(await writeCapture(options.pcap!, capture, session.captured))
  }
  terminal.out(options.json ? toJson(result) : resultText(result))
  return exitCode(finished, terminal)
}

/** A run that can begin, and the text of its lab. */
interface OpenedRun {
  readonly session: RunSession
  readonly text: string
  readonly files: ManifestFiles
  readonly capture: PlannedCapture | undefined
}

async function open(file: string, options: RunOptions, context: RunContext, progress: ProgressLine): Promise<OpenedRun> {
  const { terminal, executor } = context
  const { variant: variants, seeds } = options
  const { text, files } = await readLabText(file)
  try {
    const wanted = options.capture === undefined ? seeds : 1
    const request = { text, files, ...(variants && { variants }), ...(wanted !== undefined && { seeds: wanted }) }
    const watch = { now: () => performance.now(), onProgress: (look: RunProgress) => progress.update(look) }
    const session = await RunSession.open(executor, request, watch)
    // Only a lab that can run is asked what may be captured.
    const capture = captureFor(options, { text, files })
    if (capture !== undefined) session.capture(capture.task, variants![0]!)
    return { session, text, files, capture }
  } catch (error) {
    if (!(error instanceof CallRefused)) throw error
    terminal.error(problemLines(file, error.problems ?? []))
    throw new CliError(error.code, `${file}: ${error.message}`)
  }
}

async function write(folder: string, run: KeptRun, writeReport: () => Promise<void>): Promise<void> {
  try {
    await writeRun(folder, run)
    await writeReport()
  } catch (error) {
    throw new CliError('output.unwritable', `The results can't be written to ${folder}: ${reasonOf(error)}.`)
  }
}

function exitCode({ outcome, error }: RunFinished, terminal: Terminal): ExitCode {
  switch (outcome) {
    case 'done':
      return EXIT.done
    case 'stopped':
      terminal.error('cni-lab: interrupted; the figures cover what was simulated until then.\n')
      return EXIT.interrupted
    case 'failed':
      terminal.error(`cni-lab: ${error?.message ?? 'The run failed.'} [${error?.code ?? 'run.task-failed'}]\n`)
      return EXIT.refused
  }
}
