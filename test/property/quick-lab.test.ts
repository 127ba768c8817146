import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseLab, quickLab } from '#shared/lab/index'

const folder = path.resolve('resources/labs')
const texts = readdirSync(folder).filter((name) => name.endsWith('.cnilab.yaml')).map((name) => readFileSync(path.join(folder, name), 'utf8'))

/** What may stand where it does not belong: all that means something in YAML, and keys and values of odd types. */
const intrusions = fc.constantFrom(
  ...':-?,[]{}#&*!|>%@`"\'\n\t \\~'.split(''), '1: x, ', '~: x, ', 'true: x, ', '<<: ', '&a ', '*a', '!!str ', '!x ', '0o17', '1_000', '.inf', '-0',
  '012', '%YAML 1.1\n---\n', '---\n', '...\n', '"__proto__": 1, ', 'null', '  ',
)

describe('quickLab', () => {
  it('reads each example as parseLab does', () => {
    for (const text of texts) expect(quickLab(text)).toEqual(parseLab(text).lab)
  })

  it('reads nothing that parseLab refuses, and nothing otherwise, whatever stands in a text', () => {
    const place = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), removed: fc.nat(6), put: intrusions })
    let read = 0
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(place, { minLength: 1, maxLength: 3 }), (text, places) => {
        const changed = places.reduce((before, { at, removed, put }) => {
          const offset = Math.floor(at * before.length)
          return before.slice(0, offset) + put + before.slice(offset + removed)
        }, text)
        const quick = quickLab(changed)
        if (quick === undefined) return
        read++
        expect(quick).toEqual(parseLab(changed).lab)
      }),
      { numRuns: 600 },
    )
    expect(read).toBeGreaterThan(0)
  })
})
