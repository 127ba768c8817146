import { describe, expect, test } from 'vitest'

import { refuseText, valueOfText } from '#renderer/fields/text-kinds'

describe('texts in fields', () => {
  test.each([
    ['rate', '25Gbit'], ['time', '250us'], ['size', '64KiB'], ['queue', '100p'], ['address', '203.0.113.10'],
    ['interface', '10.1.0.11/24'], ['prefix', '10.244.0.0/16'], ['whole', '8'], ['decimal', '3.5'], ['text', 'anything'],
  ] as const)('of kind %s take %s, and nothing', (kind, text) => {
    expect([refuseText(kind, text), refuseText(kind, '')]).toEqual([undefined, undefined])
  })

  test('say what was probably meant', () => {
    expect(refuseText('rate', '25Gbps')).toMatch(/Did you mean 25Gbit\?$/u)
  })

  test.each([['whole', '1.5'], ['whole', '-1'], ['decimal', 'x'], ['time', '5 minutes'], ['address', '1.2.3']] as const)('of kind %s refuse %s', (kind, text) => {
    expect(refuseText(kind, text)).toBeDefined()
  })

  test('are written as numbers, as text, or not at all', () => {
    expect([valueOfText('whole', '8'), valueOfText('decimal', '3.0'), valueOfText('rate', '1Gbit'), valueOfText('rate', '')]).toEqual([8, 3, '1Gbit', undefined])
  })
})
