import { Piscina } from 'piscina'

import type { Reach, ReachExplanation } from '#shared/contract/reach'

import type { ExplainTask, ReachOutcomeOf, ReachTask } from './reach-task'

/** How long the thread, which remembers the lab it was last asked about, is kept for the next question, in milliseconds. */
const idleTimeout = 300_000

/** Answers questions about policies, one after another, on a thread of its own: reading thousands of pods takes seconds. */
export class ReachThread {
  private readonly pool: Piscina<ReachTask, unknown>

  /** `file` is the path of the built `simulation-task.ts`. */
  constructor(file: string) {
    this.pool = new Piscina({ filename: file, minThreads: 0, maxThreads: 1, idleTimeout })
    // A thread that dies while it has nothing to do harms nobody, and the pool replaces it.
    this.pool.on('error', () => undefined)
  }

  /** Rejects where the thread breaks down. */
  reach(task: ReachTask): Promise<ReachOutcomeOf<Reach>> {
    return this.pool.run(task, { name: 'reachInLab' }) as Promise<ReachOutcomeOf<Reach>>
  }

  /** Rejects where the thread breaks down. */
  explain(task: ExplainTask): Promise<ReachOutcomeOf<readonly ReachExplanation[]>> {
    return this.pool.run(task, { name: 'explainInLab' }) as Promise<ReachOutcomeOf<readonly ReachExplanation[]>>
  }
}
