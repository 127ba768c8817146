import { Piscina } from 'piscina'

import type { TraceOutcome, TraceTask } from './trace-task'

/** How long the thread is kept for the next trace, in milliseconds. */
const idleTimeout = 60_000

/** Traces packets, one after another, on a thread of its own: planning a lab of thousands of nodes takes seconds. */
export class TraceThread {
  private readonly pool: Piscina<TraceTask, TraceOutcome>

  /** `file` is the path of the built `simulation-task.ts`. */
  constructor(file: string) {
    this.pool = new Piscina({ filename: file, name: 'traceInLab', minThreads: 0, maxThreads: 1, idleTimeout })
    // A thread that dies while it has nothing to do harms nobody, and the pool replaces it.
    this.pool.on('error', () => undefined)
  }

  /** Rejects where the thread breaks down. */
  trace(task: TraceTask): Promise<TraceOutcome> {
    return this.pool.run(task)
  }
}
