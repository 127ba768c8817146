/**
 * The run's fingerprint: every element hashes its own history, and the run's hash is that of all elements in order. Two
 * runs with equal hashes went the same way; elements on different workers need not agree on an order among themselves.
 */
export class Trajectory {
  private readonly low: Int32Array
  private readonly high: Int32Array

  constructor(elements: number) {
    this.low = new Int32Array(elements).fill(0x811c9dc5)
    this.high = new Int32Array(elements).fill(0x9e3779b9)
  }

  /** Adds what happened at an element: when, and a number that tells what. */
  note(element: number, nowNs: number, what: number): void {
    const time = nowNs % 0x1_0000_0000 | 0
    this.low[element] = Math.imul(this.low[element] ^ time, 0x01000193) ^ what
    this.high[element] = Math.imul(this.high[element] ^ what, 0x85ebca6b) + time
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    let low = 0x811c9dc5 | 0
    let high = 0x9e3779b9 | 0
    for (let element = 0; element < this.low.length; element++) {
      low = Math.imul(low ^ this.low[element], 0x01000193)
      low ^= low >>> 15
      high = Math.imul(high ^ this.high[element], 0xc2b2ae35)
      high ^= high >>> 13
    }
    return hex(high) + hex(low)
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
