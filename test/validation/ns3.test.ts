import { describe, expect, it } from 'vitest'
import type { SeedOutcome, SeedResult } from '#shared/metrics/index'
import { ProgressSlab } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { benchmarkLab, type BenchmarkName } from '#main/simulation/bench/index'

function run(name: BenchmarkName): SeedOutcome {
  const { plan } = benchmarkLab(name)
  const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
  return runTask({ plan, seed: 1, progress }, () => 0)
}

function meanLatency({ traffic, packets }: SeedResult): number {
  return traffic.reduce((sum, { latencyNs, packetsDelivered }) => sum + latencyNs!.mean * packetsDelivered, 0) / packets.delivered
}

const goodput = ({ result }: SeedOutcome): number => result.traffic.reduce((sum, { goodputBps }) => sum + goodputBps, 0)

describe('the benchmark labs against ns-3', () => {
  it('delivers every packet of one UDP flow with a constant latency of 12,288 ns', () => {
    const { result } = run('s1')
    expect(result.packets).toEqual({ sent: 89_286, delivered: 89_286, dropped: 0, inFlight: 0 })
    expect(result.traffic[0]?.latencyNs).toMatchObject({ min: 12_288, mean: 12_288, max: 12_288 })
  })

  it('delivers 256 periodic UDP flows over a leaf-spine fabric with ns-3’s latencies', () => {
    const { result } = run('s4')
    expect(result.packets).toEqual({ sent: 571_429, delivered: 571_429, dropped: 0, inFlight: 0 })
    expect(Math.abs(meanLatency(result) - 25_062.013)).toBeLessThan(0.05)
    const latency = result.traffic.map(({ latencyNs }) => latencyNs!)
    expect(Math.min(...latency.map(({ min }) => min))).toBe(12_288)
    expect(Math.max(...latency.map(({ max }) => max))).toBe(32_597)
  })

  it('queues 256 Poisson flows as ns-3 does', () => {
    const { result } = run('s4p')
    expect(result.packets).toEqual({ sent: 571_856, delivered: 571_856, dropped: 0, inFlight: 0 })
    expect(Math.abs(meanLatency(result) - 23_848.03)).toBeLessThan(0.05)
  })

  it('fills a link with one TCP flow as ns-3 does', () => {
    expect(Math.abs(goodput(run('s2')) / 9.63e9 - 1)).toBeLessThan(0.02)
  })

  it('carries a permutation of TCP flows over a leaf-spine fabric as ns-3 does', () => {
    expect(Math.abs(goodput(run('s3')) / 143e9 - 1)).toBeLessThan(0.05)
  })
})
