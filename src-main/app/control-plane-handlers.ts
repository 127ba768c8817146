import { readManifestFiles } from '#main/documents/manifest-files'
import { reasonOf } from '#main/documents/read-document'
import type { ControlPlaneOutcome, RecordTask, ScaleTask } from '#main/pool/control-plane-task'
import type { QuestionThread } from '#main/pool/question-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { controlPlaneCalls, ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { ManifestFiles } from '#shared/lab/index'

/**
 * Answers each call about control planes. `labFile` says where the open document's file is, null before it is saved: the
 * manifest files that a lab names lie next to it.
 */
export function controlPlaneHandlers(
  thread: Pick<QuestionThread, 'ask'>,
  labFile: () => string | null,
): Pick<LabHandlers, keyof typeof controlPlaneCalls> {
  /** Of the questions that are asked now; another one once they were given up. */
  let waiting = new AbortController()

  async function ask<Value>(name: string, task: RecordTask | ScaleTask): Promise<Value> {
    const { signal } = waiting
    const files = await filesOf(task.text)
    const outcome = await thread.ask<ControlPlaneOutcome<Value>>(name, { ...task, ...files }, signal).catch((error: unknown) => {
      if (signal.aborted) throw new CallRefused('control-plane.stopped', 'The simulation of the control plane was stopped.')
      throw new CallRefused('control-plane.failed', `The control plane can't be simulated: ${reasonOf(error)}.`)
    })
    if (outcome.ok) return outcome.value
    const { code, message, problems } = outcome.refusal
    throw new CallRefused(code, message, problems)
  }

  async function filesOf(text: string): Promise<{ files?: ManifestFiles }> {
    const file = labFile()
    return file === null ? {} : { files: await readManifestFiles(file, text) }
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
