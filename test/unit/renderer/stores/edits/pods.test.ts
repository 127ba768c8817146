import { describe, expect, test } from 'vitest'

import { movePods } from '#renderer/stores/edits/pods'
import { readOutline } from '#renderer/stores/read-outline'
import { applyChange } from '#shared/lab/index'

import { documentOf, outlineOf, sampleText } from '../../support/sample-lab'

describe('moving pods', () => {
  test('exchanges the node in the list of their workload', () => {
    const document = documentOf()
    const change = movePods(document, outlineOf(), 'workload:default/client', 'node:node-1', 'node:node-2')!
    expect(change.label).toBe('Move client to node-2')
    const { workloads } = readOutline(applyChange(document, change).document.value)
    expect(workloads.map(({ name, nodes }) => [name, nodes])).toEqual([['server', ['node-2']], ['client', ['node-2']]])
  })

  test('keeps a workload that ran anywhere to the nodes it had, but one', () => {
    const text = sampleText.replace('nodes: [node-1]}', 'nodes: []}').replace('  cluster:', '    - {name: node-3}\n  cluster:')
    const document = documentOf(text)
    const change = movePods(document, outlineOf(text), 'workload:default/client', 'node:node-1', 'node:node-3')!
    expect(readOutline(applyChange(document, change).document.value).workloads[1]!.nodes).toEqual(['node-3', 'node-2'])
  })

  test('does nothing onto the same node or onto something else', () => {
    const move = (to: 'node:node-1' | 'switch:tor-a') => movePods(documentOf(), outlineOf(), 'workload:default/client', 'node:node-1', to)
    expect([move('node:node-1'), move('switch:tor-a')]).toEqual([undefined, undefined])
  })
})
