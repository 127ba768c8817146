import { readFileSync } from 'node:fs'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { applyChange, type LabChange, type LabOperation } from '#shared/lab/change/lab-change'
import { isList, isMapping, type PlainValue } from '#shared/lab/change/plain-value'
import { readDocument, type LabDocument } from '#shared/lab/parse/lab-document'

const exampleLab = readFileSync('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')

/** Every style that a mapping or list can have, with comments wherever YAML allows them. */
const mixedStyles = `# head
plain: a text # trailing
nested: # under a key
  # before the first
  one: 1
  two:   2   # spaced

  # between
  three: {a: 1, b: [1, 2, 3], c} # flow
list:
- x # at the key's column
- y
# end of list
compact:
  - - a
    - b # b
  - k: v
    # about l
    l: w
  - ? explicit
    : value
several lines: {
  first: 1, # about first
  # about second
  second: 2,
  third: 3 # about third
}
trailing: [
  1,
  2, # two
]
literal: |
  text

  more
kept: |+
  text

folded: >-
  text
quoted: "a: b"
empty:
empty flow: {}
empty list: [ ]
anchored: &anchor {x: 1, y: [1, 2]}
aliased: *anchor
again: [*anchor, 2]
last: end # of file`

type Path = (string | number)[]

/** Paths of all mappings and lists of a value, the root first. */
function collectionsOf(value: PlainValue | undefined, path: Path = []): Path[] {
  if (isList(value)) return [path, ...value.flatMap((item, index) => collectionsOf(item, [...path, index]))]
  if (!isMapping(value)) return []
  return [path, ...Object.entries(value).flatMap(([key, item]) => collectionsOf(item, [...path, key]))]
}

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, step) => (here as Record<string | number, unknown>)[step], root)
}

/** What a step does, on plain data. */
function applyPlainly(root: unknown, operation: LabOperation): void {
  if (operation.op === 'splice') throw new Error('not for plain data')
  if (operation.op === 'set') {
    const parent = at(root, operation.path.slice(0, -1)) as Record<string | number, unknown>
    parent[operation.path.at(-1)!] = operation.value
    return
  }
  const target = at(root, operation.path as Path) as Record<string | number, unknown>
  if (operation.op === 'rename-key') {
    const entries = Object.entries(target).map(([key, value]) => [key === operation.from ? operation.to : key, value] as const)
    for (const key of Object.keys(target)) Reflect.deleteProperty(target, key)
    Object.assign(target, Object.fromEntries(entries))
  } else if (operation.op === 'remove') {
    if (!Array.isArray(target)) for (const key of operation.keys) Reflect.deleteProperty(target, key)
    else target.splice(0, target.length, ...(target as unknown[]).filter((_, index) => !operation.keys.includes(index)))
  } else if (Array.isArray(target)) {
    if (operation.op === 'insert') target.splice(operation.index, 0, ...operation.values)
    else target.splice(operation.to, 0, ...(target.splice(operation.from, 1) as unknown[]))
  }
}

const scalar = fc.oneof(
  fc.constantFrom<PlainValue>(null, true, 0, 1.5, -3, '', '10us', 'a: b', '# no comment', 'x, y', '[', '1', 'two\nlines', "it's", ' ', '- a', 'ü'),
  fc.string({ maxLength: 8 }),
  fc.integer(),
)
const value: fc.Arbitrary<PlainValue> = fc.letrec<{ value: PlainValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'name', 'long key', 'x/y', '1'), tie('value'), { maxKeys: 3 }),
  ),
})).value

interface Intent {
  readonly collection: number
  readonly action: 'set' | 'add' | 'remove' | 'insert' | 'move' | 'rename'
  readonly first: number
  readonly second: number
  readonly value: PlainValue
  readonly key: string
}

const intent: fc.Arbitrary<Intent> = fc.record({
  collection: fc.nat(1000),
  action: fc.constantFrom('set', 'add', 'remove', 'insert', 'move', 'rename'),
  first: fc.nat(1000),
  second: fc.nat(1000),
  value,
  key: fc.constantFrom('added', 'new key', 'x', 'a: b', '2'),
})

/** Turns an intent into a step that fits the document. */
function stepFor(document: LabDocument, wish: Intent): LabOperation | undefined {
  const paths = collectionsOf(document.value as PlainValue)
  const path = paths[wish.collection % paths.length]!
  const target = at(document.value, path) as PlainValue
  const keys: (string | number)[] = isList(target) ? [...target.keys()] : Object.keys(target as object)
  const key = keys[wish.first % Math.max(1, keys.length)]
  const other = keys[wish.second % Math.max(1, keys.length)]
  switch (wish.action) {
    case 'set':
      return key === undefined ? undefined : { op: 'set', path: [...path, key], value: wish.value }
    case 'add':
      return isList(target) ? undefined : { op: 'set', path: [...path, wish.key], value: wish.value }
    case 'remove':
      if (key === undefined || other === undefined || (path.length === 0 && keys.length < 3)) return undefined
      return { op: 'remove', path, keys: [...new Set([key, other])] }
    case 'insert':
      return isList(target) ? { op: 'insert', path, index: wish.first % (keys.length + 1), values: [wish.value, 7] } : undefined
    case 'move':
      return isList(target) && keys.length > 0 ? { op: 'move', path, from: key as number, to: other as number } : undefined
    case 'rename':
      if (typeof key !== 'string' || keys.includes(wish.key)) return undefined
      return { op: 'rename-key', path, from: key, to: wish.key }
  }
}

function open(text: string): LabDocument {
  const document = readDocument(text)
  if (!('text' in document)) throw new Error(JSON.stringify(document.findings))
  return document
}

describe.each([
  ['the example lab', exampleLab],
  ['a document of mixed styles', mixedStyles],
  ['a document with Windows line breaks', mixedStyles.replaceAll('\n', '\r\n')],
])('changes of %s', (_, text) => {
  it('do what they say and nothing else, and undo to the same text', () => {
    fc.assert(
      fc.property(fc.array(intent, { minLength: 1, maxLength: 8 }), (wishes) => {
        let document = open(text)
        const texts = [document.text]
        const inverses: LabChange[] = []
        for (const wish of wishes) {
          const step = stepFor(document, wish)
          if (step === undefined) continue
          const expected: unknown = structuredClone(document.value)
          applyPlainly(expected, step)
          const applied = applyChange(document, { label: '', operations: [step] })
          expect(applied.document.value, `${JSON.stringify(step)}\n${document.text}\n=>\n${applied.document.text}`).toEqual(expected)
          // Its content follows from the step; its text has to say the same.
          expect(open(applied.document.text).value).toEqual(expected)
          document = applied.document
          texts.push(document.text)
          inverses.push(applied.inverse)
        }
        for (const [index, inverse] of [...inverses.entries()].reverse()) {
          const undone = applyChange(document, inverse)
          expect(undone.document.text).toBe(texts[index])
          expect(applyChange(undone.document, undone.inverse).document.text).toBe(texts[index + 1])
          document = undone.document
        }
      }),
      { numRuns: 150 },
    )
  })

  it('of several steps at once come to what they come to one after the other', () => {
    fc.assert(
      fc.property(fc.array(intent, { minLength: 2, maxLength: 4 }), (wishes) => {
        let document = open(text)
        const operations: LabOperation[] = []
        for (const wish of wishes) {
          const step = stepFor(document, wish)
          if (step === undefined) continue
          operations.push(step)
          document = open(applyChange(document, { label: '', operations: [step] }).document.text)
        }
        const together = applyChange(open(text), { label: '', operations })
        expect(together.document.value).toEqual(document.value)
        expect(open(together.document.text).value).toEqual(document.value)
        expect(applyChange(together.document, together.inverse).document.text).toBe(text)
      }),
      { numRuns: 100 },
    )
  })
})
