import { Piscina } from 'piscina'

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
   * What a task that `simulation-task.ts` exports comes to. Rejects where the thread breaks down, and where the signal asks
   * to give it up: the thread ends then, and the next question gets another.
   */
  ask<Outcome>(name: string, task: object, signal?: AbortSignal): Promise<Outcome> {
    return this.pool.run(task, { name, ...(signal && { signal }) }) as Promise<Outcome>
  }
}
