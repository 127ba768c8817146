/**
 * The shared clocks of two shares of a run, in steps: clock i says that share i has handled all events before that many
 * steps. Beside them each share's state, and whether it sleeps until its partner moves. What a share writes lies in lines
 * of its own: the words of share i begin at i × {@link SHARE_WORDS}.
 */

const CLOCK = 0
const STATE = 1
/** Written seldom, read by the partner at every step: in a line of its own. */
const SLEEPING = 32
const SHARE_WORDS = 64
const WORDS = 2 * SHARE_WORDS

/**
 * How many looks at the partner's clock come before sleep: some two milliseconds. Waking up takes longer than a partner can
 * run ahead, so one sleep makes the partner sleep in turn; a thread should sleep only where its partner has lost its core.
 */
const SPINS = 40_000
/** Divisions between two looks, each waiting for the one before. */
const PAUSE = 12
/** The longest sleep, so that a partner that died without a word is noticed. */
const SLEEP_MS = 20

/** What a share is doing. */
export const SHARE_STATE = { starting: 0, running: 1, stopped: 2, failed: 3 } as const

export class Clocks {
  readonly buffer: SharedArrayBuffer
  private readonly words: Int32Array
  /** What {@link pause} reckons with, of no meaning. */
  private idle = 1

  constructor(buffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.words = new Int32Array(buffer)
  }

  /** Steps that a share has completed. What it had sent before is visible to whoever reads this. */
  of(share: number): number {
    return Atomics.load(this.words, share * SHARE_WORDS + CLOCK)
  }

  /** Publishes a share's clock and wakes its partner if it waits for it. */
  publish(share: number, steps: number): void {
    const clock = share * SHARE_WORDS + CLOCK
    Atomics.store(this.words, clock, steps)
    if (Atomics.load(this.words, (1 - share) * SHARE_WORDS + SLEEPING) === 1) Atomics.notify(this.words, clock)
  }

  /** One of {@link SHARE_STATE}. */
  stateOf(share: number): number {
    return Atomics.load(this.words, share * SHARE_WORDS + STATE)
  }

  /** Tells the partner that a share is ready to run. */
  begin(share: number): void {
    Atomics.store(this.words, share * SHARE_WORDS + STATE, SHARE_STATE.running)
    Atomics.notify(this.words, share * SHARE_WORDS + STATE)
  }

  /** Waits a while for a share to be ready. */
  awaitBegin(share: number): void {
    Atomics.wait(this.words, share * SHARE_WORDS + STATE, SHARE_STATE.starting, SLEEP_MS)
  }

  /** Tells the partner that a share runs no further. */
  leave(share: number, state: number): void {
    Atomics.store(this.words, share * SHARE_WORDS + STATE, state)
    Atomics.notify(this.words, share * SHARE_WORDS + CLOCK)
  }

  /** Waits a while for a share's clock to leave `steps`: spinning first, then asleep. */
  awaitMove(share: number, steps: number): void {
    for (let spin = 0; spin < SPINS; spin++) {
      if (this.of(share) !== steps) return
      this.pause()
    }
    const sleeping = (1 - share) * SHARE_WORDS + SLEEPING
    Atomics.store(this.words, sleeping, 1)
    if (this.stateOf(share) <= SHARE_STATE.running) Atomics.wait(this.words, share * SHARE_WORDS + CLOCK, steps, SLEEP_MS)
    Atomics.store(this.words, sleeping, 0)
  }

  /**
   * Lets some time pass that costs nothing but time. A thread that looks at a word as fast as it can takes half of a core
   * whose other half its partner runs on (SMT); one that waits for divisions leaves nearly all of it.
   */
  private pause(): void {
    let { idle } = this
    for (let i = 0; i < PAUSE; i++) idle = 1 / (idle + 1)
    this.idle = idle
  }
}
