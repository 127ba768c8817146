import { describe, expect, it } from 'vitest'
import { DISCIPLINE } from '#shared/plan/index'
import { QueueBench, type Given } from './queue-bench'

const MS = 1_000_000
const CAPABLE = 2
const MARKED = 3
const codel = { kind: DISCIPLINE.codel, targetNs: 5 * MS, intervalNs: 100 * MS }
const fqCodel = { ...codel, kind: DISCIPLINE.fqCodel, flows: 16, quantumBytes: 1514, ecn: 1 }
const fq = { kind: DISCIPLINE.fq, flows: 16, quantumBytes: 3028, flowLimit: 100 }

/** Numbers of the packets that come out now, at most `count`. */
const flows = (bench: QueueBench, nowNs: number, count = Infinity): number[] => {
  const taken: number[] = []
  for (let next = bench.take(nowNs); next !== undefined; next = bench.take(nowNs)) {
    taken.push(next.flow)
    if (taken.length === count) break
  }
  return taken
}

const fill = (bench: QueueBench, count: number, given: Given, nowNs = 0): void => {
  for (let i = 0; i < count; i++) bench.put(given, nowNs)
}

describe('pfifo_fast', () => {
  it('serves low delay before best effort before bulk, by the kernel’s table of the type of service', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.pfifoFast })
    // AF11 (0x28) is bulk, best effort 0, AF12 (0x30) interactive, EF (0xb8) in the middle: ip_tos2prio reads bits 1–4.
    for (const [flow, serviceType] of [0x28, 0, 0x30, 0xb8].entries()) bench.put({ flow, serviceType }, 0)
    expect(flows(bench, 0)).toEqual([2, 1, 3, 0])
  })

  it('drops what does not fit in its limit of packets', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.pfifoFast }, { limitPackets: 2 })
    fill(bench, 3, {})
    expect(bench.drops).toEqual([{ packet: 2, why: 'full' }])
  })
})

describe('prio', () => {
  it('serves classes by their selector, the highest first', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.prio })
    for (const [flow, serviceType] of [0, 0x28, 0xb8, 0xe0].entries()) bench.put({ flow, serviceType }, 0)
    expect(flows(bench, 0)).toEqual([3, 2, 1, 0])
  })
})

describe('a threshold', () => {
  it('marks what finds more than the threshold waiting, and only what knows marks', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.threshold, thresholdBytes: 2500 })
    fill(bench, 4, { ecn: CAPABLE })
    fill(bench, 1, {})
    const codepoints = Array.from({ length: 5 }, () => bench.take(0)!.ecn)
    expect(codepoints).toEqual([CAPABLE, CAPABLE, CAPABLE, MARKED, 0])
    expect(bench.drops).toEqual([])
  })
})

describe('RED', () => {
  const red = { kind: DISCIPLINE.red, minBytes: 30_000, maxBytes: 90_000, probability: 0.1, weight: 1 }

  it('drops nothing below its minimum, everything from its maximum on', () => {
    const bench = new QueueBench(red)
    fill(bench, 30, {})
    expect(bench.drops).toEqual([])
    const certain = new QueueBench({ ...red, minBytes: 1000, maxBytes: 2000 })
    fill(certain, 10, {})
    expect(certain.queues.room.packets[0]).toBe(2)
  })

  it('drops the share between them that the mean length says, at even gaps', () => {
    const bench = new QueueBench(red)
    fill(bench, 60, {})
    const before = bench.drops.length
    let dropped = 0
    const rounds = 20_000
    for (let i = 0; i < rounds; i++) {
      bench.put({}, 0)
      if (bench.drops.length > before + dropped) dropped++
      else bench.take(0)
    }
    // Queue of 60 packets less the early drops: the mean is about (60 − before) kB. Gaps are uniform on 1 … 1/p, so that
    // the share is 2p / (1 + p) (Floyd and Jacobson, section 7).
    const p = (0.1 * (60 - before - 30)) / 60
    expect(dropped / rounds).toBeGreaterThan((2 * p * 0.9) / (1 + p))
    expect(dropped / rounds).toBeLessThan((2 * p * 1.1) / (1 + p))
  })

  it('marks instead of dropping where it may', () => {
    const bench = new QueueBench({ ...red, minBytes: 1000, maxBytes: 2000, ecn: 1 })
    fill(bench, 10, { ecn: CAPABLE })
    expect(bench.drops).toEqual([])
    expect(Array.from({ length: 10 }, () => bench.take(0)!.ecn).filter((ecn) => ecn === MARKED)).toHaveLength(8)
  })

  it('forgets its mean in the time that small packets would have taken to leave', () => {
    const slow = { ...red, weight: 0.5 }
    const bench = new QueueBench(slow)
    fill(bench, 80, {})
    const lost = bench.drops.length
    flows(bench, 0)
    // 1000 bytes take 800 ns: after 20 of them the mean is a millionth of what it was.
    fill(bench, 30, {}, 20 * 800)
    expect(lost).toBeGreaterThan(0)
    expect(bench.drops).toHaveLength(lost)
  })
})

describe('CoDel', () => {
  /** A queue that stays 20 ms long: a packet in and one out each 0.1 ms. */
  const standing = (row: typeof codel & { ecn?: number }, durationMs: number, given: Given = {}): { bench: QueueBench; dropTimes: number[] } => {
    const bench = new QueueBench(row)
    const dropTimes: number[] = []
    for (let step = 0; step < durationMs * 10; step++) {
      const nowNs = step * 100_000
      bench.put(given, nowNs)
      const before = bench.drops.length
      if (step >= 200) bench.take(nowNs)
      for (let i = before; i < bench.drops.length; i++) dropTimes.push(nowNs / MS)
    }
    return { bench, dropTimes }
  }

  it('lets a queue be for an interval, then drops at the pace of its control law', () => {
    const { dropTimes } = standing(codel, 400)
    // Waiting begins to count at 20 ms; the first drop comes an interval later, the next ones 100/√1, 100/√2, … ms after.
    const expected = [120.1, 220.1, 290.9, 348.6, 398.6]
    expect(dropTimes).toHaveLength(expected.length)
    dropTimes.forEach((at, i) => expect(Math.abs(at - expected[i]!)).toBeLessThan(0.3))
  })

  it('marks at the same pace where it may', () => {
    const { bench, dropTimes } = standing({ ...codel, ecn: 1 }, 400, { ecn: CAPABLE })
    expect(dropTimes).toEqual([])
    expect(bench.queues.room.packets[0]).toBe(200)
  })

  it('drops nothing while packets wait less than the target', () => {
    const bench = new QueueBench(codel)
    for (let step = 0; step < 10_000; step++) {
      bench.put({}, step * 100_000)
      if (step >= 40) bench.take(step * 100_000)
    }
    expect(bench.drops).toEqual([])
  })
})

describe('FQ-CoDel', () => {
  it('serves flows in turns of a quantum, whatever each has waiting', () => {
    const bench = new QueueBench(fqCodel)
    fill(bench, 30, { flow: 1, bytes: 1514 })
    fill(bench, 10, { flow: 2, bytes: 757 })
    const taken = flows(bench, 0, 15)
    expect(taken.filter((flow) => flow === 1)).toHaveLength(5)
    expect(taken.filter((flow) => flow === 2)).toHaveLength(10)
  })

  it('serves a flow that comes anew before those that wait', () => {
    const bench = new QueueBench(fqCodel)
    fill(bench, 5, { flow: 1, bytes: 1514 })
    fill(bench, 5, { flow: 2, bytes: 1514 })
    flows(bench, 0, 2)
    bench.put({ flow: 3, bytes: 100 }, 0)
    expect(bench.take(0)!.flow).toBe(3)
  })

  it('makes room by dropping from the head of the fattest flow', () => {
    const bench = new QueueBench(fqCodel, { limitPackets: 20 })
    fill(bench, 18, { flow: 1 })
    fill(bench, 3, { flow: 2 })
    expect(bench.drops.length).toBe(9)
    expect(bench.drops.every(({ packet }) => packet < 9)).toBe(true)
  })
})

describe('fq', () => {
  it('lets a flow have no more than its limit waiting', () => {
    const bench = new QueueBench(fq)
    fill(bench, 101, { flow: 1 })
    fill(bench, 1, { flow: 2 })
    expect(bench.drops).toEqual([{ packet: 100, why: 'flowLimit' }])
  })

  it('holds a packet back until its time of departure, and others go meanwhile', () => {
    const bench = new QueueBench(fq)
    bench.put({ flow: 1, departNs: 500 }, 0)
    bench.put({ flow: 2 }, 0)
    expect(flows(bench, 0)).toEqual([2])
    expect(bench.held.map(({ untilNs }) => untilNs)).toEqual([500])
    bench.release(0)
    expect(flows(bench, 500)).toEqual([1])
  })

  it('spaces the packets of a flow by its most allowed rate', () => {
    const bench = new QueueBench({ ...fq, maxRateBps: 8e9 })
    fill(bench, 3, { flow: 1, bytes: 1000 })
    expect(flows(bench, 0)).toEqual([1])
    expect(bench.held[0]!.untilNs).toBe(1000)
    bench.release(0)
    expect(flows(bench, 1000)).toEqual([1])
    expect(bench.held[1]!.untilNs).toBe(2000)
  })

  it('gives a new flow five quanta before its turn ends', () => {
    const bench = new QueueBench(fq)
    fill(bench, 40, { flow: 1, bytes: 1514 })
    fill(bench, 40, { flow: 2, bytes: 1514 })
    expect(flows(bench, 0, 24)).toEqual([...Array<number>(10).fill(1), ...Array<number>(10).fill(2), 1, 1, 2, 2])
  })
})

describe('memory that ports share', () => {
  it('gives a single busy port alpha / (1 + alpha) of it', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.droptail }, { queues: 2, memory: { bytes: 100_000, alpha: 1 } })
    fill(bench, 100, {})
    expect(bench.queues.room.bytes[0]).toBe(50_000)
  })

  it('gives n busy ports alpha / (1 + n alpha) each', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.droptail }, { queues: 3, memory: { bytes: 700_000, alpha: 2 } })
    for (let i = 0; i < 1000; i++) for (let queue = 0; queue < 3; queue++) bench.put({}, 0, queue)
    for (let queue = 0; queue < 3; queue++) expect(Math.abs(bench.queues.room.bytes[queue]! - 200_000)).toBeLessThanOrEqual(2000)
  })

  it('never holds more than there is', () => {
    const bench = new QueueBench({ kind: DISCIPLINE.droptail }, { queues: 4, memory: { bytes: 10_500, alpha: 8 } })
    for (let i = 0; i < 100; i++) for (let queue = 0; queue < 4; queue++) bench.put({}, 0, queue)
    expect(bench.queues.room.bytes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(10_500)
  })
})
