import { describe, expect, it } from 'vitest'

import { jhash3Words, murmur3 } from '#shared/lookup/index'

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const hex = (text: string, seed = 0) => murmur3(bytesOf(text), seed).map((half) => half.toString(16).padStart(16, '0')).join(' ')

describe('MurmurHash3', () => {
  it.each([
    ['', '0000000000000000 0000000000000000'],
    ['hello', 'cbd8a7b341bd9b02 5b1e906a48ae1d19'],
    ['hello, world', '342fac623a5ebc8e 4cdcbc079642414d'],
    ['19 Jan 2038 at 3:14:07 AM', 'b89e5988b737affc 664fc2950231b2cb'],
    ['The quick brown fox jumps over the lazy dog.', 'cd99481f9ee902c9 695da1a38987b6e7'],
  ])('of “%s” is the published one', (text, expected) => {
    expect(hex(text)).toBe(expected)
  })

  it('depends on its seed', () => {
    expect(hex('hello', 1)).not.toBe(hex('hello'))
  })
})

describe('jhash', () => {
  it('spreads words that differ in one bit over all values', () => {
    const hashes = Array.from({ length: 4096 }, (_, word) => jhash3Words(word, 0, 6, 0))
    expect(new Set(hashes).size).toBe(4096)
    const mean = hashes.reduce((sum, value) => sum + value, 0) / hashes.length / 2 ** 32
    expect(mean).toBeGreaterThan(0.48)
    expect(mean).toBeLessThan(0.52)
  })
})
