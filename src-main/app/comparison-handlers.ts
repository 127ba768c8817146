import type { ComparisonTask } from '#main/pool/comparison-task'
import type { QuestionThread } from '#main/pool/question-thread'
import type { RunService } from '#main/runs/run-service'
import type { comparisonCalls, ComparisonFacts } from '#shared/contract/comparison'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { WorkDone } from '#shared/contract/question-progress'

import { StoppableQuestions } from './stoppable-questions'

/** Answers the calls about a run's comparison: of the lab as it was run, not as it is open. */
export function comparisonHandlers(
  runs: Pick<RunService, 'get' | 'labOf'>,
  thread: Pick<QuestionThread, 'ask'>,
  onProgress: (done: WorkDone) => void,
): Pick<LabHandlers, keyof typeof comparisonCalls> {
  const questions = new StoppableQuestions({
    stopped: ['comparison.stopped', 'The comparison was stopped.'],
    failed: ['comparison.failed', 'The variants can\'t be compared'],
    onProgress,
  })
  return {
    compareRun: async ({ runId }) => {
      const lab = await runs.labOf(runId)
      const { variants } = (await runs.get(runId)).entry
      const task: ComparisonTask = { ...lab, variants }
      return questions.ask<ComparisonFacts>((waiting) => thread.ask('compareInLab', task, waiting))
    },
    stopComparison: () => questions.stop(),
  }
}
