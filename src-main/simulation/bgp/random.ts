/** A stream of random numbers from a seed: splitmix32, which is enough for timers. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** A number in [0, 1). */
  unit(): number {
    this.state = (this.state + 0x9e3779b9) >>> 0
    let x = this.state
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return ((x ^ (x >>> 15)) >>> 0) / 0x1_0000_0000
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.unit()
  }

  /** A timer's value with the jitter that RFC 4271, section 10, asks for: 75 to 100 % of it. */
  jittered(value: number): number {
    return this.between(0.75 * value, value)
  }
}
