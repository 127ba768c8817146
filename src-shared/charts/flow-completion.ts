import { COMPLETION_CLASSES } from '#shared/metrics/index'

import type { Chart } from './chart'
import type { ChartRun } from './chart-run'
import { figureBarsChart } from './figure-bars'

/** Whether flows of a traffic entry complete, so that {@link flowCompletionChart} has something to show. */
export function hasFlowCompletion(run: ChartRun, traffic: string): boolean {
  return run.figures.some((each) => each.subject === traffic && each.figure.id.startsWith('slowdown-'))
}

/** How much longer flows took than they must, by size: grouped bars, one per variant. The table has the times too. */
export function flowCompletionChart(run: ChartRun, traffic: string): Chart {
  return figureBarsChart(run, {
    id: `flow-completion-${traffic}`,
    title: `Flow completion: ${traffic}`,
    explanation:
      'Slowdown, log scale: the time from when a flow was due to its last byte, by the least it takes on an empty network between ' +
      'hosts that cost no time. Mean over the seeds of each seed’s percentile, after the warm-up; whiskers are 95 % intervals.',
    traffic,
    unit: 'times',
    logarithmic: true,
    categories: COMPLETION_CLASSES.flatMap(({ id, label }) => [
      { figure: `slowdown-${id}-p50` as const, label: `${label}\np50` },
      { figure: `slowdown-${id}-p99` as const, label: `${label}\np99` },
    ]),
    tabled: ({ figure }) => figure.id.startsWith('slowdown-') || figure.id.startsWith('completion-'),
    caption: 'A row per figure and variant, with the difference to the baseline paired by seed.',
  })
}
