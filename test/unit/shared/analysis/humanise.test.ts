import { describe, expect, test } from 'vitest'

import { humanCount, humanFigure, plusMinusShare, signedNumber, signedShare } from '#shared/analysis/index'

/** With ordinary spaces. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('figures for people', () => {
  test.each([
    [9.41e9, 'bit/s', '9.41 Gbit/s'],
    [-310e6, 'bit/s', '−310 Mbit/s'],
    [42_500, 'ns', '42.5 µs'],
    [188_743_680, 'B', '180 MiB'],
    [21_212, '1/s', '21 212 /s'],
    [1.8, 'cores', '1.80 cores'],
    [0.0508, 'cores per Gbit/s', '0.0508'],
    [12, 'packets', '12'],
  ] as const)('%d of %s is written %s', (value, unit, text) => {
    expect(plain(humanFigure(value, unit))).toBe(text)
  })

  test.each([
    [0.123, '+12.3 %'],
    [-0.0138, '−1.4 %'],
    [0.0004, '0 %'],
    [-0.00001, '0 %'],
    [3.2, '+320 %'],
  ])('a change of %d is written %s', (share, text) => {
    expect(plain(signedShare(share))).toBe(text)
  })

  test('the half-width of an interval is as exact as the change, and never a nothing that is something', () => {
    expect(plain(plusMinusShare(0.18))).toBe('± 18.0 %')
    expect(plain(plusMinusShare(0.0001))).toBe('± < 0.1 %')
    expect(plain(plusMinusShare(0))).toBe('± 0 %')
  })

  test('numbers carry their sign and thousands are set apart', () => {
    expect(signedNumber(-0.107)).toBe('−0.107')
    expect(plain(humanCount(1_834_221))).toBe('1 834 221')
    expect(humanCount(9999)).toBe('9999')
    expect(humanCount(0.5)).toBe('0.500')
  })
})
