import { describe, expect, test } from 'vitest'

import { busiestNodes, nodesByLoad, stageCosts } from '#shared/analysis/index'
import { fakeRun } from '../../../fixture/fake-run'

describe('stageCosts', () => {
  const { result } = fakeRun({ nodes: 6 })
  const variant = result.variants[1]!

  test("a node's stages sum to its busy cores, mean over the seeds", () => {
    const costs = stageCosts(variant).filter((cost) => cost.node === 'node-2')
    const busy = variant.seeds.reduce((sum, seed) => sum + seed.nodes[1]!.busyCores, 0) / variant.seeds.length
    expect(costs.reduce((sum, cost) => sum + cost.cores, 0)).toBeCloseTo(busy, 9)
  })

  test('stages are in the groups that charts stack them by', () => {
    const groups = new Map(stageCosts(variant).map((cost) => [cost.stage, cost.group]))
    expect(groups.get('nf-conntrack')).toBe('netfilter')
    expect(groups.get('ipip-encapsulate')).toBe('encapsulation')
  })

  test('the busiest nodes come first, and idle ones are left out of pictures', () => {
    expect(nodesByLoad(result).map((node) => node.name).slice(0, 2)).toEqual(['node-2', 'node-1'])
    expect(nodesByLoad(result)).toHaveLength(6)
    expect(busiestNodes(result, 4)).toEqual(['node-2', 'node-1', 'node-3'])
    expect(busiestNodes(result, 1)).toEqual(['node-2'])
  })
})
