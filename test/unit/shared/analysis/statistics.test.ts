import { describe, expect, test } from 'vitest'

import { isSignificant, pairedDifference, sampleOf, studentT95 } from '#shared/analysis/index'

describe('studentT95', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2.
  test.each([
    [1, 12.706],
    [4, 2.776],
    [30, 2.042],
    [31, 2.0395],
    [40, 2.021],
    [60, 2.0003],
    [100, 1.984],
  ])('with %i degrees of freedom it is %d', (degreesOfFreedom, critical) => {
    expect(studentT95(degreesOfFreedom)).toBeCloseTo(critical, 3)
  })

  test('it falls with every degree of freedom, also where the table ends', () => {
    const values = Array.from({ length: 60 }, (_, index) => studentT95(index + 1))
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(new Set(values).size).toBe(60)
  })
})

describe('sampleOf', () => {
  test('five observations have the interval that a table of t gives', () => {
    // s = √2.5, t(4) = 2.776: 2.776 × √2.5 / √5 = 1.963.
    const sample = sampleOf([1, 2, 3, 4, 5])
    expect(sample).toMatchObject({ count: 5, mean: 3, min: 1, max: 5 })
    expect(sample.ci95).toBeCloseTo(1.963, 3)
  })

  test('one observation has no interval', () => {
    expect(sampleOf([7])).toEqual({ count: 1, mean: 7, ci95: null, min: 7, max: 7 })
  })

  test('equal observations have an interval of exactly nothing', () => {
    expect(sampleOf([0.1, 0.1, 0.1]).ci95).toBe(0)
  })
})

describe('pairedDifference', () => {
  const bySeed = (...values: number[]): Map<number, number> => new Map(values.map((value, index) => [index + 1, value]))

  test('what a seed does to both variants cancels', () => {
    const difference = pairedDifference(bySeed(11, 101, 1001), bySeed(10, 100, 1000))
    expect(difference?.absolute).toEqual({ count: 3, mean: 1, ci95: 0, min: 1, max: 1 })
    expect(difference?.relative?.mean).toBeCloseTo(1113 / 1110 - 1, 12)
  })

  test('the change in percent is that of the two means, also where seeds differ much', () => {
    const relative = pairedDifference(bySeed(1500, 1400, 1600), bySeed(1500, 20_000, 28_500))!.relative!
    expect(relative.mean).toBeCloseTo(4500 / 50_000 - 1, 12)
    expect(relative.max).toBe(0)
    // What is left of each pair with the ratio 0.09: 1365, −400, −965; t(2) = 4.303.
    expect(relative.ci95).toBeCloseTo((4.303 * Math.sqrt((1365 ** 2 + 400 ** 2 + 965 ** 2) / 2 / 3)) / (50_000 / 3), 9)
  })

  test('it pairs by seed, whatever the order, and leaves out seeds that one side lacks', () => {
    const values = new Map([[3, 30], [1, 10], [9, 90]])
    const baseline = new Map([[1, 5], [2, 7], [3, 15]])
    expect(pairedDifference(values, baseline)?.relative).toEqual({ count: 2, mean: 1, ci95: 0, min: 1, max: 1 })
  })

  test('a baseline of zero has a difference but no change in percent', () => {
    const difference = pairedDifference(bySeed(3, 5), bySeed(0, 0))
    expect(difference?.absolute.mean).toBe(4)
    expect(difference?.relative).toBeNull()
  })

  test('without a seed in common there is nothing to compare', () => {
    expect(pairedDifference(new Map([[1, 1]]), new Map([[2, 1]]))).toBeNull()
  })
})

describe('isSignificant', () => {
  test('an interval that holds zero is no more than chance', () => {
    expect(isSignificant(sampleOf([-1, 2, 3]))).toBe(false)
    expect(isSignificant(sampleOf([2, 2.1, 2.2]))).toBe(true)
  })

  test('one seed tells nothing', () => {
    expect(isSignificant(sampleOf([100]))).toBe(false)
  })
})
