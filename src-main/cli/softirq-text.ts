import { humanCount } from '#shared/analysis/index'
import type { VariantResult } from '#shared/metrics/index'

import { left, right, textTable } from './text-table'

/** A row for each node whose cores cut rounds of polling short, of the first seed; empty where none did. */
export function softirqText(variants: readonly VariantResult[]): string {
  const rows = variants.flatMap(({ name, seeds: [first] }) =>
    (first?.nodes ?? []).flatMap((node) => (node.timeSqueezes === undefined ? [] : [[name, node.name, humanCount(node.timeSqueezes)]])),
  )
  if (rows.length === 0) return ''
  return textTable([left('variant'), left('node'), right('time_squeeze')], rows)
}
