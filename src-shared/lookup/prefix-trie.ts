/**
 * Longest-prefix match on IPv4 destinations as a trie with a stride of eight bits, flattened into one Int32Array so that
 * many tries (one per element) share it. Builder and reader stand side by side; a plan carries the array.
 *
 * A trie's level is 256 slots. A slot is 0 (no route), positive (index of the next level's first slot) or negative:
 * −(v + 1) for the value v ≥ 0.
 */

const STRIDE = 256

/** A route to put into a trie. */
export interface PrefixRoute {
  /** Network address, host bits zero. */
  readonly address: number
  /** Prefix length, 0 … 32. */
  readonly length: number
  /** What a match yields, integer ≥ 0. */
  readonly value: number
}

/** Builds many tries into one array. */
export class PrefixTrieBuilder {
  /** Slot 0 is unused, so that 0 can mean "no route". */
  private slots: number[] = [0]

  /** Adds a trie and returns its root. Routes of equal prefix: the last wins. */
  add(routes: readonly PrefixRoute[]): number {
    const root = this.newLevel(0)
    const shortestFirst = [...routes].sort((a, b) => a.length - b.length)
    for (const route of shortestFirst) this.insert(root, route)
    return root
  }

  /** The array that {@link prefixLookup} reads. */
  finish(): Int32Array {
    return Int32Array.from(this.slots)
  }

  private newLevel(fill: number): number {
    const first = this.slots.length
    for (let i = 0; i < STRIDE; i++) this.slots.push(fill)
    return first
  }

  private insert(root: number, route: PrefixRoute): void {
    let level = root
    let shift = 24
    while (route.length > 32 - shift) {
      const slot = level + ((route.address >>> shift) & 0xff)
      // Longer prefixes come later, so what the slot holds so far is the default of the new level.
      if (this.slots[slot]! <= 0) this.slots[slot] = this.newLevel(this.slots[slot]!)
      level = this.slots[slot]!
      shift -= 8
    }
    const covered = 1 << (32 - shift - route.length)
    const first = (route.address >>> shift) & 0xff & ~(covered - 1)
    for (let i = first; i < first + covered; i++) this.slots[level + i] = -(route.value + 1)
  }
}

/**
 * The value of the longest prefix that holds `address` (unsigned 32 bit), or −1 where no route does.
 */
export function prefixLookup(tries: Int32Array, root: number, address: number): number {
  let entry = tries[root + (address >>> 24)]!
  if (entry > 0) {
    entry = tries[entry + ((address >>> 16) & 0xff)]!
    if (entry > 0) {
      entry = tries[entry + ((address >>> 8) & 0xff)]!
      if (entry > 0) entry = tries[entry + (address & 0xff)]!
    }
  }
  return -entry - 1
}
