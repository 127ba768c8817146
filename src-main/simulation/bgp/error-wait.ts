import { SECOND_NS } from '#shared/units/index'

import { ERROR_FORGET_SECONDS } from './config'

/**
 * How long a session waits before it begins again once there was an error: twice as long with each further one, the least
 * again where the last was long ago. As in BIRD, the wait stays: later beginnings wait too, whatever ended the session.
 */
export class ErrorWait {
  /** The wait; 0 while there was no error. */
  seconds = 0
  private readonly range: readonly [number, number]
  private lastNs = -Infinity

  /** `range`: the shortest and the longest wait, seconds. */
  constructor(range: readonly [number, number]) {
    this.range = range
  }

  /** Takes down that an error happened. */
  note(nowNs: number): void {
    const [least, most] = this.range
    const forgotten = nowNs - this.lastNs >= ERROR_FORGET_SECONDS * SECOND_NS
    this.seconds = forgotten || this.seconds === 0 ? least : Math.min(2 * this.seconds, most)
    this.lastNs = nowNs
  }

  /** Starts afresh. */
  forget(): void {
    this.seconds = 0
  }
}
