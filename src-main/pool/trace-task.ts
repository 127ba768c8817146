import { tracePacket, type TraceRequest } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'

import { askLab, refusalOf } from './ask-lab'
import type { LabAnswer, LabText } from './lab-answer'

/** A packet to be traced through a variant of a lab. */
export interface TraceTask extends TraceRequest, LabText {}

/** The task of tracing a packet: reads the lab, plans the variant and walks the packet through it. */
export function traceInLab(task: TraceTask): LabAnswer<Trace, 'trace.refused'> {
  return askLab(task, 'no packet goes through it', (lab) => {
    const traced = tracePacket(lab, task)
    if ('trace' in traced) return { value: traced.trace }
    return 'refused' in traced ? refusalOf('trace.refused', traced.refused) : traced
  })
}
