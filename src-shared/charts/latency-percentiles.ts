import type { Chart } from './chart'
import type { ChartRun } from './chart-run'
import { figureBarsChart } from './figure-bars'

/** Percentiles of a traffic entry's latencies: grouped bars, one per variant, with 95 % intervals over the seeds. */
export function latencyPercentilesChart(run: ChartRun, traffic: string): Chart {
  return figureBarsChart(run, {
    id: `latency-percentiles-${traffic}`,
    title: `Latency percentiles: ${traffic}`,
    explanation:
      'Mean over the seeds of each seed’s percentile, after the warm-up; whiskers are 95 % intervals (Student’s t). ' +
      'One way for streams, the whole transaction for request–response.',
    traffic,
    unit: 'ns',
    categories: [
      { figure: 'latency-p50', label: 'p50' },
      { figure: 'latency-p90', label: 'p90' },
      { figure: 'latency-p99', label: 'p99' },
      { figure: 'latency-p999', label: 'p99.9' },
    ],
    tabled: ({ figure }) => figure.id.startsWith('latency-'),
    caption: 'A row per percentile and variant, with the difference to the baseline paired by seed.',
  })
}
