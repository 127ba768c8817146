import { describe, expect, it } from 'vitest'
import { buildImpairments, type ImpairmentRow } from '#shared/plan/index'
import { FATE, Impairments } from '#worker/engine/network/impairments'

const PACKETS = 200_000

/** One port with a row of impairments and a rate of random losses. */
function wire(row: ImpairmentRow, lossRate = 0, seed = 1): Impairments {
  const ports = { count: 1, impairment: Int32Array.of(0), lossRate: Float64Array.of(lossRate) }
  return new Impairments(ports, buildImpairments([row]), seed)
}

const fates = (impairments: Impairments, count = PACKETS): number[] => Array.from({ length: count }, () => impairments.fate(0))
const share = (drawn: readonly number[], fate: number): number => drawn.filter((each) => each === fate).length / drawn.length

/** Lengths of runs of lost packets. */
function bursts(drawn: readonly number[]): number[] {
  const lengths: number[] = []
  let run = 0
  for (const fate of [...drawn, FATE.arrives]) {
    if (fate === FATE.lost) run++
    else if (run > 0) {
      lengths.push(run)
      run = 0
    }
  }
  return lengths
}

describe('a wire', () => {
  it('that has nothing wrong is not impaired', () => {
    const ports = { count: 2, impairment: Int32Array.of(-1, -1), lossRate: Float64Array.of(0, 0.1) }
    expect([...new Impairments(ports, buildImpairments([]), 1).isImpaired]).toEqual([0, 1])
  })

  it('loses, damages and copies the shares it is told to', () => {
    const drawn = fates(wire({ corruptRate: 0.02, duplicateRate: 0.05 }, 0.1))
    expect(share(drawn, FATE.lost)).toBeCloseTo(0.1, 2)
    expect(share(drawn, FATE.damaged)).toBeCloseTo(0.9 * 0.02, 2)
    expect(share(drawn, FATE.copied)).toBeCloseTo(0.9 * 0.98 * 0.05, 2)
  })

  it('loses in bursts: their share and mean length are those of Gilbert’s model', () => {
    const drawn = fates(wire({ burstBegin: 0.01, burstEnd: 0.2, burstLoss: 1 }))
    const lengths = bursts(drawn)
    expect(share(drawn, FATE.lost)).toBeCloseTo(0.01 / 0.21, 2)
    expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length / 5).toBeCloseTo(1, 1)
  })

  it('draws each impairment from a stream of its own: one more does not change the others', () => {
    const plain = fates(wire({ corruptRate: 0.1 }), 1000)
    const both = fates(wire({ corruptRate: 0.1, duplicateRate: 0.3, jitterNs: 50 }), 1000)
    expect(both.map((fate) => fate === FATE.damaged)).toEqual(plain.map((fate) => fate === FATE.damaged))
  })

  it('spreads arrivals evenly over the jitter and keeps their order', () => {
    const impairments = wire({ jitterNs: 1000 })
    const late = Array.from({ length: 1000 }, (_, i) => impairments.arrivalNs(0, i * 10_000) - i * 10_000)
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...late)).toBeLessThanOrEqual(1000)
    expect(late.reduce((sum, each) => sum + each, 0) / late.length / 500).toBeCloseTo(1, 1)
    const close = Array.from({ length: 1000 }, (_, i) => impairments.arrivalNs(0, 1e8 + i))
    expect(close).toEqual([...close].sort((a, b) => a - b))
  })

  it('lets jitter reorder only where told to', () => {
    const impairments = wire({ jitterNs: 1000, jitterReorders: 1 })
    const arrivals = Array.from({ length: 100 }, (_, i) => impairments.arrivalNs(0, i))
    expect(arrivals).not.toEqual([...arrivals].sort((a, b) => a - b))
  })

  it('holds back the share of packets that is to be overtaken', () => {
    const impairments = wire({ reorderRate: 0.25, reorderDelayNs: 5000 })
    const held = Array.from({ length: PACKETS }, (_, i) => impairments.arrivalNs(0, i)).filter((at, i) => at === i + 5000)
    expect(held.length / PACKETS).toBeCloseTo(0.25, 2)
  })
})
