import { describe, expect, test } from 'vitest'

import { placePods, podGroupName, shownPods, type PodGroup } from '#renderer/designer/pods'

import { outlineOf, sampleText } from '../support/sample-lab'

const names = (groups: readonly PodGroup[] | undefined): readonly string[] => (groups ?? []).map(podGroupName)

describe('pods on the canvas', () => {
  test('stand on the nodes their workload names', () => {
    const { onNode, homeless } = placePods(outlineOf())
    expect(names(onNode.get('node:node-1'))).toEqual(['client ×3'])
    expect(names(onNode.get('node:node-2'))).toEqual(['server-0'])
    expect(homeless).toEqual([])
  })

  test('are dealt out in turn over all nodes without a taint when their workload names none', () => {
    const text = sampleText.replace('nodes: [node-1]}', 'nodes: []}')
      .replace('  cluster:', '    - {name: node-3, taints: [{key: x, effect: NoSchedule}]}\n  cluster:')
    const { onNode } = placePods(outlineOf(text))
    expect(names(onNode.get('node:node-1'))).toEqual(['client ×2'])
    expect(names(onNode.get('node:node-2'))).toEqual(['server-0', 'client-1'])
    expect(onNode.has('node:node-3')).toBe(false)
  })

  test('are shown apart when none of their nodes is there', () => {
    const { homeless } = placePods(outlineOf(sampleText.replace('nodes: [node-1]}', 'nodes: [gone]}')))
    expect(homeless.map(({ name }) => name)).toEqual(['client'])
  })

  test('beyond what fits on a card are counted', () => {
    const [group] = placePods(outlineOf()).onNode.get('node:node-1')!
    const { shown, hidden } = shownPods(Array.from({ length: 9 }, () => group!))
    expect([shown.length, hidden]).toEqual([4, 5])
  })
})
