import { internetChecksum, updateChecksum } from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

describe('the Internet checksum', () => {
  it('is that of the worked example in RFC 1071, section 3', () => {
    const example = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)
    expect(internetChecksum(example, 0, 8)).toBe(~0xddf2 & 0xffff)
  })

  it('pads an odd last byte with zero', () => {
    expect(internetChecksum(Uint8Array.of(0x12, 0x34, 0x56), 0, 3)).toBe(
      internetChecksum(Uint8Array.of(0x12, 0x34, 0x56, 0x00), 0, 4),
    )
  })

  it('follows a changed word as in the example of RFC 1624, section 4', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000)
  })
})
