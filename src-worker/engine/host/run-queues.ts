/** Threads that wait for their turn on each core, first come first served. */

const NONE = -1

export class RunQueues {
  private readonly head: Int32Array
  private readonly tail: Int32Array
  private readonly next: Int32Array
  private readonly queued: Uint8Array

  constructor(cores: number, threads: number) {
    this.head = new Int32Array(cores).fill(NONE)
    this.tail = new Int32Array(cores).fill(NONE)
    this.next = new Int32Array(threads).fill(NONE)
    this.queued = new Uint8Array(threads)
  }

  /** Whether a thread waits. */
  isQueued(thread: number): boolean {
    return this.queued[thread] === 1
  }

  /** Whether no thread waits for the core. */
  isEmpty(core: number): boolean {
    return this.head[core] === NONE
  }

  /** Puts a thread behind those that wait. Requires: it does not wait anywhere. */
  push(core: number, thread: number): void {
    this.queued[thread] = 1
    this.next[thread] = NONE
    if (this.tail[core] === NONE) this.head[core] = thread
    else this.next[this.tail[core]] = thread
    this.tail[core] = thread
  }

  /** Takes the thread whose turn it is. Requires: one waits. */
  shift(core: number): number {
    const thread = this.head[core]
    this.head[core] = this.next[thread]
    if (this.head[core] === NONE) this.tail[core] = NONE
    this.queued[thread] = 0
    return thread
  }
}
