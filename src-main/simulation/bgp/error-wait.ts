import { ERROR_FORGET_SECONDS } from './config'

const SECOND = 1e9

/** How long a session waits after an error before it begins again: twice as long each time, until there was none for a while. */
export class ErrorWait {
  private readonly range: readonly [number, number]
  private seconds = 0
  private lastNs = -Infinity

  /** `range`: the shortest and the longest wait, seconds. */
  constructor(range: readonly [number, number]) {
    this.range = range
  }

  /** Takes down that an error happened. */
  note(nowNs: number): void {
    const [least, most] = this.range
    const forgotten = nowNs - this.lastNs >= ERROR_FORGET_SECONDS * SECOND
    this.seconds = forgotten || this.seconds === 0 ? least : Math.min(2 * this.seconds, most)
    this.lastNs = nowNs
  }

  /** Starts afresh. */
  forget(): void {
    this.seconds = 0
  }

  /** Seconds that a session which begins now has to wait; 0 where it is not an error that it begins again after. */
  secondsAt(nowNs: number): number {
    return nowNs - this.lastNs < SECOND ? this.seconds : 0
  }
}
