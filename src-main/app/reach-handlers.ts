import { reasonOf } from '#main/documents/system-error'
import type { LabText } from '#main/pool/lab-answer'
import type { ReachThread } from '#main/pool/reach-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { WorkDone } from '#shared/contract/question-progress'
import type { reachCalls } from '#shared/contract/reach'

import { manifestsBeside, type LabFile } from './lab-files'
import { StoppableQuestions } from './stoppable-questions'

const FAILED = ['reach.failed', 'The policies can\'t be read'] as const

/** Answers each call about policies, of the open document. */
export function reachHandlers(
  thread: Pick<ReachThread, 'reach' | 'explain' | 'impact' | 'arrows' | 'check'>,
  labFile: LabFile,
  onProgress: (done: WorkDone) => void,
): Pick<LabHandlers, keyof typeof reachCalls> {
  const questions = new StoppableQuestions({ stopped: ['reach.stopped', 'Reading the policies was stopped.'], failed: FAILED, onProgress })

  async function taskOf<Question extends LabText>(asked: Question): Promise<Question> {
    return { ...asked, ...(await manifestsBeside(labFile, asked.text)) }
  }
  return {
    reachLab: (asked) => questions.ask(async (waiting) => thread.reach(await taskOf(asked), waiting)),
    explainReach: (asked) => questions.ask(async ({ signal }) => thread.explain(await taskOf(asked), { signal })),
    reachImpact: (asked) => questions.ask(async (waiting) => thread.impact(await taskOf(asked), waiting)),
    policyArrows: (asked) => questions.ask(async ({ signal }) => thread.arrows(await taskOf(asked), { signal })),
    checkPolicies: async (asked) =>
      thread.check(await taskOf(asked)).catch((error: unknown) => {
        throw new CallRefused(FAILED[0], `${FAILED[1]}: ${reasonOf(error)}.`)
      }),
    stopReach: () => questions.stop(),
  }
}
