import { describe, expect, test } from 'vitest'

import { find } from '#renderer/frame/find'

import { outlineOf } from '../support/sample-lab'

const commands = [
  { label: 'Save', keys: ['Mod+S'], run: () => undefined },
  { label: 'Show the results', keys: ['Alt+2'], run: () => undefined },
]

const labels = (query: string): readonly string[] => find(outlineOf(), commands, query).map(({ label }) => label)

describe('finding', () => {
  test('offers the commands before anything is typed', () => {
    expect(labels('')).toEqual(['Save', 'Show the results'])
  })

  test('ranks names that begin with what is typed above names that hold it', () => {
    expect(labels('tor')).toEqual(['tor-a', 'tor-b', 'tor-a – spine-1', 'tor-b – spine-1', 'node-1 – tor-a', 'node-2 – tor-b'])
  })

  test.each([
    ['203.0.113', 'host-1'],
    ['client-2', 'client'],
    ['hello', 'note-1'],
    ['RESULTS', 'Show the results'],
    ['variant calico', 'calico'],
  ])('by %s finds %s', (query, label) => {
    expect(labels(query)[0]).toBe(label)
  })

  test('needs every word', () => {
    expect(labels('node nothing')).toEqual([])
  })
})
