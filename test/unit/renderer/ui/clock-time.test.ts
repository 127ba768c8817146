import { expect, test } from 'vitest'

import { clockTime } from '#renderer/ui/clock-time'

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [65, '1:05 min'],
  [7384, '2:03:04 h'],
])('%i seconds are %s', (seconds, text) => {
  expect(clockTime(seconds)).toBe(text)
})
