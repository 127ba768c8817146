import { CAPTURE_COLUMNS, CAPTURE_HEADER_BYTES } from '#shared/plan/index'
import { RecordRing } from '#worker/observe/record-ring'
import { describe, expect, it } from 'vitest'

function filled(limit: number, count: number): RecordRing {
  const ring = new RecordRing(limit)
  for (let number = 0; number < count; number++) {
    const place = ring.add()
    ring.numbers[place * CAPTURE_COLUMNS] = number
    ring.headers[place * CAPTURE_HEADER_BYTES] = number
  }
  return ring
}

describe('RecordRing', () => {
  it.each([
    [3000, 0, 0],
    [3000, 5, 5],
    [3000, 2500, 2500],
    [3000, 3000, 3000],
    [3000, 3001, 3000],
    [10, 10_007, 10],
  ])('with a limit of %i keeps of %i records the latest %i, in order', (limit, added, kept) => {
    const { count, numbers, headers, overwritten } = filled(limit, added).finish()
    const expected = Array.from({ length: kept }, (_, index) => added - kept + index)
    expect([count, overwritten]).toEqual([kept, added - kept])
    expect(expected.map((_, index) => numbers[index * CAPTURE_COLUMNS])).toEqual(expected)
    expect(expected.map((_, index) => headers[index * CAPTURE_HEADER_BYTES])).toEqual(expected.map((number) => number & 0xff))
  })

  it('takes no more memory than its limit needs', () => {
    const ring = filled(1500, 100_000)
    expect(ring.numbers).toHaveLength(1500 * CAPTURE_COLUMNS)
    expect(ring.headers).toHaveLength(1500 * CAPTURE_HEADER_BYTES)
  })
})
