import { RandomStream } from '#worker/engine/random'
import { NatPorts } from '#worker/engine/tracking/nat-ports'
import { describe, expect, it } from 'vitest'

const A = 1
const B = 2

function portsOf(limit: number, attempts: number, closing: readonly number[] = []) {
  const lost: number[] = []
  const ports: NatPorts = new NatPorts({
    first: 1000,
    limit,
    attempts,
    random: new RandomStream(7, 21, 0),
    holders: {
      mayLosePort: (entry) => closing.includes(entry),
      losePort: (entry) => {
        lost.push(entry)
      },
    },
  })
  return { ports, lost }
}

describe('the ports of an address', () => {
  it('are all handed out once towards each destination', () => {
    const { ports } = portsOf(50, 128)
    for (const destination of [A, B]) {
      const given = Array.from({ length: 51 }, (_, entry) => ports.choose(entry, destination, true))
      expect(given.slice(0, 50).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 1000 + i))
      expect(given[50]).toBe(-1)
    }
    expect(ports.most).toBe(50)
  })

  it('can be had again when they are given back', () => {
    const { ports } = portsOf(2, 128)
    const first = ports.choose(0, A, true)
    ports.choose(1, A, true)
    ports.release(A, first)
    expect(ports.choose(2, A, true)).toBe(first)
  })

  it('are missed when a search ends before it comes to a free one', () => {
    // One port of 10,000 is free: one round of 32 attempts finds it in 0.32 % of searches.
    const { ports } = portsOf(10_000, 10_000)
    for (let entry = 0; entry < 10_000; entry++) ports.choose(entry, A, true)
    ports.release(A, 1234)
    const short = portsOf(10_000, 32)
    for (let entry = 0; entry < 9_000; entry++) short.ports.choose(entry, A, false)
    expect(short.ports.most).toBeLessThan(9_000)
    expect(ports.choose(0, A, true)).toBe(1234)
  })

  it('are taken from closing connections by the last attempts of a round', () => {
    const closing: number[] = []
    const { ports, lost } = portsOf(20, 128, closing)
    for (let entry = 0; entry < 20; entry++) ports.choose(entry, A, true)
    expect(ports.choose(20, A, true)).toBe(-1)
    closing.push(3, 4, 5, 6, 7, 8)
    expect(ports.choose(20, A, true)).toBeGreaterThanOrEqual(1000)
    expect(lost).toHaveLength(1)
    expect(lost[0]).toBeGreaterThanOrEqual(3)
    expect(lost[0]).toBeLessThanOrEqual(8)
    expect(ports.taken).toBe(1)
  })

  it('are never taken by a search that makes no rounds', () => {
    const { ports, lost } = portsOf(20, 128, Array.from({ length: 20 }, (_, entry) => entry))
    for (let entry = 0; entry < 20; entry++) ports.choose(entry, A, false)
    expect(ports.choose(20, A, false)).toBe(-1)
    expect(lost).toEqual([])
  })
})
