import { describe, expect, test } from 'vitest'

import { FAULT_LABELS, FAULT_SHAPES, faultLabel, faultSubject, faultTitle, fieldDoc, type FaultKind } from '#shared/lab/index'

describe('the shape of faults', () => {
  test('knows every kind that has a name, and the other way round', () => {
    expect(Object.keys(FAULT_SHAPES).toSorted()).toEqual(Object.keys(FAULT_LABELS).toSorted())
  })

  test.each([
    ['link-flap', ['at', 'link', 'period', 'until']],
    ['link-down', ['at', 'link']],
    ['agent-kill', ['agent', 'at', 'node']],
    ['filter', ['at', 'node', 'protocol']],
  ] as const)('of kind %s asks for %j', (kind, required) => {
    expect([...FAULT_SHAPES[kind].required].toSorted()).toEqual(required)
  })

  test.each(Object.keys(FAULT_SHAPES) as FaultKind[])('has words for every field of %s', (kind) => {
    expect(FAULT_SHAPES[kind].fields.filter((field) => fieldDoc(['spec', 'faults', 0, field]) === undefined)).toEqual([])
  })
})

describe('a fault in words', () => {
  test.each([
    [{ kind: 'link-down', link: ['tor-a', 'spine-1'] }, 'Link down: tor-a – spine-1'],
    [{ kind: 'partition', nodes: ['node-1', 'node-2'] }, 'Partition: node-1, node-2'],
    [{ kind: 'agent-kill', node: 'node-1', agent: 'bird' }, 'Agent ends: node-1, bird'],
    [{ kind: 'session-reset', node: 'node-1', peer: 'tor-a' }, 'BGP session reset: node-1 – tor-a'],
    [{ kind: 'filter', node: 'node-1', protocol: 'udp', port: 4789 }, 'Packets filtered: node-1, udp, 4789'],
    [{ kind: 'pod-delete', pod: 'default/web-0' }, 'Pod deleted: default/web-0'],
  ])('%j is %s', (fault, title) => {
    expect(faultTitle(fault)).toBe(title)
  })

  test('says what a faulty file lets it', () => {
    expect(faultTitle({})).toBe('Fault')
    expect([faultLabel('flood'), faultSubject({ node: 3 })]).toEqual(['flood', ''])
  })
})
