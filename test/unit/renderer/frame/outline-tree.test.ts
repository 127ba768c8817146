import { describe, expect, test } from 'vitest'

import { ancestorsOf, outlineTree, treeRows } from '#renderer/frame/outline-tree'

import { outlineOf } from '../support/sample-lab'

const tree = outlineTree(outlineOf())
const shown = (open: readonly string[], query = ''): readonly string[] =>
  treeRows(tree, new Set(open), query).map(({ level, node }) => `${'  '.repeat(level - 1)}${node.name}`)

describe('the lab as a tree', () => {
  test('has what stands in a rack under it, and objects under their namespace', () => {
    expect(shown(['Network', 'rack:a', 'Cluster', 'namespace:default'])).toEqual([
      'Network', '  host-1', '  spine-1', '  a', '    tor-a', '    node-1', '  b',
      'Cluster', '  default', '    server', '    client',
      'Variants', 'Traffic', 'Drawing',
    ])
  })

  test('shows what matches a query with what is around it, whatever is open', () => {
    expect(shown([], 'node-2')).toEqual(['Network', '  b', '    node-2'])
    expect(shown([], 'nothing like it')).toEqual([])
  })

  test('knows what has to be open for a thing to be in sight', () => {
    expect(ancestorsOf(tree, 'node:node-1')).toEqual(['Network', 'rack:a'])
  })
})
