import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram, packHistogram, slotLowest, slotOf, unpackHistogram } from '#shared/metrics/index'

const value = fc.oneof(fc.nat(300), fc.nat(1e6), fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 2 ** 52 }))

describe('Histogram', () => {
  it('puts every value into the slot whose bounds hold it, no wider than a 64th of the value', () => {
    fc.assert(
      fc.property(value, (sample) => {
        const slot = slotOf(sample)
        expect(slotLowest(slot)).toBeLessThanOrEqual(sample)
        expect(slotLowest(slot + 1)).toBeGreaterThan(sample)
        expect(slotLowest(slot + 1) - slotLowest(slot)).toBeLessThanOrEqual(Math.max(1, sample / 64))
      }),
    )
  })

  it('answers quantiles within a 64th of the exact order statistic, and mean, least and greatest exactly', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (samples, q) => {
        const histogram = new Histogram()
        for (const sample of samples) histogram.record(sample, 1)
        const sorted = samples.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!
        expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(exact / 64 + 1)
        expect([histogram.min, histogram.max]).toEqual([sorted[0], sorted.at(-1)])
        expect(histogram.mean()).toBeCloseTo(samples.reduce((sum, sample) => sum + sample, 0) / samples.length, 6)
      }),
    )
  })

  it('is the same after packing, and merges as if all samples had been recorded in one', () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (first, second) => {
        const [a, b, both] = [new Histogram(), new Histogram(), new Histogram()]
        for (const sample of first) [a, both].forEach((histogram) => histogram.record(sample, 1))
        for (const sample of second) [b, both].forEach((histogram) => histogram.record(sample, 1))
        a.merge(unpackHistogram(packHistogram(b)))
        expect(packHistogram(a)).toMatchObject({ ...packHistogram(both), sum: expect.closeTo(both.sum, -3) as number })
      }),
    )
  })
})
