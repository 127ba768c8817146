import { namedLinks, sampleOf } from '#shared/analysis/index'
import { DROP_REASONS, dropCounter, type CountingDataPlane, type DropReason } from '#shared/plan/index'

import type { ChartRun } from './chart-run'
import type { DataTable } from './data-table'

interface Row {
  readonly variant: string
  readonly name: string
  readonly means: readonly number[]
}

/** Mean over a variant's seeds of what `listOf` tells of each name. */
function rowsOf(
  run: ChartRun,
  listOf: (seed: ChartRun['result']['variants'][number]['seeds'][number]) => readonly (readonly [string, readonly number[]])[],
): Row[] {
  return run.variants.flatMap((variant) => {
    const byName = new Map<string, (readonly number[])[]>()
    for (const seed of variant.result.seeds) {
      for (const [name, values] of listOf(seed)) byName.set(name, [...(byName.get(name) ?? []), values])
    }
    return [...byName].map(([name, all]) => ({
      variant: variant.name,
      name,
      means: all[0]!.map((_, place) => sampleOf(all.map((values) => values[place]!)).mean),
    }))
  })
}

/** Use and losses of each direction of each link, mean over the seeds. */
export function linkTable(run: ChartRun): DataTable {
  const rows = rowsOf(run, (seed) => namedLinks(seed.links).map(([name, { utilisation, drops }]) => [name, [utilisation, drops]]))
  return {
    caption: 'A row per direction of a link and variant: share of the measured time that the wire was busy, and packets lost there in the whole run; means over the seeds.',
    columns: [
      { key: 'link', label: 'Link', cells: rows.map((row) => row.name) },
      { key: 'variant', label: 'Variant', cells: rows.map((row) => row.variant) },
      { key: 'utilisation_share', label: 'Busy', unit: 'share', cells: rows.map((row) => row.means[0]!) },
      { key: 'drops_packets', label: 'Drops', unit: 'packets', cells: rows.map((row) => row.means[1]!) },
    ],
  }
}

/** Where a real node or switch counts a reason; null for one of a run of another version. */
function counterOf(reason: string, dataPlane: CountingDataPlane | undefined): string | null {
  return DROP_REASONS.some((known) => known === reason) ? dropCounter(reason as DropReason, dataPlane) : null
}

/** Where packets ended without being delivered, mean over the seeds. */
export function dropTable(run: ChartRun): DataTable {
  const dataPlanes = new Map(run.variants.map(({ name, result }) => [name, result.dataPlane]))
  const rows = rowsOf(run, (seed) => Object.entries(seed.drops).map(([reason, count]) => [reason, [count, count / Math.max(1, seed.packets.sent)]]))
  return {
    caption: 'A row per reason and variant: IP packets dropped in the whole run, their share of those sent, and the counter that shows them on a real node or switch; means over the seeds.',
    columns: [
      { key: 'reason', label: 'Reason', cells: rows.map((row) => row.name) },
      { key: 'variant', label: 'Variant', cells: rows.map((row) => row.variant) },
      { key: 'drops_packets', label: 'Drops', unit: 'packets', cells: rows.map((row) => row.means[0]!) },
      { key: 'drops_share', label: 'Of packets sent', unit: 'share', cells: rows.map((row) => row.means[1]!) },
      { key: 'counter', label: 'Where a node counts it', cells: rows.map((row) => counterOf(row.name, dataPlanes.get(row.variant))) },
    ],
  }
}
