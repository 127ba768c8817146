/**
 * Longest-prefix match on IPv4 destinations as a trie with a stride of eight bits, flattened into one Int32Array so that
 * many tries (one per element) share it. Builder and reader stand side by side; a plan carries the array.
 *
 * A trie begins with what all its routes have in common: those bits, their mask, and how far an address is shifted to
 * show the byte that follows them; so that 10.0.0.0/8 and the like cost no look. Then come levels of 256 slots. A slot is
 * 0 (no route), positive (index of the next level's first slot) or negative: −(v + 1) for the value v ≥ 0.
 */

const STRIDE = 256
const STRIDE_BITS = 8
/** Words in front of a trie's first level. */
const HEAD = { bits: 0, mask: 1, shift: 2, length: 3 } as const

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
    const shortestFirst = [...routes].sort((a, b) => a.length - b.length)
    const shift = firstShift(shortestFirst)
    const mask = shift === 32 - STRIDE_BITS ? 0 : -1 << (shift + STRIDE_BITS)
    const root = this.slots.length
    this.slots.push((shortestFirst[0]?.address ?? 0) & mask, mask, shift)
    const level = this.newLevel(0)
    for (const route of shortestFirst) this.insert(level, shift, route)
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

  private insert(firstLevel: number, firstShift: number, route: PrefixRoute): void {
    let level = firstLevel
    let shift = firstShift
    while (route.length > 32 - shift) {
      const slot = level + ((route.address >>> shift) & 0xff)
      // Longer prefixes come later, so what the slot holds so far is the default of the new level.
      if (this.slots[slot]! <= 0) this.slots[slot] = this.newLevel(this.slots[slot]!)
      level = this.slots[slot]!
      shift -= STRIDE_BITS
    }
    const covered = 1 << (32 - shift - route.length)
    const first = (route.address >>> shift) & 0xff & ~(covered - 1)
    for (let i = first; i < first + covered; i++) this.slots[level + i] = -(route.value + 1)
  }
}

/** How far an address is shifted at the first level: behind the whole bytes that all routes share. */
function firstShift(shortestFirst: readonly PrefixRoute[]): number {
  const [shortest, ...others] = shortestFirst
  let shift = 32 - STRIDE_BITS
  if (shortest === undefined) return shift
  while (shift > 0 && shortest.length > 32 - shift && others.every(({ address }) => address >>> shift === shortest.address >>> shift)) {
    shift -= STRIDE_BITS
  }
  return shift
}

/**
 * The value of the longest prefix that holds `address` (unsigned 32 bit), or −1 where no route does.
 */
export function prefixLookup(tries: Int32Array, root: number, address: number): number {
  if (((address ^ tries[root + HEAD.bits]!) & tries[root + HEAD.mask]!) !== 0) return -1
  let shift = tries[root + HEAD.shift]!
  let entry = tries[root + HEAD.length + ((address >>> shift) & 0xff)]!
  while (entry > 0) {
    shift -= STRIDE_BITS
    entry = tries[entry + ((address >>> shift) & 0xff)]!
  }
  return -entry - 1
}
