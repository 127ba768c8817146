import { reasonOf } from '#main/documents/system-error'
import type { RecordTask, ScaleTask } from '#main/pool/control-plane-task'
import { valueOf, type LabAnswer } from '#main/pool/lab-answer'
import type { QuestionThread } from '#main/pool/question-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { controlPlaneCalls, ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'
import type { LabHandlers } from '#shared/contract/lab-api'

import { manifestsBeside, type LabFile } from './lab-files'

/** Answers each call about control planes, of the open document. */
export function controlPlaneHandlers(
  thread: Pick<QuestionThread, 'ask'>,
  labFile: LabFile,
): Pick<LabHandlers, keyof typeof controlPlaneCalls> {
  /** Of the questions that are asked now; another one once they were given up. */
  let waiting = new AbortController()

  async function ask<Value>(name: string, task: RecordTask | ScaleTask): Promise<Value> {
    const { signal } = waiting
    const files = await manifestsBeside(labFile, task.text)
    const answer = await thread.ask<LabAnswer<Value>>(name, { ...task, ...files }, signal).catch((error: unknown) => {
      if (signal.aborted) throw new CallRefused('control-plane.stopped', 'The simulation of the control plane was stopped.')
      throw new CallRefused('control-plane.failed', `The control plane can't be simulated: ${reasonOf(error)}.`)
    })
    return valueOf(answer)
  }

  return {
    recordControlPlane: ({ nodes, ...asked }) =>
      ask<ControlPlaneRecord>('recordControlPlaneInLab', nodes === undefined ? asked : { ...asked, nodes }),
    stopControlPlane: () => {
      waiting.abort()
      waiting = new AbortController()
      return null
    },
    scaleControlPlane: (asked) => ask<readonly ControlPlaneSize[]>('scaleControlPlaneInLab', asked),
  }
}
