import { sampleOf } from '#shared/analysis/index'

import type { ChartRun } from './chart-run'
import type { DataTable } from './data-table'

/** How often nodes' rounds of polls were cut short, mean over the seeds; no rows where none was. */
export function softirqTable(run: ChartRun): DataTable {
  const rows = run.variants.flatMap(({ name: variant, result: { seeds } }) => {
    const squeezes = new Map<string, number[]>()
    for (const { nodes } of seeds) {
      for (const { name, timeSqueezes = 0 } of nodes) squeezes.set(name, [...(squeezes.get(name) ?? []), timeSqueezes])
    }
    return [...squeezes].map(([node, bySeed]) => ({ node, variant, mean: sampleOf(bySeed).mean })).filter(({ mean }) => mean > 0)
  })
  return {
    caption:
      'A row per node and variant whose cores, over the whole run, ended rounds of polling because of netdev_budget or netdev_budget_usecs while ' +
      'packets may have waited: time_squeeze, the third column of /proc/net/softnet_stat, of all cores together; means over the seeds.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map(({ node }) => node) },
      { key: 'variant', label: 'Variant', cells: rows.map(({ variant }) => variant) },
      { key: 'time_squeezes', label: 'Rounds cut short', cells: rows.map(({ mean }) => mean) },
    ],
  }
}
