import { describe, expect, test } from 'vitest'

import { logTicks } from '#shared/charts/log-ticks'
import { binsPerWindow, sumWindows } from '#shared/charts/windows'

describe('averaging windows', () => {
  test.each([
    ['1 s in bins of 5 ms', 5e6, 200, 2],
    ['1 s in bins of 1 ms', 1e6, 1000, 10],
    ['10 s in bins of 1 ms', 1e6, 10_000, 100],
    ['50 ms in bins of 1 ms', 1e6, 50, 1],
    ['bins that no round window is a multiple of', 3e6, 300, 3],
  ])('%s: %d ns × %i bins are averaged over %i bins', (_name, binNs, binCount, bins) => {
    expect(binsPerWindow(binNs, binCount)).toBe(bins)
  })

  test('a window is the sum of its bins, the last of what is left', () => {
    expect([...sumWindows([1, 2, 3, 4, 5], 2)]).toEqual([3, 7, 5])
  })
})

describe('logTicks', () => {
  test('wide ranges have powers of ten', () => {
    expect(logTicks(3, 2_000_000)).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000])
  })

  test('narrow ranges have values between', () => {
    expect(logTicks(19_500, 260_000)).toEqual([15_000, 20_000, 30_000, 50_000, 70_000, 100_000, 150_000, 200_000, 300_000])
  })

  test('the first is at or below the least, the last at or above the greatest', () => {
    for (const [least, greatest] of [[1, 1], [10, 10], [999, 1001], [31_000, 42_000]] as const) {
      const ticks = logTicks(least, greatest)
      expect(ticks[0]).toBeLessThanOrEqual(least)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(greatest)
      expect(ticks.length).toBeGreaterThan(1)
    }
  })
})
