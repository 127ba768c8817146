import { describe, expect, it } from 'vitest'

import { idleCores } from '#worker/free-cores'

/** A core's times, ms. */
function core(user: number, idle: number): { times: { user: number; nice: number; sys: number; idle: number; irq: number } } {
  return { times: { user, nice: 0, sys: 0, idle, irq: 0 } }
}

describe('idleCores', () => {
  it('adds up what each core was idle for, as shares of the time between the looks', () => {
    expect(idleCores([core(500, 100), core(0, 900)], [core(500, 160), core(30, 930)])).toBeCloseTo(1.5, 12)
  })

  it('takes a core whose times did not move for busy', () => {
    expect(idleCores([core(1, 1), core(1, 1)], [core(1, 1), core(1, 61)])).toBe(1)
  })
})
