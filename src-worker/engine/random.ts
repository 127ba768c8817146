/**
 * Seeded random streams (sfc32, Chris Doty-Humphrey's PractRand generator). One stream per use and entity, so that adding
 * a use does not shift the others.
 */

/** What a stream is for. Append, don't renumber: the numbers are part of every trajectory. */
export const RANDOM_USE = {
  placement: 1,
  clientPort: 2,
  start: 3,
  arrivals: 4,
  loss: 5,
  earlyDrop: 8,
  hostEarlyDrop: 9,
  lossBursts: 10,
  corruption: 11,
  duplication: 12,
  jitter: 13,
  reordering: 14,
  sizes: 15,
  faultLoss: 16,
  probing: 20,
  tracking: 21,
} as const

const WARM_UP_ROUNDS = 12

/** A stream of pseudo-random numbers. */
export class RandomStream {
  private a: number
  private b: number
  private c: number
  private counter = 1

  /** Streams of different (seed, use, entity) are unrelated. */
  constructor(seed: number, use: number, entity: number) {
    this.a = seed | 0
    this.b = Math.imul(use, 0x9e3779b1) ^ Math.floor(seed / 0x1_0000_0000)
    this.c = Math.imul(entity + 1, 0x85ebca6b)
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.uint32()
  }

  /** An integer from 0 to 2^32 − 1. */
  uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    this.c |= 0
    return sum >>> 0
  }

  /** An integer from 0 to `bound` − 1. */
  below(bound: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * bound)
  }

  /** A number in (0, 1]. */
  unit(): number {
    return (this.uint32() + 1) / 0x1_0000_0000
  }
}
