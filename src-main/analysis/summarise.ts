import { sampleOf } from '#shared/analysis/index'
import type { Estimate, LatencySummary, SeedResult, TrafficResult, VariantResult } from '#shared/metrics/index'

const latencyFigures = ['min', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const satisfies (keyof LatencySummary)[]

/**
 * The summary of a variant: traffic name → metric → mean and half-width of the 95 % interval over the seeds, 0 for a
 * single seed. Metrics are named by the path of the field they summarise: `goodputBps`, `latencyNs.p99`. One that is
 * absent in some seeds is summarised over the others.
 */
export function summarise(seeds: readonly SeedResult[]): VariantResult['summary'] {
  const values = new Map<string, Map<string, number[]>>()
  for (const traffic of seeds.flatMap((seed) => seed.traffic)) {
    const metrics = values.get(traffic.name) ?? new Map<string, number[]>()
    values.set(traffic.name, metrics)
    for (const [metric, value] of metricsOf(traffic)) {
      const observed = metrics.get(metric)
      if (observed) observed.push(value)
      else metrics.set(metric, [value])
    }
  }
  const estimates = (metrics: Map<string, number[]>): Record<string, Estimate> =>
    Object.fromEntries([...metrics].map(([metric, observed]) => [metric, estimateOf(observed)]))
  return Object.fromEntries([...values].map(([traffic, metrics]) => [traffic, estimates(metrics)]))
}

function metricsOf(traffic: TrafficResult): (readonly [metric: string, value: number])[] {
  const { goodputBps, packetsSent, packetsDelivered, transactionsPerSecond, retransmits, latencyNs, flowCompletion = [] } = traffic
  const metrics: (readonly [string, number])[] = [
    ['goodputBps', goodputBps],
    ['packetsSent', packetsSent],
    ['packetsDelivered', packetsDelivered],
  ]
  if (transactionsPerSecond !== undefined) metrics.push(['transactionsPerSecond', transactionsPerSecond])
  if (retransmits !== undefined) metrics.push(['retransmits', retransmits])
  if (latencyNs) for (const figure of latencyFigures) metrics.push([`latencyNs.${figure}`, latencyNs[figure]])
  for (const { class: of, meanNs, p99Ns, slowdown } of flowCompletion) {
    metrics.push([`flowCompletion.${of}.meanNs`, meanNs], [`flowCompletion.${of}.p99Ns`, p99Ns])
    if (slowdown) metrics.push([`flowCompletion.${of}.slowdown.p50`, slowdown.p50], [`flowCompletion.${of}.slowdown.p99`, slowdown.p99])
  }
  return metrics
}

function estimateOf(values: readonly number[]): Estimate {
  const { mean, ci95 } = sampleOf(values)
  return { mean, ci95: ci95 ?? 0 }
}
