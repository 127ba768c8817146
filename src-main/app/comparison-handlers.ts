import { reasonOf } from '#main/documents/system-error'
import type { ComparisonTask } from '#main/pool/comparison-task'
import { valueOf, type LabAnswer } from '#main/pool/lab-answer'
import type { QuestionThread } from '#main/pool/question-thread'
import type { RunService } from '#main/runs/run-service'
import { CallRefused } from '#shared/contract/call-refused'
import type { comparisonCalls, ComparisonFacts } from '#shared/contract/comparison'
import type { LabHandlers } from '#shared/contract/lab-api'

/** Answers the call about a run's comparison: of the lab as it was run, not as it is open. */
export function comparisonHandlers(
  runs: Pick<RunService, 'get' | 'labOf'>,
  thread: Pick<QuestionThread, 'ask'>,
): Pick<LabHandlers, keyof typeof comparisonCalls> {
  return {
    compareRun: async ({ runId }) => {
      const lab = await runs.labOf(runId)
      const { variants } = (await runs.get(runId)).entry
      const task: ComparisonTask = { ...lab, variants }
      const compared = await thread.ask<LabAnswer<ComparisonFacts>>('compareInLab', task).catch((error: unknown) => {
        throw new CallRefused('comparison.failed', `The variants can't be compared: ${reasonOf(error)}.`)
      })
      return valueOf(compared)
    },
  }
}
