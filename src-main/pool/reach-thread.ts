import type { Reach, ReachExplanation } from '#shared/contract/reach'

import { QuestionThread } from './question-thread'
import type { ExplainTask, ReachOutcomeOf, ReachTask } from './reach-task'

/** How long the thread, which remembers the lab it was last asked about, is kept for the next question, in milliseconds. */
const idleTimeout = 300_000

/** Answers questions about policies on a thread of its own. */
export class ReachThread {
  private readonly thread: QuestionThread

  /** `file` is the path of the built `simulation-task.ts`. */
  constructor(file: string) {
    this.thread = new QuestionThread(file, idleTimeout)
  }

  /** Rejects where the thread breaks down. */
  reach(task: ReachTask): Promise<ReachOutcomeOf<Reach>> {
    return this.thread.ask('reachInLab', task)
  }

  /** Rejects where the thread breaks down. */
  explain(task: ExplainTask): Promise<ReachOutcomeOf<readonly ReachExplanation[]>> {
    return this.thread.ask('explainInLab', task)
  }
}
