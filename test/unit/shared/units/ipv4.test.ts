import { describe, expect, it } from 'vitest'

import {
  formatIpv4Interface,
  formatIpv4Prefix,
  ipv4Address,
  ipv4Prefix,
  ipv4PrefixCovers,
  parseIpv4Address,
  parseIpv4Interface,
  parseIpv4Prefix,
} from '#shared/units/index'

describe('addresses', () => {
  it.each([
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a000001],
    ['255.255.255.255', 0xffffffff],
  ])('%s is read', (text, value) => {
    expect(parseIpv4Address(text)).toEqual({ ok: true, value })
  })

  it.each(['', '10.0.0', '10.0.0.256', '10.0.0.01', '010.0.0.1', '10.0.0.1 ', ' 10.0.0.1', '10.0.0.1/24', '10.0.0.-1', '1e1.0.0.1', '0x0a.0.0.1', '::1'])(
    '%j is refused', (text) => {
      expect(parseIpv4Address(text)).toMatchObject({ ok: false, error: { reason: 'syntax' } })
    },
  )

  it('are unsigned integers of 32 bits', () => {
    for (const value of [-1, 2 ** 32, 0.5]) expect(() => ipv4Address(value)).toThrow(RangeError)
  })
})

describe('prefixes', () => {
  it('are read with their network', () => {
    expect(parseIpv4Prefix('10.244.0.0/16')).toEqual({ ok: true, value: { network: 0x0af40000, length: 16 } })
    expect(parseIpv4Prefix('0.0.0.0/0')).toEqual({ ok: true, value: { network: 0, length: 0 } })
  })

  it.each([
    ['10.244.1.1/16', 'syntax', '10.244.0.0/16'],
    ['10.244.0.0', 'syntax', '10.244.0.0/32'],
    ['10.244.0.0/33', 'range', undefined],
    ['10.244.0.0/', 'syntax', undefined],
    ['10.244.0/16', 'syntax', undefined],
    ['fd00::/8', 'syntax', undefined],
  ])('%s is refused, and %s, %s', (text, reason, suggestion) => {
    const result = parseIpv4Prefix(text)
    expect(result.ok ? undefined : [result.error.reason, result.error.suggestion]).toEqual([reason, suggestion])
  })

  it('cover those inside them and themselves', () => {
    const outer = ipv4Prefix(ipv4Address(0x0a000000), 8)
    expect(ipv4PrefixCovers(outer, outer)).toBe(true)
    expect(ipv4PrefixCovers(outer, ipv4Prefix(ipv4Address(0x0aff0000), 16))).toBe(true)
    expect(ipv4PrefixCovers(ipv4Prefix(ipv4Address(0x0aff0000), 16), outer)).toBe(false)
    expect(formatIpv4Prefix(ipv4Prefix(ipv4Address(0xffffffff), 0))).toBe('0.0.0.0/0')
  })

  it('have lengths from 0 to 32', () => {
    for (const length of [-1, 33, 1.5]) expect(() => ipv4Prefix(ipv4Address(0), length)).toThrow(RangeError)
  })
})

describe('interfaces', () => {
  it('have a mask or none', () => {
    expect(parseIpv4Interface('10.1.0.11/24')).toEqual({ ok: true, value: { address: 0x0a01000b, prefixLength: 24 } })
    expect(parseIpv4Interface('10.1.0.11')).toEqual({ ok: true, value: { address: 0x0a01000b } })
    expect(parseIpv4Interface('10.1.0.11/40')).toMatchObject({ ok: false })
    expect(formatIpv4Interface({ address: ipv4Address(0x0a01000b) })).toBe('10.1.0.11')
  })
})
