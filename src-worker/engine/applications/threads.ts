/**
 * The threads of applications: what each is about to do, and how it is woken and timed. A thread runs on a core in steps,
 * one system call at a time, and sleeps when it has nothing to do. On bare hosts calls cost nothing and happen at once.
 */

import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'

/** Wakes a thread; `core` is that of the waker, −1 for a timer. */
export type Wake = (thread: number, core: number, nowNs: number) => void

export class Threads {
  /** Bytes that the call under way moves. */
  readonly bytes: Float64Array
  /** Which call that is: a number of `CALL`. */
  readonly call: Uint8Array
  /** Set once by the dispatcher. */
  wake!: Wake
  private readonly timerPending: Uint8Array
  private readonly events: EventQueue
  private readonly layout: EventLayout

  constructor(count: number, events: EventQueue, layout: EventLayout) {
    this.bytes = new Float64Array(count)
    this.call = new Uint8Array(count)
    this.timerPending = new Uint8Array(count)
    this.events = events
    this.layout = layout
  }

  /** Sets a thread's timer. Requires: it is not set. */
  setTimer(thread: number, atNs: number): void {
    this.timerPending[thread] = 1
    this.events.schedule(this.layout.application + thread, atNs)
  }

  /** Whether a thread's timer is set. */
  hasTimer(thread: number): boolean {
    return this.timerPending[thread] === 1
  }

  /** The thread's timer fired. */
  timerFired(thread: number): void {
    this.timerPending[thread] = 0
  }
}
