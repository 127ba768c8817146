import { interfaceOffers, openVariant, planCapture, traceCaptured, type CaptureRefusal, type PlannedCapture } from '#main/simulation/capture/index'
import { parseFilter, type CapturedFrames } from '#shared/capture/index'
import type { CaptureOrder, InterfaceOffer } from '#shared/contract/capture'
import type { Trace } from '#shared/contract/trace'
import { hasErrors, parseLab, placeFindings, type Lab, type ManifestFiles, type Problem } from '#shared/lab/index'
import type { CaptureRecords, CaptureTask } from '#shared/plan/index'

/** A lab whose packets are captured. */
export interface CapturedLab {
  /** The lab file's text. */
  readonly text: string
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
}

/** Why there is nothing to capture. */
export interface CaptureTaskRefusal {
  readonly code: 'lab.invalid' | 'capture.refused'
  readonly message: string
  readonly problems: readonly Problem[]
}

/** What a task about captures comes to. */
export type CaptureOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: CaptureTaskRefusal }

/** The task of finding the interfaces of a variant that can be captured. */
export function offerInterfacesInLab(task: CapturedLab & { readonly variant: string }): CaptureOutcome<readonly InterfaceOffer[]> {
  return within(task, (lab) => {
    const opened = openVariant(lab, task.variant)
    return 'plan' in opened ? { value: interfaceOffers(opened) } : opened
  })
}

/** The task of planning a capture: what an engine is asked for. */
export function planCaptureInLab(task: CapturedLab & { readonly order: CaptureOrder }): CaptureOutcome<CaptureTask> {
  return within(task, (lab) => planned(lab, task.order, ({ task: asked }) => asked))
}

/** The task of making frames of an engine's records. */
export function makeFramesInLab(task: CapturedLab & { readonly order: CaptureOrder; readonly records: readonly CaptureRecords[] }): CaptureOutcome<CapturedFrames> {
  return within(task, (lab) => planned(lab, task.order, ({ frames }) => frames(task.records)))
}

/** The task of tracing a captured packet: the only record given. */
export function traceCapturedInLab(task: CapturedLab & { readonly variant: string; readonly records: CaptureRecords }): CaptureOutcome<Trace> {
  return within(task, (lab) => {
    const opened = openVariant(lab, task.variant)
    if (!('plan' in opened)) return opened
    const traced = traceCaptured(opened, task.variant, task.records)
    return 'refused' in traced ? traced : { value: traced }
  })
}

function planned<Value>(lab: Lab, { filter: text, variant, interfaces, snapLength }: CaptureOrder, use: (capture: PlannedCapture) => Value): { readonly value: Value } | CaptureRefusal {
  const filter = text === undefined ? undefined : parseFilter(text)
  if (typeof filter === 'string') return { refused: filter }
  const capture = planCapture(lab, { variant, interfaces, snapLength, ...(filter !== undefined && { filter }) })
  return 'task' in capture ? { value: use(capture) } : capture
}

function within<Value>({ text, files }: CapturedLab, answer: (lab: Lab) => { readonly value: Value } | CaptureRefusal): CaptureOutcome<Value> {
  const { lab, document, problems } = parseLab(text, files)
  if (!lab || !document || hasErrors(problems)) return invalid(problems)
  const answered = answer(lab)
  if ('value' in answered) return { ok: true, value: answered.value }
  if ('findings' in answered) return invalid(placeFindings(document, [...answered.findings]))
  return { ok: false, refusal: { code: 'capture.refused', message: answered.refused, problems: [] } }
}

function invalid(problems: readonly Problem[]): CaptureOutcome<never> {
  const first = problems.find(({ severity }) => severity === 'error')
  const message = `The lab has errors, and nothing can be captured${first === undefined ? '.' : `: ${first.message}`}`
  return { ok: false, refusal: { code: 'lab.invalid', message, problems } }
}
