import { describe, expect, test } from 'vitest'

import { labelsOfText, labelsText, refuseLabels } from '#renderer/fields/labels-text'

describe('labels in a line of text', () => {
  test('are read as they are written', () => {
    const labels = { app: 'web', 'app.kubernetes.io/tier': 'front', empty: '' }
    expect(labelsText(labels)).toBe('app=web, app.kubernetes.io/tier=front, empty=')
    expect(labelsOfText(labelsText(labels))).toEqual(labels)
  })

  test('may be parted by spaces alone', () => {
    expect(labelsOfText(' app=web  tier=front ')).toEqual({ app: 'web', tier: 'front' })
  })

  test.each(['app', 'app=web, tier', '-app=web', 'app=a/b', '=web'])('are refused as %s', (text) => {
    expect(refuseLabels(text)).toMatch(/\.$/u)
  })

  test('are not refused where they are fine, or none', () => {
    expect([refuseLabels('app=web, tier=front'), refuseLabels('')]).toEqual([undefined, undefined])
  })
})
