import { describe, expect, test } from 'vitest'

import { placeProblems, worstSeverities } from '#renderer/stores/problem-targets'
import type { Problem } from '#shared/lab/index'

import { outlineOf } from '../support/sample-lab'

const problem = (path: string, severity: Problem['severity'] = 'error'): Problem =>
  ({ code: 'wrong-value', severity, path, line: 1, message: 'Wrong.' })

describe('problems', () => {
  test.each([
    ['spec.nodes[1].nic.mtu', 'node:node-2'],
    ['spec.nodes[1].uplinks[0].rate', 'uplink:node-2~tor-b'],
    ['spec.fabric.links[0]', 'link:tor-a~spine-1'],
    ['spec.external[0].attach', 'external:host-1'],
    ['spec.variants[1].settings["a b"].c', 'variant:calico'],
    ['spec.run.warmup', undefined],
    ['', undefined],
  ])('at %s are about %s', (path, target) => {
    expect(placeProblems(outlineOf(), [problem(path)])[0]!.target).toBe(target)
  })

  test('mark a thing with the worst of its severities', () => {
    const placed = placeProblems(outlineOf(), [
      problem('spec.nodes[0].asn', 'warning'), problem('spec.nodes[0].nic'), problem('spec.nodes[0].cpu', 'warning'),
      problem('spec.nodes[1]', 'warning'),
    ])
    expect([...worstSeverities(placed)]).toEqual([['node:node-1', 'error'], ['node:node-2', 'warning']])
  })
})
