import { readFileSync } from 'node:fs'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { applyChange, hasErrors, labHash, parseLab, type LabDocument, type PlainValue } from '#shared/lab/index'

const exampleLab = readFileSync('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')

/** What is true of the answer to any text. */
function expectSound(text: string): void {
  const { document, lab, problems } = parseLab(text)
  expect(lab === undefined).toBe(hasErrors(problems))
  const lines = text.split('\n').length
  for (const { line, message, fix } of problems) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines)
    expect(message).toMatch(/\S.*\.$/su)
    expect(fix ?? 'x').not.toBe('')
  }
  if (lab === undefined) expect(problems).not.toEqual([])
  else expect(labHash(parseLab(document!.text).lab!)).toBe(labHash(lab))
}

/** Paths of everything in a value. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))]
}

const oddValue = fc.oneof(
  fc.constantFrom<PlainValue>(
    null, true, -1, 0, 0.5, 1e300, '', ' ', '-1ms', '1e3us', '10 Gbit', '9007199254740993ns', '0p', '1.5p', '300.1.1.1', '10.0.0.0/33',
    '::1', 'default/', '/x', 'a/b/c', 'ü', '<<', '__proto__', [], {}, [null], { name: 1 }, { '': '' },
  ),
  fc.string({ maxLength: 12 }),
  fc.jsonValue({ maxDepth: 2 }).map((value) => value as PlainValue),
)

describe('reading a lab', () => {
  it('answers soundly to the example lab with values exchanged', () => {
    const { document } = parseLab(exampleLab)
    const paths = pathsOf(document!.value).filter((path) => path.length > 0)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(paths.length - 1), oddValue), { minLength: 1, maxLength: 4 }), (exchanges) => {
        let current: LabDocument = document!
        for (const [place, value] of exchanges) {
          try {
            current = applyChange(current, { label: '', operations: [{ op: 'set', path: paths[place]!, value }] }).document
          } catch {
            // An exchange before this one took the place away.
          }
        }
        expectSound(current.text)
      }),
      { numRuns: 150 },
    )
  })

  it('answers soundly to the example lab with stretches of text taken out or doubled', () => {
    const offset = fc.nat(exampleLab.length)
    fc.assert(
      fc.property(offset, fc.nat(200), fc.boolean(), fc.string({ maxLength: 3 }), (start, length, doubled, inserted) => {
        const stretch = exampleLab.slice(start, start + length)
        expectSound(exampleLab.slice(0, start) + (doubled ? stretch + stretch : '') + inserted + exampleLab.slice(start + length))
      }),
      { numRuns: 150 },
    )
  })

  it('answers soundly to any text', () => {
    const yamlish = fc.array(fc.constantFrom(...Array.from('{}[],:-?&*!|>%@`#"\'\n\t a1~<')), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), yamlish), expectSound), { numRuns: 1000 })
  })
})
