/**
 * The run's fingerprint: every element hashes its own history, and the run's hash is that of all elements in order. Two
 * runs with equal hashes went the same way; elements on different workers need not agree on an order among themselves.
 */
export class Trajectory {
  /** Two words an element, side by side. */
  readonly words: Int32Array

  constructor(elements: number) {
    this.words = new Int32Array(elements * 2)
    for (let element = 0; element < elements; element++) {
      this.words[element * 2] = 0x811c9dc5
      this.words[element * 2 + 1] = 0x9e3779b9
    }
  }

  /** Adds what happened at an element: when, and a number that tells what. */
  note(element: number, nowNs: number, what: number): void {
    const { words } = this
    const at = element * 2
    const time = nowNs | 0
    words[at] = Math.imul(words[at] ^ time, 0x01000193) ^ what
    words[at + 1] = Math.imul(words[at + 1] ^ what, 0x85ebca6b) + time
  }

  /** Takes over the histories of elements that another engine simulated. `owns` is 1 for this engine's own. */
  adopt(words: Int32Array, owns: Uint8Array): void {
    owns.forEach((own, element) => {
      if (own === 0) this.words.set(words.subarray(element * 2, element * 2 + 2), element * 2)
    })
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    const { words } = this
    let low = 0x811c9dc5 | 0
    let high = 0x9e3779b9 | 0
    for (let at = 0; at < words.length; at += 2) {
      low = Math.imul(low ^ words[at], 0x01000193)
      low ^= low >>> 15
      high = Math.imul(high ^ words[at + 1], 0xc2b2ae35)
      high ^= high >>> 13
    }
    return hex(high) + hex(low)
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
