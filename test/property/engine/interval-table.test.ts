import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IntervalTable } from '#worker/engine/transport/interval-table'

const SPACE = 200

/** The bytes a row holds, read back from its intervals. */
function bytesOf(table: IntervalTable, row: number): Set<number> {
  const bytes = new Set<number>()
  for (let index = 0; index < table.count[row]!; index++) {
    for (let byte = table.start(row, index); byte < table.end(row, index); byte++) bytes.add(byte)
  }
  return bytes
}

const move = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), start: fc.nat(SPACE), length: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('trim' as const), edge: fc.nat(SPACE) }),
)

describe('IntervalTable', () => {
  it('holds the same bytes as a set of bytes, in sorted intervals that do not touch', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const table = new IntervalTable(2)
        const naive = new Set<number>()
        for (const step of moves) {
          if (step.kind === 'trim') {
            table.trim(1, step.edge)
            for (const byte of naive) if (byte < step.edge) naive.delete(byte)
          } else {
            const index = table.insert(1, step.start, step.start + step.length)
            for (let byte = step.start; byte < step.start + step.length; byte++) naive.add(byte)
            expect(table.start(1, index)).toBeLessThanOrEqual(step.start)
            expect(table.end(1, index)).toBeGreaterThanOrEqual(step.start + step.length)
          }
          expect([...bytesOf(table, 1)].sort((a, b) => a - b)).toEqual([...naive].sort((a, b) => a - b))
          expect(table.total(1)).toBe(naive.size)
          for (let i = 1; i < table.count[1]!; i++) expect(table.start(1, i)).toBeGreaterThan(table.end(1, i - 1))
        }
        expect(table.count[0]).toBe(0)
      }),
    )
  })

  it('tells whether it holds all of a range', () => {
    const table = new IntervalTable(1)
    expect(table.holds(0, 0, 1)).toBe(false)
    for (let i = 0; i < 300; i++) table.insert(0, 10 + i * 10, 15 + i * 10)
    expect(table.count[0]).toBe(300)
    expect(table.holds(0, 2990, 2995)).toBe(true)
    expect(table.holds(0, 2990, 2996)).toBe(false)
    expect(table.holds(0, 2989, 2995)).toBe(false)
    table.clear(0)
    expect(table.total(0)).toBe(0)
  })
})
