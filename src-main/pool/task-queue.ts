/**
 * Lets at most `size` jobs run at the same time, in the order in which they come. It stands in front of the thread pool
 * because that neither tells when a job starts nor picks queued jobs up again after the last thread has died.
 */
export class TaskQueue {
  readonly size: number
  private running = 0
  private readonly waiting = new Set<() => void>()

  /** Requires: `size` is a whole number, one or more. */
  constructor(size: number) {
    this.size = size
  }

  /** Runs a job when it is its turn. Resolves to null, without starting it, where `signal` is aborted before that. */
  async run<Result>(job: () => Promise<Result>, signal?: AbortSignal): Promise<Result | null> {
    if (signal?.aborted || !(await this.turn(signal))) return null
    try {
      return await job()
    } finally {
      this.passOn()
    }
  }

  /** Resolves to true when a place is taken, to false when `signal` is aborted first. */
  private turn(signal?: AbortSignal): Promise<boolean> {
    if (this.running < this.size) {
      this.running += 1
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const leave = (): void => {
        this.waiting.delete(enter)
        resolve(false)
      }
      const enter = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve(true)
      }
      this.waiting.add(enter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Gives the place to the job that waits longest, or frees it. */
  private passOn(): void {
    const [next] = this.waiting
    if (next) {
      this.waiting.delete(next)
      next()
    } else {
      this.running -= 1
    }
  }
}
