import { TRACKED_STATE, TRACKED_STATES, TRACKING_FORM, noTracking } from '#shared/plan/index'
import { RandomStream } from '#worker/engine/random'
import { ConnectionTable } from '#worker/engine/tracking/connection-table'
import { TrackedEntries } from '#worker/engine/tracking/tracked-entries'
import { describe, expect, it } from 'vitest'

const SECOND = 1e9

/** A table by itself: entries are numbered in the order of {@link Bench.add}, and `gone` lists those given up. */
class Bench {
  readonly entries = new TrackedEntries()
  readonly gone: number[] = []
  readonly table: ConnectionTable
  private readonly numbers: number[] = []

  constructor({ form, limit, buckets = limit, seed = 1 }: { form: keyof typeof TRACKING_FORM; limit: number; buckets?: number; seed?: number }) {
    const timeoutsNs = new Float64Array(TRACKED_STATES).fill(60 * SECOND)
    timeoutsNs[TRACKED_STATE.close] = 10 * SECOND
    this.table = new ConnectionTable({
      tracking: {
        ...noTracking(),
        names: ['table'],
        form: Uint8Array.of(TRACKING_FORM[form]),
        collectNs: Float64Array.of(30 * SECOND),
        timeoutsNs,
        limit: Float64Array.of(limit),
        buckets: Float64Array.of(buckets),
      },
      kind: 0,
      row: 0,
      durationNs: SECOND,
      entries: this.entries,
      owner: {
        forget: (entry) => {
          this.gone.push(this.numbers.indexOf(entry))
          this.table.remove(entry)
        },
      },
      random: new RandomStream(seed, 21, 0),
    })
  }

  /** Adds an entry if there is room; returns whether there was. */
  add(nowNs: number, { assured = false, state = TRACKED_STATE.established }: { assured?: boolean; state?: number } = {}): boolean {
    if (!this.table.makeRoom(nowNs)) return false
    const entry = this.entries.allocate(0, -1, 0, 0, 0, nowNs)
    this.entries.state[entry] = state
    this.entries.assured[entry] = Number(assured)
    this.numbers.push(entry)
    this.table.insert(entry, nowNs)
    return true
  }

  use(number: number, nowNs: number): void {
    this.entries.seenNs[this.numbers[number]!] = nowNs
  }
}

describe('netfilter’s table', () => {
  it('turns connections away when all its entries are assured', () => {
    const bench = new Bench({ form: 'netfilter', limit: 3 })
    const added = [1, 2, 3, 4, 5].map((ns) => bench.add(ns, { assured: true }))
    expect(added).toEqual([true, true, true, false, false])
    expect(bench.table).toMatchObject({ count: 3, evicted: 0 })
  })

  it('drops early what is not assured, where it finds it', () => {
    const bench = new Bench({ form: 'netfilter', limit: 100 })
    for (let ns = 0; ns < 100; ns++) bench.add(ns, { assured: ns % 2 === 0 })
    // Sixteen tuples lie in the eight buckets on average: that none of them is of an entry that may go is one in 3,000.
    expect(bench.add(200)).toBe(true)
    expect(bench.gone).toHaveLength(1)
    expect(bench.gone[0]! % 2).toBe(1)
    expect(bench.table).toMatchObject({ count: 100, evicted: 1 })
  })

  it('seldom finds anything in buckets that are nearly empty', () => {
    const tries = Array.from({ length: 200 }, (_, seed) => {
      const bench = new Bench({ form: 'netfilter', limit: 10, buckets: 1600, seed })
      for (let ns = 0; ns < 10; ns++) bench.add(ns)
      return bench.add(20)
    })
    // 16 × 10 ÷ 1600 = 0.1 tuples: 9.5 % of searches find one.
    const found = tries.filter(Boolean).length
    expect(found).toBeGreaterThan(8)
    expect(found).toBeLessThan(34)
  })

  it('collects what is over, and what closes or is not assured once it was full', () => {
    const bench = new Bench({ form: 'netfilter', limit: 4, buckets: 1e9 })
    bench.add(0, { assured: true })
    bench.add(0, { state: TRACKED_STATE.close, assured: true })
    bench.add(40 * SECOND, { state: TRACKED_STATE.timeWait, assured: true })
    expect(bench.gone).toEqual([1])
    bench.add(41 * SECOND)
    bench.add(42 * SECOND, { assured: true })
    expect(bench.add(43 * SECOND)).toBe(false)
    // The timeWait and the unassured one go: the collector stops below 95 % of the limit.
    expect(bench.add(80 * SECOND)).toBe(true)
    expect(bench.gone).toContain(0)
    expect(bench.table.count).toBeLessThan(4)
  })
})

describe('a map by recency', () => {
  it('gives up the oldest entry, and one that was used since only later', () => {
    const bench = new Bench({ form: 'recency', limit: 3 })
    for (const ns of [1, 2, 3]) bench.add(ns)
    bench.use(0, 10)
    expect([11, 12, 13].map((ns) => bench.add(ns))).toEqual([true, true, true])
    expect(bench.gone).toEqual([1, 2, 0])
    expect(bench.table).toMatchObject({ count: 3, evicted: 3 })
  })

  it('takes the next entry behind 128 that were used, so that the newest is not the one that goes', () => {
    const bench = new Bench({ form: 'recency', limit: 200 })
    for (let ns = 1; ns <= 200; ns++) bench.add(ns)
    for (let number = 0; number < 199; number++) bench.use(number, 300)
    bench.add(301)
    expect(bench.gone).toEqual([128])
  })

  it('follows its connections from half full on', () => {
    const bench = new Bench({ form: 'recency', limit: 4 })
    bench.add(1)
    bench.add(2)
    expect(bench.table.follows).toBe(false)
    bench.add(3)
    expect(bench.table.follows).toBe(true)
  })
})
