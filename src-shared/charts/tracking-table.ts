import { sampleOf } from '#shared/analysis/index'
import type { TrackingResult } from '#shared/metrics/index'

import type { ChartRun } from './chart-run'
import type { DataTable } from './data-table'

interface Row {
  readonly node: string
  readonly variant: string
  readonly table: string
  /** The same table of the same node, by seed. */
  readonly bySeed: readonly TrackingResult[]
}

/** How full nodes' tables of connections were, mean over the seeds that had any entry there; no rows where nothing is tracked. */
export function trackingTable(run: ChartRun): DataTable {
  const rows = run.variants.flatMap(({ name, result }) => rowsOf(name, result.seeds))
  const mean = (pick: (of: TrackingResult) => number): number[] => rows.map(({ bySeed }) => sampleOf(bySeed.map(pick)).mean)
  return {
    caption:
      'A row per table of connections, node and variant, over the whole run: most entries at once and how many fit (of ports: towards one destination), ' +
      'entries made, entries given up before their time, and packets that ended because there was no place; means over the seeds.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map(({ node }) => node) },
      { key: 'variant', label: 'Variant', cells: rows.map(({ variant }) => variant) },
      { key: 'table', label: 'Table', cells: rows.map(({ table }) => table) },
      { key: 'peak', label: 'Peak', cells: mean(({ peak }) => peak) },
      { key: 'limit', label: 'Fit', cells: mean(({ limit }) => limit) },
      { key: 'made', label: 'Made', cells: mean(({ made }) => made) },
      { key: 'given_up', label: 'Given up', cells: mean(({ evicted }) => evicted) },
      { key: 'refused_packets', label: 'Refused', unit: 'packets', cells: mean(({ refused }) => refused) },
      { key: 'memory_B', label: 'Memory', unit: 'B', cells: mean(({ memoryBytes }) => memoryBytes) },
    ],
  }
}

function rowsOf(variant: string, seeds: ChartRun['variants'][number]['result']['seeds']): Row[] {
  const all = seeds.flatMap(({ nodes }) => nodes.flatMap(({ name, tracking = [] }) => tracking.map((of) => ({ node: name, of }))))
  const places = new Map(all.map(({ node, of }) => [`${node}\n${of.table}`, { node, table: of.table }]))
  return [...places.values()].map(({ node, table }) => ({
    node,
    variant,
    table,
    bySeed: all.flatMap((each) => (each.node === node && each.of.table === table ? [each.of] : [])),
  }))
}
