import { expect, it } from 'vitest'
import { WindowedMax } from '#worker/engine/transport/congestion/windowed-max'

it('forgets a maximum when it is older than the window, and falls back on the best since', () => {
  const max = new WindowedMax()
  max.reset(0, 5)
  max.take(10, 1, 9)
  max.take(10, 4, 7)
  max.take(10, 8, 6)
  expect(max.best).toBe(9)
  max.take(10, 12, 3)
  expect(max.best).toBe(7)
  max.take(10, 15, 3)
  expect(max.best).toBe(6)
  max.take(10, 16, 20)
  expect(max.best).toBe(20)
})
