import { humanCount } from '#shared/analysis/index'
import type { TrackingResult, VariantResult } from '#shared/metrics/index'

import { type TextColumn, textTable } from './text-table'

/** Share of a table from which on it is worth a line. */
const HALF = 0.5

/** A row for each table of connections that was half full or turned something away, of the first seed; empty where none was. */
export function trackingText(variants: readonly VariantResult[]): string {
  const rows = variants.flatMap(({ name, seeds: [first] }) =>
    (first?.nodes ?? []).flatMap((node) =>
      (node.tracking ?? []).filter(isTelling).map(({ table, peak, limit, evicted, refused }) => [
        name, node.name, table, ...[peak, limit, evicted, refused].map(humanCount),
      ]),
    ),
  )
  if (rows.length === 0) return ''
  const columns: TextColumn[] = [
    ...['variant', 'node', 'table'].map((heading): TextColumn => ({ heading, align: 'left' })),
    ...['peak', 'fit', 'given up', 'packets refused'].map((heading): TextColumn => ({ heading, align: 'right' })),
  ]
  return textTable(columns, rows)
}

function isTelling({ peak, limit, evicted, refused }: TrackingResult): boolean {
  return peak >= limit * HALF || evicted > 0 || refused > 0
}
