/**
 * Maglev's lookup table (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, section
 * 3.4): each backend fills the table in an order of its own, in turns, so that all get nearly equal shares and few entries
 * change hands when one comes or goes.
 */

/** A backend's order of preference: `(offset + i × skip) mod size`. */
export interface MaglevPreference {
  /** 0 … size − 1. */
  readonly offset: number
  /** 1 … size − 1. */
  readonly skip: number
}

/**
 * The table: per entry the index of its backend; −1 throughout where there is none.
 * Requires: `size` is a prime, so that every order visits every entry.
 */
export function maglevTable(size: number, preferences: readonly MaglevPreference[]): Int32Array {
  const table = new Int32Array(size).fill(-1)
  if (preferences.length === 0) return table
  const next = preferences.map(({ offset }) => offset)
  for (let filled = 0; filled < size; ) {
    for (let backend = 0; backend < preferences.length && filled < size; backend++) {
      let entry = next[backend]!
      while (table[entry]! >= 0) entry = (entry + preferences[backend]!.skip) % size
      table[entry] = backend
      next[backend] = (entry + preferences[backend]!.skip) % size
      filled++
    }
  }
  return table
}

/** The preference that two hashes of a backend's name make (the paper's offset and skip). */
export function maglevPreference(size: number, firstHash: number, secondHash: number): MaglevPreference {
  return { offset: (firstHash >>> 0) % size, skip: ((secondHash >>> 0) % (size - 1)) + 1 }
}
