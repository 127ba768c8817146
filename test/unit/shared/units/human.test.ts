import { describe, expect, it } from 'vitest'

import { humanDuration, humanRate, humanShare, humanSize } from '#shared/units/index'

describe('figures for people', () => {
  it.each([
    [humanRate, 9.41e9, '9.41 Gbit/s'],
    [humanRate, 999_999, '1.00 Mbit/s'],
    [humanRate, 0, '0 bit/s'],
    [humanRate, 0.5, '0.500 bit/s'],
    [humanSize, 1536, '1.50 KiB'],
    [humanSize, 1023, '1023 B'],
    [humanSize, 2 ** 30, '1.00 GiB'],
    [humanDuration, 850, '850 ns'],
    [humanDuration, 12_345, '12.3 µs'],
    [humanDuration, 1.2e6, '1.20 ms'],
    [humanDuration, 3600e9, '3600 s'],
    [humanDuration, -1500, '-1.50 µs'],
    [humanShare, 0.1234, '12.3 %'],
    [humanShare, 1, '100 %'],
  ])('%o of %d is %s', (human, value, text) => {
    expect(human(value)).toBe(text.replace(' ', '\u202f'))
  })

  it('are a dash where there is no figure', () => {
    for (const human of [humanRate, humanSize, humanDuration, humanShare]) {
      expect([human(NaN), human(Infinity)]).toEqual(['–', '–'])
    }
  })
})
