import type { CellContent, ComparisonCell } from './cell'
import { comparedVariants, type Compared, type ComparedVariant } from './compared'
import { complexityCell } from './rows/complexity'
import { infrastructureCell } from './rows/infrastructure'
import { performanceCell } from './rows/performance'
import { protocolsCell } from './rows/protocols'
import { resourcesCell } from './rows/resources'
import { scalabilityCell } from './rows/scalability'
import { securityCell } from './rows/security'

/** A row of the comparison: a cell for each variant. */
export interface ComparisonRow {
  readonly id: RowId
  readonly title: string
  /** One sentence: what its cells are computed from. */
  readonly computed: string
  readonly cells: readonly ComparisonCell[]
}

interface RowKind {
  readonly title: string
  readonly computed: string
  readonly cell: (variant: ComparedVariant, compared: Compared) => CellContent
}

/** The seven rows in their order. */
const ROWS = {
  infrastructure: {
    title: 'Infrastructure',
    computed: 'Devices and stages that a connection’s first packet goes through, and routes at the run’s end by who wrote them.',
    cell: infrastructureCell,
  },
  protocols: {
    title: 'Network protocols',
    computed: 'Headers of that packet’s frame as it leaves its node, and messages of the control plane until the run’s end.',
    cell: protocolsCell,
  },
  performance: {
    title: 'Performance',
    computed: 'Means over the seeds of what the run measured after its warm-up; in brackets the change against the baseline.',
    cell: performanceCell,
  },
  scalability: {
    title: 'Scalability',
    computed: 'Clusters of 10, 100 and 1,000 nodes with the variant’s design that start all at once, and 10, 100 and 1,000 services of two endpoints on 100 nodes.',
    cell: scalabilityCell,
  },
  security: {
    title: 'Security',
    computed: 'The lab’s policies as the variant’s plugin reads them, the rule that decided about a packet and where, and what the wire shows.',
    cell: securityCell,
  },
  complexity: {
    title: 'Complexity',
    computed: 'Daemons and tables of the node with most routes at the run’s end, and kinds of devices on packets’ ways.',
    cell: complexityCell,
  },
  resources: {
    title: 'Resource consumption',
    computed: 'Mean busy cores of all nodes after the warm-up, and memory of the fullest node: agents as measured elsewhere, tables by their entries.',
    cell: resourcesCell,
  },
} as const satisfies Readonly<Record<string, RowKind>>

/** A row by its name. */
export type RowId = keyof typeof ROWS

/** The comparison of a run's variants in seven rows. */
export function sevenRows(compared: Compared): ComparisonRow[] {
  const variants = comparedVariants(compared)
  return Object.entries(ROWS).map(([id, { title, computed, cell }]) => ({
    id: id as RowId,
    title,
    computed,
    cells: variants.map((variant) => ({ variant: variant.name, ...cell(variant, compared) })),
  }))
}
