import { describe, expect, it } from 'vitest'

import { maglevPreference, maglevTable } from '#shared/lookup/index'

/** A plain integer hash (Thomas Wang), so that backends have unlike orders. */
function hash(value: number): number {
  let mixed = Math.imul(value ^ 61 ^ (value >>> 16), 9)
  mixed = Math.imul(mixed ^ (mixed >>> 4), 0x27d4eb2d)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

const SIZE = 16_381
const tableOf = (backends: readonly number[]) =>
  maglevTable(SIZE, backends.map((backend) => maglevPreference(SIZE, hash(backend), hash(backend + 7919))))
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('Maglev', () => {
  it('fills the table of the published example, and refills it when a backend goes', () => {
    // NSDI 2016, table 1: B0 (3, 4), B1 (0, 2), B2 (3, 1) in a table of seven.
    const preferences = [{ offset: 3, skip: 4 }, { offset: 0, skip: 2 }, { offset: 3, skip: 1 }]
    expect([...maglevTable(7, preferences)]).toEqual([1, 0, 1, 0, 2, 2, 0])
    expect([...maglevTable(7, [preferences[0]!, preferences[2]!])].map((backend) => [0, 2][backend])).toEqual([0, 0, 0, 0, 2, 2, 2])
  })

  it('gives backends equal shares, to one entry in the same round', () => {
    for (const count of [1, 2, 10, 100, 1000]) {
      const shares = new Map<number, number>()
      for (const backend of tableOf(range(count))) shares.set(backend, (shares.get(backend) ?? 0) + 1)
      expect(shares.size).toBe(count)
      expect(Math.max(...shares.values()) - Math.min(...shares.values())).toBeLessThanOrEqual(1)
    }
  })

  it('moves few of the other backends’ entries when one goes', () => {
    const before = tableOf(range(100))
    const after = tableOf(range(99))
    const moved = range(SIZE).filter((entry) => before[entry] !== 99 && before[entry] !== after[entry]).length
    // A hundredth must move; the paper's figure 12 has a few per cent more for tables 100 times as large as the backends.
    expect(moved / SIZE).toBeLessThan(0.05)
  })

  it('is empty without backends', () => {
    expect(new Set(maglevTable(7, []))).toEqual(new Set([-1]))
  })
})
