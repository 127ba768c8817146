import { describe, expect, it } from 'vitest'

import {
  bitsPerSecond,
  bytes,
  formatBitsPerSecond,
  formatBytes,
  formatNanos,
  formatQueueLimit,
  nanos,
  parseBitsPerSecond,
  parseBytes,
  parseNanos,
  parseQueueLimit,
  type ParseResult,
} from '#shared/units/index'

/** The value, or the reason and the suggestion. */
function outcome(result: ParseResult<unknown>): unknown {
  return result.ok ? result.value : [result.error.reason, result.error.suggestion]
}

describe('times', () => {
  it.each([
    ['1ns', 1], ['1us', 1000], ['250us', 250_000], ['10ms', 10_000_000], ['1s', 1_000_000_000], ['0s', 0],
    ['0.1us', 100], ['1.5s', 1_500_000_000], ['0.000000001s', 1], ['9007199254740992ns', 2 ** 53],
    ['9007199254740993ns', ['range', undefined]],
    ['0.0001us', ['fraction', undefined]],
    ['1', ['unit', undefined]], ['1 us', ['syntax', '1us']], ['1US', ['unit', '1us']], ['5µs', ['unit', '5us']], ['2sec', ['unit', '2s']],
    ['1min', ['unit', undefined]], ['1Gbit', ['unit', undefined]],
    ['-1us', ['negative', undefined]], ['+1us', ['syntax', '1us']],
    ['', ['syntax', undefined]], ['us', ['syntax', undefined]], ['1e3us', ['unit', undefined]], ['.5us', ['syntax', undefined]],
    ['Infinity', ['syntax', undefined]], ['１us', ['syntax', undefined]], ['1us\n', ['unit', undefined]],
  ])('%j is %o', (text, expected) => {
    expect(outcome(parseNanos(text))).toEqual(expected)
  })

  it.each([[0, '0ns'], [999, '999ns'], [1000, '1us'], [1500, '1.5us'], [1_234_567, '1234.567us'], [2e9, '2s']])('%d is written %s', (value, text) => {
    expect(formatNanos(nanos(value))).toBe(text)
  })
})

describe('sizes', () => {
  it.each([
    ['38B', 38], ['1kB', 1000], ['1KB', 1000], ['64KiB', 65_536], ['1MB', 1e6], ['1MiB', 2 ** 20], ['1.5GiB', 1.5 * 2 ** 30],
    ['1Mb', ['unit', '1MB']], ['1024', ['unit', '1024B']], ['0.5B', ['fraction', undefined]], ['8192TiB', 2 ** 53], ['8193TiB', ['range', undefined]],
  ])('%j is %o', (text, expected) => {
    expect(outcome(parseBytes(text))).toEqual(expected)
  })

  it.each([[0, '0B'], [1500, '1500B'], [65_536, '64KiB'], [1_000_000, '1MB'], [1_048_576, '1MiB'], [9000, '9kB']])('%d is written %s', (value, text) => {
    expect(formatBytes(bytes(value))).toBe(text)
  })
})

describe('rates', () => {
  it.each([
    ['10Gbit', 1e10], ['500Mbit', 5e8], ['2.5Gbit', 2.5e9], ['9600bit', 9600], ['1kbit', 1000], ['1Kbit', 1000], ['1Tbit', 1e12],
    ['10Gbps', ['unit', '10Gbit']], ['10gbit', ['unit', '10Gbit']], ['10Gbit/s', ['unit', '10Gbit']], ['1GB', ['unit', undefined]],
    ['10', ['unit', undefined]],
  ])('%j is %o', (text, expected) => {
    expect(outcome(parseBitsPerSecond(text))).toEqual(expected)
  })

  it.each([[0, '0bit'], [2.5e9, '2.5Gbit'], [1e11, '100Gbit'], [1_234_567, '1234.567kbit']])('%d is written %s', (value, text) => {
    expect(formatBitsPerSecond(bitsPerSecond(value))).toBe(text)
  })
})

describe('queue lengths', () => {
  it.each([
    ['100p', { unit: 'packets', packets: 100 }],
    ['1MB', { unit: 'bytes', bytes: 1_000_000 }],
    ['0p', ['range', undefined]], ['0B', ['range', undefined]], ['2147483648p', ['range', undefined]], ['1.5p', ['unit', undefined]],
    ['-1B', ['negative', undefined]],
  ])('%j is %o', (text, expected) => {
    expect(outcome(parseQueueLimit(text))).toEqual(expected)
  })

  it('are written in the unit they are in', () => {
    expect(formatQueueLimit({ unit: 'packets', packets: 7 })).toBe('7p')
    expect(formatQueueLimit({ unit: 'bytes', bytes: bytes(65_536) })).toBe('64KiB')
  })
})

describe('constructors', () => {
  it.each([nanos, bytes, bitsPerSecond])('%o refuses what is no whole number from 0 to 2^53', (construct) => {
    expect(construct(2 ** 53)).toBe(2 ** 53)
    for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53 + 2]) expect(() => construct(value)).toThrow(RangeError)
  })
})
