import { describe, expect, test } from 'vitest'

import type { CanvasModel, Severity } from '#renderer/designer/canvas-elements'
import { canvasModel } from '#renderer/designer/canvas-model'
import { flowEdges, flowNodes } from '#renderer/designer/flow-elements'
import { layoutLab } from '#renderer/designer/layout'
import { placePods } from '#renderer/designer/pods'
import { sceneOf } from '#renderer/designer/scene'
import { FIRST_LAYERS } from '#renderer/stores/layers'
import type { ObjectId } from '#renderer/stores/outline'

import { outlineOf, sampleText } from '../support/sample-lab'

function modelOf(text: string = sampleText, severities: ReadonlyMap<ObjectId, Severity> = new Map()): CanvasModel {
  const outline = outlineOf(text)
  const pods = placePods(outline)
  return canvasModel(outline, pods, layoutLab(outline, pods, new Map()), severities)
}

describe('what the canvas shows', () => {
  test('says in words what each thing is, for those who do not see it', () => {
    const { items, links } = modelOf()
    expect(items.map(({ label }) => label)).toEqual([
      'Rack a, 1 switch, 1 node',
      'Rack b, 1 switch, 1 node',
      'Switch tor-a, top of rack, rack a, 2 links',
      'Switch tor-b, top of rack, rack b, 2 links',
      'Switch spine-1, spine, 3 links',
      'Node node-1, rack a, 3 pods, 1 link',
      'Node node-2, rack b, 1 pod, 1 link',
      'External host host-1, 203.0.113.10, 1 link',
      'Note note-1, hello',
    ])
    expect(links.map(({ label, rate }) => [label, rate])).toContainEqual(['Uplink node-1 to tor-a, 10 Gbit', '10G'])
  })

  test('says when something is wrong with it', () => {
    const { items } = modelOf(sampleText, new Map([['node:node-1', 'error']]))
    expect(items.find(({ id }) => id === 'node:node-1')).toMatchObject({
      severity: 'error', label: 'Node node-1, rack a, 3 pods, 1 link, has errors',
    })
  })

  test('leaves out links that lead nowhere', () => {
    const { links } = modelOf(sampleText.replace('ends: [tor-b, spine-1]', 'ends: [tor-b, gone]'))
    expect(links.map(({ id }) => id)).not.toContain('link:tor-b~gone')
  })
})

describe('what breaks', () => {
  test('is said of links, nodes and the pods of a workload, with when', () => {
    const faults = `  faults:
    - {at: 1s, kind: link-down, link: [spine-1, tor-a]}
    - {at: 2s, kind: node-crash, node: node-2}
    - {at: 3s, kind: pod-delete, pod: default/client-0}
`
    const { items, links } = modelOf(sampleText + faults)
    expect(links.filter((link) => link.faults !== '').map(({ label }) => label)).toEqual(['Link tor-a to spine-1, 100 Gbit, Link down at 1s'])
    const nodes = items.filter((item) => item.kind === 'node')
    expect(nodes.map((node) => node.faults)).toEqual(['', 'Node crashes at 2s'])
    expect(nodes.flatMap(({ pods }) => pods.map((pod) => pod.faults))).toEqual(['Pod deleted at 3s', ''])
    expect(nodes[1]!.label).toMatch(/, Node crashes at 2s$/)
  })
})

describe('what Vue Flow is given', () => {
  test('places what stands in a rack from the rack’s corner', () => {
    const { items } = modelOf()
    const rack = items.find(({ id }) => id === 'rack:a')!
    const node = items.find(({ id }) => id === 'node:node-1')!
    expect(flowNodes(items, new Set()).find(({ id }) => id === 'node:node-1')).toMatchObject({
      parentNode: 'rack:a',
      position: { x: node.box.x - rack.box.x, y: node.box.y - rack.box.y },
    })
  })

  test('knows what is selected', () => {
    const { items, links } = modelOf()
    const selected = new Set<ObjectId>(['node:node-1', 'link:tor-a~spine-1'])
    const chosen = [...flowNodes(items, selected), ...flowEdges(links, selected)].filter((element) => element.selected)
    expect(chosen.map(({ id }) => id)).toEqual([...selected])
  })
})

describe('what policies allow, as arrows', () => {
  test('go between cards, or the frame around what has none, once each', () => {
    const outline = outlineOf(sampleText)
    const scene = sceneOf(outline, new Set([...FIRST_LAYERS, 'allowed']))
    const pods = placePods(outline)
    const boxes = layoutLab(scene.outline, pods, new Map(), scene)
    const [first, second] = outline.workloads.map(({ id }) => id)
    const arrow = (from: string, to: string, verdict: 'allow' | 'deny') => ({ from, to, verdict, ports: '' })
    const arrows = [
      arrow(first!, second!, 'allow'), arrow(first!, second!, 'allow'), arrow(first!, first!, 'allow'), arrow('external:host-1', first!, 'deny'),
      arrow('workload:nowhere/pod', first!, 'allow'),
    ]
    const { relations } = canvasModel(scene.outline, pods, boxes, new Map(), { ...scene, whole: outline, bgp: false, arrows })
    expect(relations.filter(({ kind }) => kind === 'allow' || kind === 'deny').map(({ kind, ends }) => [kind, ...ends])).toEqual([
      ['allow', first, second], ['deny', 'external:host-1', first],
    ])
  })
})
