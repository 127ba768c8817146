import { describe, expect, test } from 'vitest'

import { effectiveText, effectiveValue } from '#renderer/fields/effective'
import type { TextKind } from '#renderer/fields/text-kinds'
import type { ObjectId } from '#renderer/stores/outline'

import { outlineOf, sampleText } from '../support/sample-lab'

function shown(id: ObjectId, field: readonly string[], kind: TextKind, text: string = sampleText): string {
  const outline = outlineOf(text)
  return effectiveText(kind, effectiveValue(outline, outline.byId.get(id)!, field))
}

describe('what holds while the file says nothing', () => {
  test.each([
    ['node:node-2', ['nic', 'rate'], 'rate', '25Gbit'],
    ['node:node-2', ['cpu', 'cores'], 'whole', '8'],
    ['link:tor-b~spine-1', ['queue'], 'queue', '1MB'],
    ['link:tor-b~spine-1', ['mtu'], 'whole', '9000'],
    ['attachment:host-1', ['mtu'], 'whole', '1500'],
    ['traffic:bulk', ['congestion'], 'text', 'cubic'],
    ['variant:calico', ['settings', 'ipPool', 'ipipMode'], 'text', 'Always'],
  ] as const)('%s: %j', (id, field, kind, text) => {
    expect(shown(id, field, kind)).toBe(text)
  })

  test('may follow from other fields: queues from cores, an uplink’s rate from its NIC', () => {
    expect(shown('node:node-1', ['nic', 'queues'], 'whole')).toBe('4')
    expect(shown('uplink:node-1~tor-a', ['rate'], 'rate')).toBe('10Gbit')
  })

  test('is the plain default while the record is too faulty to tell', () => {
    expect(shown('node:node-1', ['nic', 'mtu'], 'whole', sampleText.replace('10Gbit}', 'fast}'))).toBe('1500')
  })

  test('is nothing where there is no default', () => {
    expect(shown('node:node-1', ['asn'], 'whole')).toBe('')
  })

  test('covers the lab as a whole', () => {
    const outline = outlineOf()
    expect(effectiveText('prefix', effectiveValue(outline, outline.lab, ['spec', 'cluster', 'podCIDR']))).toBe('10.244.0.0/16')
  })
})
