import { interfaceOffers, openVariant, planCapture, traceCaptured, type CaptureRefusal, type PlannedCapture } from '#main/simulation/capture/index'
import { parseFilter, type CapturedFrames } from '#shared/capture/index'
import type { CaptureOrder, InterfaceOffer } from '#shared/contract/capture'
import type { Trace } from '#shared/contract/trace'
import type { Lab } from '#shared/lab/index'
import type { CaptureRecords, CaptureTask } from '#shared/plan/index'

import { askLab, refusalOf } from './ask-lab'
import type { LabAnswer, LabText } from './lab-answer'

/** What a question about captures comes to. */
export type CaptureAnswer<Value> = LabAnswer<Value, 'capture.refused'>

/** The task of finding the interfaces of a variant that can be captured. */
export function offerInterfacesInLab(task: LabText & { readonly variant: string }): CaptureAnswer<readonly InterfaceOffer[]> {
  return within(task, (lab) => {
    const opened = openVariant(lab, task.variant)
    return 'plan' in opened ? { value: interfaceOffers(opened) } : opened
  })
}

/** The task of planning a capture: what an engine is asked for. */
export function planCaptureInLab(task: LabText & { readonly order: CaptureOrder }): CaptureAnswer<CaptureTask> {
  return within(task, (lab) => planned(lab, task.order, ({ task: asked }) => asked))
}

/** The task of making frames of an engine's records. */
export function makeFramesInLab(task: LabText & { readonly order: CaptureOrder; readonly records: readonly CaptureRecords[] }): CaptureAnswer<CapturedFrames> {
  return within(task, (lab) => planned(lab, task.order, ({ frames }) => frames(task.records)))
}

/** The task of tracing a captured packet: the only record given. */
export function traceCapturedInLab(task: LabText & { readonly variant: string; readonly records: CaptureRecords }): CaptureAnswer<Trace> {
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

function within<Value>(asked: LabText, answer: (lab: Lab) => { readonly value: Value } | CaptureRefusal): CaptureAnswer<Value> {
  return askLab(asked, 'nothing can be captured', (lab) => {
    const answered = answer(lab)
    return 'refused' in answered ? refusalOf('capture.refused', answered.refused) : answered
  })
}
