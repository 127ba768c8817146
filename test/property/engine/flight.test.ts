import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AckSample } from '#worker/engine/transport/ack-sample'
import { Flight } from '#worker/engine/transport/flight'

const SEGMENT_BYTES = 10

const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sack' as const), at: fc.nat(1000), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), count: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose' as const), at: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sendAgain' as const), count: fc.integer({ min: 1, max: 5 }) }) },
)

/** What is known of a segment, without any counting. */
interface Naive {
  sacked: boolean
  lost: boolean
  underWayAgain: boolean
}

describe('Flight', () => {
  it('counts what is in the network as a naive scoreboard does', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 120 }), (moves) => {
        const flight = new Flight()
        flight.renew(0)
        const sample = new AckSample()
        const segments: Naive[] = []
        let first = 0
        moves.forEach((step, index) => {
          const nowNs = (index + 1) * 1000
          const open = segments.length - first
          sample.reset(first * SEGMENT_BYTES, flight.inNetwork)
          flight.beginAck()
          if (step.kind === 'send') {
            for (let i = 0; i < step.count; i++) {
              segments.push({ sacked: false, lost: false, underWayAgain: false })
              flight.send(segments.length * SEGMENT_BYTES, nowNs)
            }
          } else if (step.kind === 'sack' && open > 1) {
            const from = first + 1 + (step.at % (open - 1))
            const to = Math.min(segments.length, from + step.count)
            flight.sack(from * SEGMENT_BYTES, to * SEGMENT_BYTES, 0, 0, nowNs, sample)
            flight.remember(Float64Array.of(from * SEGMENT_BYTES, to * SEGMENT_BYTES), 1)
            for (const segment of segments.slice(from, to)) {
              if (segment.lost) segment.underWayAgain = false
              segment.lost = false
              segment.sacked = true
            }
          } else if (step.kind === 'acknowledge' && open > 0) {
            first = Math.min(segments.length, first + step.count)
            flight.acknowledge(first * SEGMENT_BYTES, -1, 0, 0, nowNs, sample)
          } else if (step.kind === 'lose' && open > 0) {
            const segment = first + (step.at % open)
            const known = segments[segment]!
            if (known.sacked || (known.lost && !known.underWayAgain)) return
            flight.lose(segment)
            known.lost = true
            known.underWayAgain = false
          } else if (step.kind === 'sendAgain') {
            for (let i = 0; i < step.count; i++) {
              const segment = flight.lostSegment()
              const expected = segments.findIndex((known, at) => at >= first && known.lost && !known.underWayAgain && !known.sacked)
              expect(segment).toBe(expected)
              if (segment < 0) break
              flight.sendAgain(segment, nowNs)
              segments[segment]!.underWayAgain = true
            }
          }
          const left = segments.slice(first)
          const count = (pick: (segment: Naive) => boolean): number => left.filter(pick).length
          expect(flight.out).toBe(left.length)
          expect(flight.sacked).toBe(count(({ sacked }) => sacked))
          expect(flight.lost).toBe(count(({ lost }) => lost))
          expect(flight.underWayAgain).toBe(count(({ underWayAgain }) => underWayAgain))
        })
      }),
      { numRuns: 300 },
    )
  })
})
