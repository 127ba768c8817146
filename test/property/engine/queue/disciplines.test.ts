import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DISCIPLINE, type DisciplineRow } from '#shared/plan/index'
import { QueueBench } from '../../../unit/worker/engine/queue/queue-bench'

const aqm = { targetNs: 2000, intervalNs: 20_000, quantumBytes: 1500, flows: 4, flowLimit: 5 }
const rows: DisciplineRow[] = [
  { kind: DISCIPLINE.pfifoFast },
  { kind: DISCIPLINE.prio },
  { kind: DISCIPLINE.red, minBytes: 2000, maxBytes: 8000, probability: 0.3, weight: 0.2 },
  { kind: DISCIPLINE.red, minBytes: 2000, maxBytes: 8000, probability: 0.3, weight: 0.2, ecn: 1 },
  { kind: DISCIPLINE.threshold, thresholdBytes: 3000 },
  { kind: DISCIPLINE.codel, ...aqm },
  { kind: DISCIPLINE.codel, ...aqm, ecn: 1 },
  { kind: DISCIPLINE.fqCodel, ...aqm },
  { kind: DISCIPLINE.fqCodel, ...aqm, ecn: 1 },
  { kind: DISCIPLINE.fq, ...aqm },
  { kind: DISCIPLINE.fq, ...aqm, maxRateBps: 4e9 },
]

const step = fc.record({
  puts: fc.boolean(),
  queue: fc.nat(1),
  flow: fc.nat(6),
  bytes: fc.integer({ min: 40, max: 1500 }),
  ecn: fc.constantFrom(0, 2),
  serviceType: fc.nat(255),
  waitNs: fc.nat(3000),
})

describe('every discipline', () => {
  it('gives back or drops each packet exactly once, in the order of its flow, and none is left when it runs dry', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        fc.record({ limitPackets: fc.nat(20), limitBytes: fc.nat(20_000) }),
        fc.array(step, { maxLength: 200 }),
        (row, limits, steps) => {
          const bench = new QueueBench(row, { queues: 2, ...limits })
          const out: number[] = []
          const lastOfFlow = new Map<string, number>()
          let put = 0
          let nowNs = 0
          let released = 0
          const take = (queue: number): boolean => {
            for (; released < bench.held.length && bench.held[released]!.untilNs <= nowNs; released++) bench.release(released)
            const taken = bench.take(nowNs, queue)
            if (taken === undefined) return false
            out.push(taken.number)
            if (row.kind === DISCIPLINE.pfifoFast || row.kind === DISCIPLINE.prio) return true
            const key = `${queue} ${taken.flow}`
            expect(taken.number).toBeGreaterThan(lastOfFlow.get(key) ?? -1)
            lastOfFlow.set(key, taken.number)
            return true
          }
          for (const { puts, queue, waitNs, ...given } of steps) {
            nowNs += waitNs
            if (puts) {
              bench.put(given, nowNs, queue)
              put++
            } else take(queue)
          }
          nowNs += 1e9
          for (const queue of [0, 1]) {
            while (take(queue) || bench.held.length > released) nowNs += 1e6
            expect(bench.queues.room.packets[queue]).toBe(0)
            expect(bench.queues.room.bytes[queue]).toBe(0)
          }
          const ends = [...out, ...bench.drops.map(({ packet }) => packet)].sort((a, b) => a - b)
          expect(ends).toEqual(Array.from({ length: put }, (_, number) => number))
          expect(bench.pool.alive).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })
})
