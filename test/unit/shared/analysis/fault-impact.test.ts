import { describe, expect, test } from 'vitest'

import { faultCost, faultWindows } from '#shared/analysis/index'
import type { ResultFault, SeedSeries } from '#shared/metrics/index'

const BIN_NS = 10e6
const fault: ResultFault = { kind: 'link-down', title: 'Link down: a – b', atSeconds: 0.4, untilSeconds: 0.6 }

/** A second of a stream whose share of 10 kB a bin is told for each bin. */
function seriesOf(share: (bin: number) => number, drops: Readonly<Record<string, (bin: number) => number>> = {}): SeedSeries {
  const bins = (value: (bin: number) => number): Float64Array => Float64Array.from({ length: 100 }, (_, bin) => value(bin))
  return {
    binNs: BIN_NS, binCount: 100, latency: [], busyNs: [], dropped: new Float64Array(100),
    deliveredBytes: [{ name: 'bulk', bytes: bins((bin) => 10_000 * share(bin)) }],
    droppedBy: Object.entries(drops).map(([reason, value]) => ({ reason, packets: bins(value) })),
  }
}

const [whole] = faultWindows([fault], 1)
const costOf = (...series: readonly SeedSeries[]) => faultCost('calico', series, whole!, { warmupSeconds: 0.1 })

describe('the time of a fault', () => {
  test('lasts until the next begins, or the run ends', () => {
    const second = { ...fault, atSeconds: 0.7 }
    expect(faultWindows([fault, second, { ...fault, atSeconds: 2 }], 1).map(({ fromSeconds, toSeconds }) => [fromSeconds, toSeconds])).toEqual([[0.4, 0.7], [0.7, 1]])
  })

  test('is the same for faults that begin together', () => {
    expect(faultWindows([fault, fault], 1).map(({ toSeconds }) => toSeconds)).toEqual([1, 1])
  })
})

describe('what a fault costs', () => {
  test('is the time until traffic is back for good at nine tenths of what it was', () => {
    const [bulk] = costOf(seriesOf((bin) => (bin >= 40 && bin < 55 ? 0 : bin < 70 ? 1 : 0.95))).traffic
    expect(bulk).toMatchObject({ traffic: 'bulk', beforeBps: 8e6, leastBps: 0, recovered: 1, seeds: 1, windowSeconds: 0.01 })
    expect(bulk!.recoverySeconds).toBeCloseTo(0.15, 9)
  })

  test('is nothing where the traffic never fell', () => {
    expect(costOf(seriesOf(() => 1)).traffic[0]).toMatchObject({ recoverySeconds: 0, leastBps: 8e6 })
  })

  test('has no end where the traffic is not back when the run ends', () => {
    expect(costOf(seriesOf((bin) => (bin < 40 ? 1 : 0.5)), seriesOf((bin) => (bin >= 40 && bin < 50 ? 0 : 1))).traffic[0])
      .toMatchObject({ recovered: 1, seeds: 2 })
    expect(costOf(seriesOf((bin) => (bin < 40 ? 1 : 0.5))).traffic[0]!.recoverySeconds).toBeNull()
  })

  test('is told in windows in which the traffic was steady before', () => {
    // A packet every fifth bin: no bin alone says whether the traffic flows.
    const [bulk] = costOf(seriesOf((bin) => (bin % 5 === 0 && (bin < 40 || bin >= 60) ? 5 : 0))).traffic
    expect(bulk).toMatchObject({ windowSeconds: 0.05, beforeBps: 8e6 })
    expect(bulk!.recoverySeconds).toBeCloseTo(0.2, 9)
  })

  test('leaves out traffic that had not begun, and looks at what ends early until then', () => {
    expect(costOf(seriesOf((bin) => (bin < 50 ? 0 : 1))).traffic).toEqual([])
    const stopped = seriesOf((bin) => (bin < 80 ? 1 : 0))
    expect(faultCost('calico', [stopped], whole!, { warmupSeconds: 0.1, stops: { bulk: 0.8 } }).traffic[0]).toMatchObject({ recoverySeconds: 0 })
  })

  test('is the packets lost by reason, the most first, with how many were usual', () => {
    const { lost } = costOf(
      seriesOf(() => 1, { 'link-down': (bin) => (bin >= 40 && bin < 60 ? 3 : 0), 'qdisc-full': () => 1, 'no-route': (bin) => (bin < 40 ? 1 : 0) }),
      seriesOf(() => 1, { 'qdisc-full': () => 1 }),
    )
    expect(lost.map(({ reason, packets }) => [reason, packets])).toEqual([['qdisc-full', 60], ['link-down', 30]])
    expect(lost[0]!.usual).toBeCloseTo(60, 6)
    expect(lost[1]!.usual).toBe(0)
  })
})

describe('what traffic entries lost', () => {
  test('is told by reason, the most first, where it was kept', () => {
    const bins = (value: number): Float64Array => Float64Array.from({ length: 100 }, (_, bin) => (bin >= 40 && bin < 60 ? value : 0))
    const lossy = { ...seriesOf(() => 1, { 'link-down': (bin) => (bin >= 40 && bin < 60 ? 5 : 0) }), droppedOf: [
      { name: 'near', reason: 'link-down', packets: bins(1) }, { name: 'far', reason: 'link-down', packets: bins(4) }, { name: 'far', reason: 'no-route', packets: bins(2) },
    ] }
    expect(costOf(lossy).lost).toEqual([{ reason: 'link-down', packets: 100, usual: 0, of: [{ traffic: 'far', packets: 80 }, { traffic: 'near', packets: 20 }] }])
    expect(costOf(seriesOf(() => 1, { 'link-down': () => 1 })).lost[0]).not.toHaveProperty('of')
  })
})
