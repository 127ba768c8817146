import { describe, expect, test } from 'vitest'

import { readOutline } from '#renderer/stores/read-outline'

import { outlineOf, sampleText } from '../support/sample-lab'

describe('the outline of a lab', () => {
  test('names everything that can be selected by kind and name', () => {
    expect([...outlineOf().byId.keys()]).toEqual([
      'rack:a', 'rack:b',
      'switch:tor-a', 'switch:tor-b', 'switch:spine-1',
      'node:node-1', 'node:node-2',
      'external:host-1',
      'link:tor-a~spine-1', 'link:tor-b~spine-1',
      'uplink:node-1~tor-a', 'uplink:node-2~tor-b',
      'attachment:host-1',
      'workload:default/server', 'workload:default/client',
      'note:note-1',
      'namespace:default',
      'variant:host', 'variant:calico',
      'traffic:bulk',
    ])
  })

  test('knows where each thing is in the file and how edits refer to it', () => {
    const { byId } = outlineOf()
    expect(byId.get('uplink:node-2~tor-b')).toMatchObject({
      path: ['spec', 'nodes', 1, 'uplinks', 0],
      element: { kind: 'uplink', node: 'node-2', index: 0 },
    })
    expect(byId.get('workload:default/client')).toMatchObject({
      path: ['spec', 'cluster', 'workloads', 1],
      element: { kind: 'workload', name: 'default/client' },
    })
  })

  test('gives an uplink the rate of its node where it has none of its own', () => {
    const rates = outlineOf().links.map(({ name, rate }) => [name, rate])
    expect(rates).toContainEqual(['node-1 – tor-a', '10Gbit'])
    expect(rates).toContainEqual(['node-2 – tor-b', '25Gbit'])
  })

  test('keeps things apart that have the same name', () => {
    const outline = readOutline({ spec: { nodes: [{ name: 'x' }, { name: 'x' }] } })
    expect(outline.nodes.map(({ id }) => id)).toEqual(['node:x', 'node:x 2'])
  })

  test.each([
    ['nothing', undefined],
    ['a text', 'lab'],
    ['lists where mappings belong', { spec: [], metadata: [] }],
    ['wrong values everywhere', { spec: { nodes: [1, null, { name: 5, cpu: 'fast', uplinks: 'none' }], fabric: { links: [{ ends: 'a' }] }, view: { nodes: { x: { x: 'left' } } } } }],
  ])('reads what it can from %s', (_, value) => {
    expect(() => readOutline(value)).not.toThrow()
  })
})

describe('faults in the outline', () => {
  test('know what they hit: links whichever end comes first, nodes, workloads of pods, objects', () => {
    const text = sampleText.replace('  external:', `    manifests:
      - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: server}, ports: [{port: 80}]}}
      - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed}, spec: {podSelector: {}}}
  external:`)
    const faults = `  faults:
    - {at: 1s, kind: link-down, link: [spine-1, tor-b]}
    - {at: 1s, kind: partition, nodes: [node-2, gone]}
    - {at: 1s, kind: pod-delete, pod: default/client-1}
    - {at: 1s, kind: service-remove, service: default/web}
    - {at: 1s, kind: policy-add, policy: NetworkPolicy default/closed}
    - {at: 1s, kind: node-crash, node: gone}
`
    expect(outlineOf(text + faults).faults.map(({ id, hits }) => [id, hits])).toEqual([
      ['fault:0', ['link:tor-b~spine-1']],
      ['fault:1', ['node:node-2']],
      ['fault:2', ['workload:default/client']],
      ['fault:3', ['service:default/web']],
      ['fault:4', ['policy:NetworkPolicy default/closed']],
      ['fault:5', []],
    ])
  })
})
