import { describe, expect, it } from 'vitest'

import { summarise } from '#main/analysis/summarise'
import type { SeedResult, TrafficResult } from '#shared/metrics/index'

import { fakeRun } from '../../fixture/fake-run'

const template = fakeRun({ seeds: 1 }).result.variants[0]!.seeds[0]!

function seedWith(seed: number, traffic: Partial<TrafficResult>): SeedResult {
  return { ...template, seed, traffic: [{ ...template.traffic[0]!, ...traffic }] }
}

describe('summarise', () => {
  it("gives the mean and the half-width of Student's interval over the seeds", () => {
    const summary = summarise([10, 12, 14].map((goodputBps, seed) => seedWith(seed, { goodputBps })))
    const { mean, ci95 } = summary['bulk']!['goodputBps']!
    expect(mean).toBe(12)
    // t(0.975, 2) = 4.303; s = 2; 4.303 × 2 / √3
    expect(ci95).toBeCloseTo(4.969, 3)
  })

  it('has no interval for a single seed', () => {
    expect(summarise([seedWith(1, { goodputBps: 7 })])['bulk']!['goodputBps']).toEqual({ mean: 7, ci95: 0 })
  })

  it('names metrics by the path of their field, and only those that were measured', () => {
    const streams = summarise([template])['bulk']!
    const transactions = summarise([template])['ping']!
    expect(Object.keys(streams)).not.toContain('transactionsPerSecond')
    expect(Object.keys(transactions)).toEqual([
      'goodputBps', 'packetsSent', 'packetsDelivered', 'transactionsPerSecond', 'retransmits',
      'latencyNs.min', 'latencyNs.mean', 'latencyNs.p50', 'latencyNs.p90', 'latencyNs.p99', 'latencyNs.p999', 'latencyNs.max',
    ])
  })

  it('summarises a metric over the seeds that have it', () => {
    const { latencyNs, ...silent } = template.traffic[0]!
    const summary = summarise([seedWith(1, { latencyNs }), { ...template, seed: 2, traffic: [silent] }])
    expect(summary['bulk']!['latencyNs.p50']).toEqual({ mean: latencyNs!.p50, ci95: 0 })
  })
})
