import stateFile from '../../../resources/ipam/go-random-state.json'

/** Registers of the generator and the distance of its second term. */
const LENGTH = 607
const TAP = 273
/** Lehmer generator that fills the registers: x[n + 1] = 48271 · x[n] mod 2^31 − 1. */
const MULTIPLIER = 48_271
const MODULUS = 2 ** 31 - 1
/** Draws thrown away before the first register is filled. */
const WARM_UP = 20
/** What a seed of zero is replaced by. */
const SEED_FOR_ZERO = 89_482_311

const stateHigh = Int32Array.from(stateFile.state, (word) => Number.parseInt(word.slice(0, 8), 16))
const stateLow = Int32Array.from(stateFile.state, (word) => Number.parseInt(word.slice(8), 16))

/**
 * Go's `math/rand` with a source of its own: an additive lagged Fibonacci generator (s[n] = s[n − 607] + s[n − 273]
 * mod 2^63), seeded as `rngSource.Seed` does it. Plugins written in Go choose with it, so the same seed has to give the
 * same numbers here.
 */
export class GoRandom {
  private readonly high = new Int32Array(LENGTH)
  private readonly low = new Int32Array(LENGTH)
  private tap = 0
  private feed = LENGTH - TAP

  /** Seeds the generator. Requires: a whole number 0 ≤ seed < 2^53. */
  constructor(seed: number) {
    let x = seed % MODULUS
    if (x === 0) x = SEED_FOR_ZERO
    for (let draw = 0; draw < WARM_UP; draw++) x = (MULTIPLIER * x) % MODULUS
    for (let register = 0; register < LENGTH; register++) {
      const first = (x = (MULTIPLIER * x) % MODULUS)
      const second = (x = (MULTIPLIER * x) % MODULUS)
      x = (MULTIPLIER * x) % MODULUS
      // first · 2^40 xor second · 2^20 xor third, in two halves of 32 bits.
      this.high[register] = ((first << 8) ^ (second >>> 12) ^ stateHigh[register]!) & 0x7fffffff
      this.low[register] = (second << 20) ^ x ^ stateLow[register]!
    }
  }

  /** The next 32 random bits: the upper ones of `Int63`. */
  uint32(): number {
    this.tap = (this.tap + LENGTH - 1) % LENGTH
    this.feed = (this.feed + LENGTH - 1) % LENGTH
    const low = (this.low[this.feed]! >>> 0) + (this.low[this.tap]! >>> 0)
    const carry = low > 0xffffffff ? 1 : 0
    this.low[this.feed] = low
    this.high[this.feed] = (this.high[this.feed]! + this.high[this.tap]! + carry) & 0x7fffffff
    return ((this.high[this.feed]! << 1) | (this.low[this.feed]! >>> 31)) >>> 0
  }

  /**
   * A number from 0 to `limit` − 1 as `big.Int.Rand` draws it on a 64-bit machine: two draws make a word, bits beyond
   * those of `limit` are cut off, and what is still too large is drawn again. Requires: 0 < limit < 2^32.
   */
  below(limit: number): number {
    const mask = 2 ** (32 - Math.clz32(limit)) - 1
    for (;;) {
      const word = (this.uint32() & mask) >>> 0
      this.uint32()
      if (word < limit) return word
    }
  }
}

/** FNV-1 of 32 bits, as Go's `fnv.New32` computes it. Requires: ASCII, as names of nodes are. */
export function fnv1(text: string): number {
  let hash = 2_166_136_261
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash, 16_777_619) ^ text.charCodeAt(index)
  return hash >>> 0
}
