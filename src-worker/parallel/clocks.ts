/**
 * The shared clocks of two shares of a run, in steps: clock i says that share i has handled all events before that many
 * steps. Beside them each share's state, and whether it sleeps until its partner moves.
 *
 *     words 0, 1   clocks      words 2, 3   sleeping      words 4, 5   state
 */

const CLOCK = 0
const SLEEPING = 2
const STATE = 4
const WORDS = 6

/** How many looks at the partner's clock are worth more than going to sleep: some ten microseconds. */
const SPINS = 20_000
/** The longest sleep, so that a partner that died without a word is noticed. */
const SLEEP_MS = 20

/** What a share is doing. */
export const SHARE_STATE = { running: 0, stopped: 1, failed: 2 } as const

export class Clocks {
  readonly buffer: SharedArrayBuffer
  private readonly words: Int32Array

  constructor(buffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.words = new Int32Array(buffer)
  }

  /** Steps that a share has completed. What it had sent before is visible to whoever reads this. */
  of(share: number): number {
    return Atomics.load(this.words, CLOCK + share)
  }

  /** Publishes a share's clock and wakes its partner if it waits for it. */
  publish(share: number, steps: number): void {
    Atomics.store(this.words, CLOCK + share, steps)
    if (Atomics.load(this.words, SLEEPING + 1 - share) === 1) Atomics.notify(this.words, CLOCK + share)
  }

  /** One of {@link SHARE_STATE}. */
  stateOf(share: number): number {
    return Atomics.load(this.words, STATE + share)
  }

  /** Tells the partner that a share runs no further. */
  leave(share: number, state: number): void {
    Atomics.store(this.words, STATE + share, state)
    Atomics.notify(this.words, CLOCK + share)
  }

  /** Waits a while for a share's clock to leave `steps`: spinning first, then asleep. */
  awaitMove(share: number, steps: number): void {
    for (let spin = 0; spin < SPINS; spin++) if (this.of(share) !== steps) return
    const sleeping = SLEEPING + 1 - share
    Atomics.store(this.words, sleeping, 1)
    if (this.stateOf(share) === SHARE_STATE.running) Atomics.wait(this.words, CLOCK + share, steps, SLEEP_MS)
    Atomics.store(this.words, sleeping, 0)
  }
}
