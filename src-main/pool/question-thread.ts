import { MessageChannel } from 'node:worker_threads'

import { Piscina } from 'piscina'

import type { WorkDone } from '#shared/contract/question-progress'

/** How a question is waited for. */
export interface Waiting {
  /** Asks to give it up: the thread ends then, and the next question gets another. */
  readonly signal?: AbortSignal
  /** Hears how far the work is, where the task says so. */
  readonly onProgress?: (done: WorkDone) => void
}

/** Answers questions about labs, one after another, on a thread of its own: reading a lab of thousands of nodes takes seconds. */
export class QuestionThread {
  private readonly pool: Piscina<unknown, unknown>

  /** `file` is the path of the built `simulation-task.ts`; `idleTimeout` is how long the thread is kept for the next question, ms. */
  constructor(file: string, idleTimeout: number) {
    this.pool = new Piscina({ filename: file, minThreads: 0, maxThreads: 1, idleTimeout })
    // A thread that dies while it has nothing to do harms nobody, and the pool replaces it.
    this.pool.on('error', () => undefined)
  }

  /**
   * What a task that `simulation-task.ts` exports comes to. Rejects where the thread breaks down, and where it is given up.
   */
  async ask<Outcome>(name: string, task: object, { signal, onProgress }: Waiting = {}): Promise<Outcome> {
    const stoppable = { name, ...(signal && { signal }) }
    if (!onProgress) return this.pool.run(task, stoppable) as Promise<Outcome>
    const { port1: heard, port2: reports } = new MessageChannel()
    heard.on('message', onProgress)
    try {
      return (await this.pool.run({ ...task, reports }, { ...stoppable, transferList: [reports] })) as Outcome
    } finally {
      heard.close()
    }
  }
}
