import type { Executor } from '#main/pool/executor'
import type { LabText } from '#main/pool/lab-answer'
import { reasonOf } from '#main/documents/system-error'
import { CallRefused } from '#shared/contract/call-refused'
import type { CaptureOrder } from '#shared/contract/capture'
import type { RunData, RunEntry, RunFinished, RunProgress, RunStarted } from '#shared/contract/run-messages'

import type { Captures } from './captures'
import type { RunRequest } from './run-session'
import { RunSession } from './run-session'
import type { KeptRun } from './run-folder'
import type { RunStore } from './run-store'

/** What runs need, and whom they tell. */
export interface RunServiceOptions {
  readonly executor: Executor
  readonly store: RunStore
  readonly captures: Captures
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number
  /** The date, for the list of runs. */
  readonly today: () => Date
  readonly onProgress: (progress: RunProgress) => void
  readonly onFinished: (finished: RunFinished) => void
}

/** A run to be started, and what is captured on the way. */
export interface RunOrder extends RunRequest {
  readonly capture?: CaptureOrder | undefined
}

/** A run under way. */
interface CurrentRun {
  readonly session: RunSession
  readonly request: RunOrder
  readonly startedAt: string
  /** Resolves when it is over and kept. Never rejects. */
  readonly over: Promise<void>
}

/** The runs of the app: one under way at most, and those kept. */
export class RunService {
  private readonly options: RunServiceOptions
  private current: CurrentRun | null = null
  private starting = false
  /** Runs that could not be written, kept until the app ends. */
  private readonly unwritten = new Map<string, { readonly data: RunData; readonly lab: LabText }>()

  constructor(options: RunServiceOptions) {
    this.options = options
  }

  /** Starts a run. Refuses as `RunSession.open` and `Captures.plan` do, and with `run.busy` while another one goes on. */
  async start(request: RunOrder): Promise<RunStarted> {
    if (this.starting || this.current) throw new CallRefused('run.busy', 'A run is under way; stop it first.')
    this.starting = true
    try {
      const { executor, now, today, onProgress } = this.options
      const session = await RunSession.open(executor, request, { now, onProgress })
      if (request.capture) session.capture(await this.options.captures.plan(labOf(request), request.capture), request.capture.variant)
      const startedAt = today().toISOString()
      this.current = { session, request, startedAt, over: this.carryOut(session, request, startedAt) }
      return session.started
    } finally {
      this.starting = false
    }
  }

  /** Stops a run; one that is over stays as it is. Refuses with `run.unknown`. */
  async stop(runId: string): Promise<void> {
    if (this.current?.session.runId === runId) this.current.session.stop()
    else await this.find(runId)
  }

  /** All runs, newest first. */
  async list(): Promise<RunEntry[]> {
    const kept = await this.options.store.list()
    const running = this.current ? [dataOf(this.current).entry] : []
    const unwritten = [...this.unwritten.values()].map(({ data }) => data.entry)
    return [...running, ...unwritten.toReversed(), ...kept.map(({ entry }) => entry)]
  }

  /** All about a run; of one under way, what is done by now. Refuses with `run.unknown` or `run.unreadable`. */
  get(runId: string): Promise<RunData> {
    if (this.current?.session.runId === runId) return Promise.resolve(dataOf(this.current))
    const unwritten = this.unwritten.get(runId)
    return unwritten ? Promise.resolve(unwritten.data) : this.options.store.load(runId)
  }

  /** The lab of a run as it was started. Refuses as `get` does. */
  async labOf(runId: string): Promise<LabText> {
    if (this.current?.session.runId === runId) return labOf(this.current.request)
    const unwritten = this.unwritten.get(runId)
    if (unwritten) return unwritten.lab
    const { labText, manifests } = await this.options.store.loadLab(runId)
    return { text: labText, files: manifests }
  }

  /** Forgets a run; one under way is stopped first. Refuses with `run.unknown`. */
  async delete(runId: string): Promise<void> {
    await this.find(runId)
    if (this.current?.session.runId === runId) await this.stopCurrent()
    this.unwritten.delete(runId)
    await this.options.store.delete(runId)
  }

  /** Stops the run under way, if any, and waits until what it has measured is kept. */
  async stopCurrent(): Promise<void> {
    this.current?.session.stop()
    await this.current?.over
  }

  private async find(runId: string): Promise<void> {
    const known = (await this.list()).some((entry) => entry.runId === runId)
    if (!known) throw new CallRefused('run.unknown', 'This run is not kept any more.')
  }

  private async carryOut(session: RunSession, request: RunOrder, startedAt: string): Promise<void> {
    const finished = await session.run()
    const data = session.data(startedAt, finished.outcome)
    const record = { entry: { ...data.entry, outcome: finished.outcome }, ...(data.error && { error: data.error }) }
    const { text: labText, files: manifests } = request
    const unwritten = await this.keep({ record, result: data.result, series: data.series, labText, ...(manifests && { manifests }) })
    if (unwritten) this.unwritten.set(session.runId, { data, lab: labOf(request) })
    const records = session.captured
    if (request.capture && records) this.options.captures.keep({ runId: session.runId, lab: labOf(request), order: request.capture, records })
    this.current = null
    this.options.onFinished({ ...finished, ...(unwritten && { error: unwritten }) })
  }

  /** Why the run could not be written; null where it was. */
  private async keep(run: KeptRun): Promise<RunFinished['error'] | null> {
    try {
      await this.options.store.save(run)
      return null
    } catch (error) {
      const message = `The result is lost when the app is closed, because it can't be written: ${reasonOf(error)}.`
      return { code: 'run.unwritable', message }
    }
  }
}

function labOf({ text, files }: RunRequest): LabText {
  return { text, ...(files && { files }) }
}

/** A run under way as it is shown. */
function dataOf({ session, startedAt }: CurrentRun): RunData {
  return session.data(startedAt, 'running')
}
