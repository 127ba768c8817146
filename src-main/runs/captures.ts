import { reasonOf } from '#main/documents/system-error'
import { valueOf, type LabAnswer, type LabText } from '#main/pool/lab-answer'
import type { QuestionThread } from '#main/pool/question-thread'
import type { CapturedFrames } from '#shared/capture/index'
import { CallRefused } from '#shared/contract/call-refused'
import type { CaptureOrder, InterfaceOffer } from '#shared/contract/capture'
import type { Trace } from '#shared/contract/trace'
import { CAPTURE_COLUMNS, CAPTURE_HEADER_BYTES, type CaptureRecords, type CaptureTask } from '#shared/plan/index'

/** A capture that is over: what was asked for, of which lab, and what the engine noted. */
export interface KeptCapture {
  readonly runId: string
  readonly lab: LabText
  readonly order: CaptureOrder
  readonly records: readonly CaptureRecords[]
}

/** Captures of runs. The newest is kept, as the engine noted it; frames are made of it when they are asked for. */
export class Captures {
  private readonly thread: Pick<QuestionThread, 'ask'>
  private kept: KeptCapture | undefined

  constructor(thread: Pick<QuestionThread, 'ask'>) {
    this.thread = thread
  }

  /** The interfaces of a variant that can be captured. Refuses with `lab.invalid`, `capture.refused` or `capture.failed`. */
  offers(lab: LabText, variant: string): Promise<readonly InterfaceOffer[]> {
    return this.ask('offerInterfacesInLab', { ...lab, variant })
  }

  /** What an engine is to note. Refuses as {@link offers} does. */
  plan(lab: LabText, order: CaptureOrder): Promise<CaptureTask> {
    return this.ask('planCaptureInLab', { ...lab, order })
  }

  /** Keeps a capture, and forgets the one before. */
  keep(capture: KeptCapture): void {
    this.kept = capture
  }

  /** The frames that a run captured. Refuses with `capture.none`, or as {@link offers} does. */
  async frames(runId: string): Promise<CapturedFrames> {
    const { lab, order, records } = this.of(runId)
    return this.ask('makeFramesInLab', { ...lab, order, records })
  }

  /** The way of a captured packet, by its interface and the number of its record there. Refuses as {@link frames} does. */
  async trace(runId: string, { on, record }: { readonly on: number; readonly record: number }): Promise<Trace> {
    const { lab, order, records } = this.of(runId)
    return this.ask('traceCapturedInLab', { ...lab, variant: order.variant, records: oneRecord(records[on], record) })
  }

  private of(runId: string): KeptCapture {
    if (this.kept?.runId === runId) return this.kept
    throw new CallRefused('capture.none', 'No capture of this run is kept: only the newest one is, until the app is closed.')
  }

  private async ask<Value>(name: string, task: object): Promise<Value> {
    const answer = await this.thread.ask<LabAnswer<Value>>(name, task).catch((error: unknown) => {
      throw new CallRefused('capture.failed', `The capture can't be made: ${reasonOf(error)}.`)
    })
    return valueOf(answer)
  }
}

/** One of an interface's records; none where there is none of that number. */
function oneRecord(records: CaptureRecords | undefined, number: number): CaptureRecords {
  const { numbers = new Float64Array(0), headers = new Uint8Array(0) } = records ?? {}
  const count = number >= 0 && number < (records?.count ?? 0) ? 1 : 0
  return {
    count,
    numbers: numbers.slice(number * CAPTURE_COLUMNS, (number + count) * CAPTURE_COLUMNS),
    headers: headers.slice(number * CAPTURE_HEADER_BYTES, (number + count) * CAPTURE_HEADER_BYTES),
    overwritten: 0,
  }
}
