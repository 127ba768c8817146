import { describe, expect, test } from 'vitest'

import { newFault, ofOtherKind, usualFault } from '#renderer/stores/edits/new-fault'
import { readOutline } from '#renderer/stores/read-outline'
import { applyChange, checkDocument, FAULT_LABELS, type FaultKind, hasErrors } from '#shared/lab/index'

import { documentOf, outlineOf, sampleText } from '../../support/sample-lab'

const kinds = Object.keys(FAULT_LABELS) as FaultKind[]
const text = sampleText.replace('  external:', `    manifests:
      - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: server}, ports: [{port: 80, targetPort: 8080}]}}
      - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed}, spec: {podSelector: {}}}
  external:`)

function added(kind: FaultKind, selected: readonly string[] = []) {
  const outline = outlineOf(text)
  const document = documentOf(text)
  const find = newFault(outline, kind, [...outline.byId.values()].filter(({ id }) => selected.includes(id)))!
  return { document, ...find(document) }
}

describe('a new fault', () => {
  test.each(kinds)('of kind %s is complete: the lab has no more problems than before', (kind) => {
    const { document, ...edit } = added(kind)
    const after = applyChange(document, edit).document
    expect(hasErrors(checkDocument(after).problems)).toBe(false)
    expect(readOutline(after.value).faults[0]!.faultKind).toBe(kind)
  })

  test('is taken back to the same text', () => {
    const { document, ...edit } = added('link-flap')
    const { document: after, inverse } = applyChange(document, edit)
    expect(after.text).not.toBe(text)
    expect(applyChange(after, inverse).document.text).toBe(text)
  })

  test('hits what is selected, and is selected itself', () => {
    const link = added('link-down', ['link:tor-b~spine-1'])
    expect(readOutline(applyChange(link.document, link).document.value).faults[0]).toMatchObject({ hits: ['link:tor-b~spine-1'], given: { at: '330ms', until: '660ms' } })
    expect(link.selects).toEqual([{ kind: 'fault', index: 0 }])
    const uplink = added('link-loss', ['node:node-2'])
    expect(readOutline(applyChange(uplink.document, uplink).document.value).faults[0]!.hits).toEqual(['uplink:node-2~tor-b'])
  })

  test('is not there where the lab has nothing to hit', () => {
    const empty = readOutline({ spec: {} })
    expect(kinds.filter((kind) => newFault(empty, kind, []) !== undefined)).toEqual([])
  })
})

test('what is on the canvas has a usual fault where it can break', () => {
  const found = [...outlineOf(text).byId.values()].map((object) => [object.kind, usualFault(object)] as const)
  expect(Object.fromEntries(found.filter(([, fault]) => fault !== undefined))).toEqual({
    link: 'link-down', uplink: 'link-down', node: 'node-crash', workload: 'pod-delete', service: 'service-remove', policy: 'policy-remove',
  })
})

describe('a fault of another kind', () => {
  test.each(kinds)('is complete as %s', (kind) => {
    const outline = outlineOf(text)
    const document = documentOf(text)
    const given = ofOtherKind(outline, { at: '100ms', kind: 'node-crash', node: 'node-2' }, kind)
    const after = applyChange(document, { label: '', operations: [{ op: 'insert', path: ['spec', 'faults'], index: 0, values: [given] }] }).document
    expect(hasErrors(checkDocument(after).problems)).toBe(false)
  })

  test('keeps the times and what it hits', () => {
    const outline = outlineOf(text)
    expect(ofOtherKind(outline, { at: '1s', until: '2s', kind: 'link-loss', link: ['tor-b', 'spine-1'], loss: 0.5 }, 'link-down'))
      .toEqual({ at: '1s', until: '2s', kind: 'link-down', link: ['tor-b', 'spine-1'] })
    expect(ofOtherKind(outline, { at: '1s', kind: 'partition', nodes: ['node-2'] }, 'node-crash')).toEqual({ at: '1s', kind: 'node-crash', node: 'node-2' })
  })
})
