import type { RecordTask, ScaleTask } from '#main/pool/control-plane-task'
import type { QuestionThread } from '#main/pool/question-thread'
import type { controlPlaneCalls, ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { WorkDone } from '#shared/contract/question-progress'

import { manifestsBeside, type LabFile } from './lab-files'
import { StoppableQuestions } from './stoppable-questions'

/** Answers each call about control planes, of the open document. */
export function controlPlaneHandlers(
  thread: Pick<QuestionThread, 'ask'>,
  labFile: LabFile,
  onProgress: (done: WorkDone) => void,
): Pick<LabHandlers, keyof typeof controlPlaneCalls> {
  const questions = new StoppableQuestions({
    stopped: ['control-plane.stopped', 'The simulation of the control plane was stopped.'],
    failed: ['control-plane.failed', 'The control plane can\'t be simulated'],
    onProgress,
  })

  function ask<Value>(name: string, task: RecordTask | ScaleTask): Promise<Value> {
    return questions.ask(async (waiting) => thread.ask(name, { ...task, ...(await manifestsBeside(labFile, task.text)) }, waiting))
  }

  return {
    recordControlPlane: ({ nodes, ...asked }) =>
      ask<ControlPlaneRecord>('recordControlPlaneInLab', nodes === undefined ? asked : { ...asked, nodes }),
    stopControlPlane: () => questions.stop(),
    scaleControlPlane: (asked) => ask<readonly ControlPlaneSize[]>('scaleControlPlaneInLab', asked),
  }
}
