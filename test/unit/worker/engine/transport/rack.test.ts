import { describe, expect, it } from 'vitest'
import { AckSample } from '#worker/engine/transport/ack-sample'
import { Flight } from '#worker/engine/transport/flight'

const MS = 1_000_000
const RTT_NS = 10 * MS

/** Five segments of 100 bytes, a millisecond apart; those numbered have arrived a round trip after they were sent. */
function flightWhere(arrived: readonly number[]): Flight {
  const flight = new Flight()
  flight.renew(0)
  for (let segment = 0; segment < 5; segment++) flight.send((segment + 1) * 100, segment * MS)
  const sample = new AckSample()
  for (const segment of arrived) {
    flight.beginAck()
    flight.sack(segment * 100, segment * 100 + 100, RTT_NS, 0, segment * MS + RTT_NS, sample)
  }
  return flight
}

describe('RACK', () => {
  it('takes a segment to be lost when a later one has arrived and the reordering window has passed', () => {
    const flight = flightWhere([2])
    const waitNs = flight.rack.detect(flight, 3 * MS, 2 * MS + RTT_NS)
    expect(flight.lost).toBe(0)
    expect(waitNs).toBe(2 * MS)
    flight.rack.detect(flight, 3 * MS, 3 * MS + RTT_NS)
    expect(flight.lost).toBe(1)
    expect(flight.lostSegment()).toBe(0)
  })

  it('does not doubt segments sent after the latest that has arrived', () => {
    const flight = flightWhere([2])
    flight.rack.detect(flight, 0, 100 * MS)
    expect(flight.lost).toBe(2)
  })

  it('finds a lost retransmission by a segment that was sent after it', () => {
    const flight = flightWhere([1])
    flight.rack.detect(flight, 0, MS + RTT_NS)
    expect(flight.lostSegment()).toBe(0)
    flight.sendAgain(0, 12 * MS)
    expect(flight.lostSegment()).toBe(-1)
    flight.send(600, 13 * MS)
    flight.beginAck()
    flight.sack(500, 600, RTT_NS, 0, 13 * MS + RTT_NS, new AckSample())
    flight.rack.detect(flight, 0, 13 * MS + RTT_NS)
    expect(flight.lostSegment()).toBe(0)
  })

  it('waits a quarter of the least round trip, not at all in a recovery where nothing was reordered yet', () => {
    const { rack } = flightWhere([])
    expect(rack.windowNs(0, false, 8 * MS, 20 * MS)).toBe(2 * MS)
    expect(rack.windowNs(0, true, 8 * MS, 20 * MS)).toBe(0)
    expect(rack.windowNs(3, false, 8 * MS, 20 * MS)).toBe(0)
    rack.noteReordering(100, 500, 100)
    expect(rack.windowNs(3, true, 8 * MS, 20 * MS)).toBe(2 * MS)
    expect(rack.reordering).toBe(4)
  })

  it('waits longer after data that arrived twice, once a round trip', () => {
    const { rack } = flightWhere([])
    rack.noteReordering(100, 300, 100)
    rack.noteDuplicate()
    rack.adapt(10, 20)
    expect(rack.windowNs(0, false, 8 * MS, 20 * MS)).toBe(4 * MS)
    rack.noteDuplicate()
    rack.adapt(15, 25)
    expect(rack.windowNs(0, false, 8 * MS, 20 * MS)).toBe(4 * MS)
    rack.noteDuplicate()
    rack.adapt(20, 30)
    expect(rack.windowNs(0, false, 8 * MS, 20 * MS)).toBe(6 * MS)
  })
})
