import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventQueue } from '#worker/engine/event-queue'

const EVENTS = 64

/** The queue's promise, naively: earliest time, then lowest rank, then scheduled first. */
class SortedList {
  private readonly entries: { id: number; timeNs: number; rank: number }[] = []

  schedule(id: number, timeNs: number, rank: number): void {
    const at = this.entries.findIndex((entry) => entry.timeNs > timeNs || (entry.timeNs === timeNs && entry.rank > rank))
    this.entries.splice(at < 0 ? this.entries.length : at, 0, { id, timeNs, rank })
  }

  pop(): number {
    return this.entries.shift()?.id ?? -1
  }
}

/** Delays from nothing to far beyond the calendar, so that every level of it is used. */
const delay = fc.oneof(
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: 0, max: 1_000_000_000 }),
  fc.integer({ min: 0, max: 200_000_000_000 }),
)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('schedule' as const), delay, rank: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('peek' as const) }) },
)

describe('EventQueue', () => {
  it('hands events out in the order of time, rank and scheduling, at any density', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.constantFrom(1, 64, 4096), (steps, width) => {
        const queue = new EventQueue(EVENTS, width)
        const naive = new SortedList()
        const idle = Array.from({ length: EVENTS }, (_, id) => id)
        for (const move of steps) {
          if (move.kind === 'peek') {
            // Nothing lies before now, but the queue looks ahead.
            expect(queue.popBefore(queue.nowNs)).toBe(-1)
          } else if (move.kind === 'pop') {
            const id = queue.pop()
            expect(id).toBe(naive.pop())
            if (id >= 0) idle.push(id)
          } else if (idle.length > 0) {
            const id = idle.shift()!
            queue.setRank(id, move.rank)
            queue.schedule(id, queue.nowNs + move.delay)
            naive.schedule(id, queue.nowNs + move.delay, move.rank)
          }
        }
        for (let id = queue.pop(); id >= 0; id = queue.pop()) expect(id).toBe(naive.pop())
        expect(naive.pop()).toBe(-1)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the order when it adapts its slots to a changed density', () => {
    const queue = new EventQueue(EVENTS, 64)
    let state = 1
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32
    for (let id = 0; id < EVENTS; id++) queue.schedule(id, Math.floor(random() * 1000))
    let last = 0
    let wentBack = 0
    for (let i = 0; i < 400_000; i++) {
      const id = queue.pop()
      if (queue.nowNs < last) wentBack++
      last = queue.nowNs
      const reach = i < 150_000 ? 100 : i < 300_000 ? 1e7 : 1000
      const far = random() < 0.01 ? 1e11 * random() : 0
      queue.schedule(id, last + Math.floor(random() * reach + far))
    }
    expect(wentBack).toBe(0)
    expect(queue.size).toBe(EVENTS)
  })
})
