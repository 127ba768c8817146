import { describe, expect, it } from 'vitest'
import type { SeedOutcome } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { ProgressSlab } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { s1, s2, s3, s4 } from '../fixture/plan/benchmark-labs'

function run(plan: RunPlan): SeedOutcome {
  const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
  return runTask({ plan, seed: 1, progress }, () => 0)
}

const goodput = ({ result }: SeedOutcome): number => result.traffic.reduce((sum, { goodputBps }) => sum + goodputBps, 0)

describe('the benchmark labs against ns-3', () => {
  it('delivers every packet of one UDP flow with a constant latency of 12,288 ns', () => {
    const { result } = run(s1())
    expect(result.packets).toEqual({ sent: 89_286, delivered: 89_286, dropped: 0, inFlight: 0 })
    expect(result.traffic[0]?.latencyNs).toMatchObject({ min: 12_288, mean: 12_288, max: 12_288 })
  })

  it('delivers 256 periodic UDP flows over a leaf-spine fabric with ns-3’s latencies', () => {
    const { result } = run(s4())
    expect(result.packets).toEqual({ sent: 571_429, delivered: 571_429, dropped: 0, inFlight: 0 })
    const latency = result.traffic.map(({ latencyNs, packetsDelivered }) => ({ ...latencyNs!, packetsDelivered }))
    const mean = latency.reduce((sum, row) => sum + row.mean * row.packetsDelivered, 0) / result.packets.delivered
    expect(mean).toBeCloseTo(25_062.013, 1)
    expect(Math.min(...latency.map(({ min }) => min))).toBe(12_288)
    expect(Math.max(...latency.map(({ max }) => max))).toBe(32_597)
  })

  it('fills a link with one TCP flow as ns-3 does', () => {
    expect(goodput(run(s2())) / 9.63e9).toBeCloseTo(1, 1)
  })

  it('carries a permutation of TCP flows over a leaf-spine fabric as ns-3 does', () => {
    expect(goodput(run(s3())) / 143e9).toBeCloseTo(1, 1)
  })
})
