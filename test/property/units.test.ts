import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  bitsPerSecond,
  bytes,
  formatBitsPerSecond,
  formatBytes,
  formatIpv4Address,
  formatIpv4Interface,
  formatIpv4Prefix,
  formatNanos,
  formatQueueLimit,
  ipv4Address,
  ipv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixCovers,
  ipv4PrefixesOverlap,
  ipv4PrefixSize,
  nanos,
  nthIpv4Address,
  parseBitsPerSecond,
  parseBytes,
  parseIpv4Address,
  parseIpv4Interface,
  parseIpv4Prefix,
  parseNanos,
  parseQueueLimit,
} from '#shared/units/index'

const quantity = fc.oneof(
  fc.nat(2000),
  fc.maxSafeNat(),
  fc.constantFrom(2 ** 53, 2 ** 53 - 1, 1e15),
  fc.tuple(fc.nat(5000), fc.constantFrom(1e3, 1e6, 1e9, 1e12, 2 ** 10, 2 ** 20, 2 ** 30)).map(([count, unit]) => count * unit),
)
const address = fc.nat(0xffff_ffff).map(ipv4Address)
const prefix = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([at, length]) => ipv4Prefix(at, length))

describe('what is formatted parses to the same value', () => {
  it.each([
    ['times', (value: number) => parseNanos(formatNanos(nanos(value)))],
    ['sizes', (value: number) => parseBytes(formatBytes(bytes(value)))],
    ['rates', (value: number) => parseBitsPerSecond(formatBitsPerSecond(bitsPerSecond(value)))],
  ])('for %s', (_, roundTrip) => {
    fc.assert(fc.property(quantity, (value) => {
      expect(roundTrip(value)).toEqual({ ok: true, value })
    }))
  })

  it('for queue lengths', () => {
    const limit = fc.oneof(
      fc.integer({ min: 1 }).map((packets) => ({ unit: 'packets' as const, packets })),
      quantity.filter((size) => size > 0).map((size) => ({ unit: 'bytes' as const, bytes: bytes(size) })),
    )
    fc.assert(fc.property(limit, (value) => {
      expect(parseQueueLimit(formatQueueLimit(value))).toEqual({ ok: true, value })
    }))
  })

  it('for addresses, prefixes and interfaces', () => {
    fc.assert(fc.property(address, (value) => {
      expect(parseIpv4Address(formatIpv4Address(value))).toEqual({ ok: true, value })
    }))
    fc.assert(fc.property(prefix, (value) => {
      expect(parseIpv4Prefix(formatIpv4Prefix(value))).toEqual({ ok: true, value })
    }))
    fc.assert(fc.property(address, fc.integer({ min: 0, max: 32 }), (at, prefixLength) => {
      const value = { address: at, prefixLength }
      expect(parseIpv4Interface(formatIpv4Interface(value))).toEqual({ ok: true, value })
    }))
  })
})

describe('parsers', () => {
  it('agree with exact arithmetic on decimals', () => {
    const units = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n }
    fc.assert(fc.property(fc.nat(9_000), fc.nat(999), fc.constantFrom<keyof typeof units>('ns', 'us', 'ms', 's'), (whole, thousandths, unit) => {
      const text = `${whole}.${String(thousandths).padStart(3, '0')}${unit}`
      const exact = (BigInt(whole) * 1000n + BigInt(thousandths)) * units[unit]
      const result = parseNanos(text)
      if (exact % 1000n === 0n) expect(result).toEqual({ ok: true, value: Number(exact / 1000n) })
      else expect(result).toMatchObject({ ok: false, error: { reason: 'fraction' } })
    }))
  })

  it('never throw, and never suggest what was given', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.double(), fc.constantFrom('', 'us', 'Gbps', 'KB', ' ms', 'Gibit', 'p', '/24', 'µs')).map(([number, unit]) => `${number}${unit}`),
    )
    const parsers = [parseNanos, parseBytes, parseBitsPerSecond, parseQueueLimit, parseIpv4Address, parseIpv4Prefix, parseIpv4Interface]
    fc.assert(fc.property(text, fc.constantFrom(...parsers), (input, parse) => {
      const result = parse(input)
      if (!result.ok) expect(result.error.suggestion).not.toBe(input)
    }))
  })
})

describe('prefixes', () => {
  it('contain exactly their addresses', () => {
    fc.assert(fc.property(prefix, address, (block, at) => {
      const inside = ipv4Prefix(at, block.length).network === block.network
      expect(ipv4PrefixContains(block, at)).toBe(inside)
    }))
  })

  it('have their first and last address at the ends', () => {
    fc.assert(fc.property(prefix, (block) => {
      const size = ipv4PrefixSize(block)
      expect(nthIpv4Address(block, 0)).toBe(block.network)
      expect(ipv4PrefixContains(block, nthIpv4Address(block, size - 1))).toBe(true)
      expect(() => nthIpv4Address(block, size)).toThrow(RangeError)
    }))
  })

  it('overlap exactly when one covers the other', () => {
    fc.assert(fc.property(prefix, prefix, (a, b) => {
      expect(ipv4PrefixesOverlap(a, b)).toBe(ipv4PrefixCovers(a, b) || ipv4PrefixCovers(b, a))
      expect(ipv4PrefixesOverlap(a, b)).toBe(ipv4PrefixContains(a, b.network) || ipv4PrefixContains(b, a.network))
    }))
  })
})
