import { expect, test } from 'vitest'

import { searchPalette } from '#renderer/palette/palette-items'
import { PLACEABLE_KINDS } from '#renderer/stores/placeable'

const kinds = (query: string): readonly string[] => searchPalette(query).flatMap(({ items }) => items.map(({ kind }) => kind))

test('the palette offers everything that can be placed', () => {
  expect([...kinds('')].sort()).toEqual([...PLACEABLE_KINDS].sort())
})

test.each([
  ['switch', ['rack', 'tor', 'spine']],
  ['SPINE', ['spine']],
  ['top rack', ['tor']],
  ['nothing like it', []],
])('a search for %j finds %j', (query, found) => {
  expect(kinds(query)).toEqual(found)
})
