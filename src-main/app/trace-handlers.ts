import { reasonOf } from '#main/documents/system-error'
import { valueOf, type LabAnswer } from '#main/pool/lab-answer'
import type { QuestionThread } from '#main/pool/question-thread'
import type { TraceTask } from '#main/pool/trace-task'
import { CallRefused } from '#shared/contract/call-refused'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { Trace, traceCalls } from '#shared/contract/trace'

import { manifestsBeside, type LabFile } from './lab-files'

/** Answers each call about traces, of the open document. */
export function traceHandlers(thread: Pick<QuestionThread, 'ask'>, labFile: LabFile): Pick<LabHandlers, keyof typeof traceCalls> {
  return {
    tracePacket: async (asked) => {
      const task: TraceTask = { ...asked, ...(await manifestsBeside(labFile, asked.text)) }
      const traced = await thread.ask<LabAnswer<Trace>>('traceInLab', task).catch((error: unknown) => {
        throw new CallRefused('trace.failed', `The packet can't be traced: ${reasonOf(error)}.`)
      })
      return valueOf(traced)
    },
  }
}
