import { internetChecksum, readUint16, updateChecksum, writeUint16 } from '#shared/wire/index'
import fc from 'fast-check'
import { expect, it } from 'vitest'

it('a checksum mended for a changed word is the checksum computed anew', () => {
  const cases = fc.record({
    // A header that is all zero has no word to sum; real ones begin with 0x45.
    bytes: fc.uint8Array({ minLength: 19, maxLength: 19 }),
    word: fc.integer({ min: 1, max: 9 }),
    after: fc.nat(0xffff),
  })
  fc.assert(
    fc.property(cases, ({ bytes, word, after }) => {
      const header = Uint8Array.of(0x45, ...bytes)
      const checksum = internetChecksum(header, 0, header.length)
      const before = readUint16(header, 2 * word)
      writeUint16(header, 2 * word, after)
      expect(updateChecksum(checksum, before, after)).toBe(internetChecksum(header, 0, header.length))
    }),
  )
})
