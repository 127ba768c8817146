import type { PolicyArrows, Reach, ReachExplanation, ReachImpact } from '#shared/contract/reach'
import type { Problem } from '#shared/lab/index'

import type { ReachAnswer } from './known-labs'
import type { LabText } from './lab-answer'
import { QuestionThread, type Waiting } from './question-thread'
import type { ArrowsTask, ExplainTask, ImpactTask, ReachTask } from './reach-task'

/** How long the thread, which remembers the lab it was last asked about, is kept for the next question, in milliseconds. */
const idleTimeout = 300_000

/** Checks come after each edit and nobody waits for them; their thread ends sooner. */
const checkTimeout = 60_000

/** Answers questions about policies on a thread of its own, and checks them on another, for which no question waits. */
export class ReachThread {
  private readonly thread: QuestionThread
  private readonly checks: QuestionThread

  /** `file` is the path of the built `simulation-task.ts`. */
  constructor(file: string) {
    this.thread = new QuestionThread(file, idleTimeout)
    this.checks = new QuestionThread(file, checkTimeout)
  }

  /** Rejects where the thread breaks down or is not waited for. */
  reach(task: ReachTask, waiting: Waiting): Promise<ReachAnswer<Reach>> {
    return this.thread.ask('reachInLab', task, waiting)
  }

  /** Rejects where the thread breaks down or is not waited for. */
  explain(task: ExplainTask, waiting: Waiting): Promise<ReachAnswer<readonly ReachExplanation[]>> {
    return this.thread.ask('explainInLab', task, waiting)
  }

  /** Rejects where the thread breaks down or is not waited for. */
  impact(task: ImpactTask, waiting: Waiting): Promise<ReachAnswer<ReachImpact>> {
    return this.thread.ask('impactInLab', task, waiting)
  }

  /** Rejects where the thread breaks down or is not waited for. */
  arrows(task: ArrowsTask, waiting: Waiting): Promise<ReachAnswer<PolicyArrows>> {
    return this.thread.ask('policyArrowsInLab', task, waiting)
  }

  /** Rejects where the thread breaks down. */
  check(asked: LabText): Promise<readonly Problem[]> {
    return this.checks.ask('checkPoliciesInLab', asked)
  }
}
