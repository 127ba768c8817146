import { countScale, stackedRowsChart, type Chart, type DataTable } from '#shared/charts/index'
import type { RecordedNode, RecordedRange } from '#shared/contract/control-plane'

/** Nodes that are charted; the table has all. */
const MOST_CHARTED = 40

/** Addresses of a range that nobody has. */
export function freeOf({ size, reserved, pods, own, lent }: RecordedRange): number {
  return size - reserved - pods - own - lentOf(lent)
}

function lentOf(lent: RecordedRange['lent']): number {
  return lent.reduce((sum, { addresses }) => sum + addresses, 0)
}

/** The blocks or ranges of each node: who uses how much of them. */
export function addressTable(nodes: readonly RecordedNode[]): DataTable {
  const rows = nodes.flatMap((node) => node.ranges.map((range) => ({ node, range })))
  const count = (of: (range: RecordedRange) => number): number[] => rows.map(({ range }) => of(range))
  return {
    caption: 'A row per block or range, as they are when the run begins. Reserved: never handed out. Lent: in use by other nodes that had no block left.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map(({ node }) => node.name) },
      { key: 'range', label: 'Range', cells: rows.map(({ range }) => range.cidr) },
      { key: 'addresses', label: 'Addresses', cells: count(({ size }) => size) },
      { key: 'pods', label: 'Pods', cells: count(({ pods }) => pods) },
      { key: 'own', label: 'Node’s own', cells: count(({ own }) => own) },
      { key: 'lent', label: 'Lent', cells: count(({ lent }) => lentOf(lent)) },
      { key: 'lent_to', label: 'Lent to', cells: rows.map(({ range }) => range.lent.map(({ node, addresses }) => `${node} ${addresses}`).join(', ')) },
      { key: 'reserved', label: 'Reserved', cells: count(({ reserved }) => reserved) },
      { key: 'free', label: 'Free', cells: count(freeOf) },
      { key: 'borrowed', label: 'Node borrows', cells: rows.map(({ node }) => node.borrowed) },
    ],
  }
}

/** Each node's addresses by who uses them. */
export function addressChart(nodes: readonly RecordedNode[]): Chart {
  const charted = nodes.filter(({ ranges }) => ranges.length > 0).slice(0, MOST_CHARTED)
  const sum = (of: (range: RecordedRange) => number): number[] => charted.map(({ ranges }) => ranges.reduce((total, range) => total + of(range), 0))
  const parts = [
    { name: 'Pods', values: sum(({ pods }) => pods) },
    { name: 'Node’s own', values: sum(({ own }) => own) },
    { name: 'Lent', values: sum(({ lent }) => lentOf(lent)) },
    { name: 'Reserved', values: sum(({ reserved }) => reserved) },
    { name: 'Free', values: sum(freeOf), isRoom: true },
  ]
  const left = nodes.length - charted.length
  return stackedRowsChart({
    id: 'addresses',
    title: 'Addresses by node',
    explanation: `Addresses of each node’s blocks or ranges of the pod CIDR, by who uses them when the run begins.${left > 0 ? ` The first ${charted.length} nodes; the table has all.` : ''}`,
    rows: charted.map(({ name }) => name),
    parts: parts.filter(({ values }) => values.some((value) => value > 0)),
    axisName: 'Addresses',
    scale: countScale(0),
    text: String,
    table: addressTable(nodes),
  })
}
