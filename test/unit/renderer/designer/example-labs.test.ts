import { readdirSync } from 'node:fs'

import { expect, test } from 'vitest'

import { exampleLabs } from '#renderer/designer/example-labs'

test('all example labs that are shipped are offered, each with what it shows in a sentence', () => {
  const shipped = readdirSync('resources/labs').filter((file) => file.endsWith('.cnilab.yaml')).map((file) => file.replace('.cnilab.yaml', ''))
  const labs = exampleLabs()
  expect(labs.map(({ id }) => id)).toEqual(shipped.sort())
  for (const { description, id } of labs) expect(description.length, id).toBeGreaterThan(20)
})
