import { countScale, stackedRowsChart, type Chart, type DataTable } from '#shared/charts/index'
import type { RecordedAddress, RecordedNode, RecordedRange } from '#shared/contract/control-plane'

import { compared, holdsAt, momentsOfSpans } from './at-time'
import { toned, type TableQuestion, type TonedTable } from './node-tables'

/** Nodes that are charted; the table has all. */
const MOST_CHARTED = 40

/** A range at a time: how many of its addresses are whose. */
export interface RangeUse {
  readonly pods: number
  /** Devices of the node itself. */
  readonly own: number
  /** By node, what others borrow. */
  readonly lent: ReadonlyMap<string, number>
  /** Nobody's. */
  readonly free: number
}

/** Who has the addresses of a node's range at a time. */
export function rangeUse(node: string, { size, reserved, uses }: RecordedRange, seconds: number): RangeUse {
  const now = uses.filter((use) => holdsAt(use, seconds))
  const ofNode = now.filter((use) => use.node === node)
  const lent = new Map<string, number>()
  for (const use of now) if (use.node !== node) lent.set(use.node, (lent.get(use.node) ?? 0) + 1)
  const pods = ofNode.filter(({ pod }) => pod !== undefined).length
  return { pods, own: ofNode.length - pods, lent, free: size - reserved - now.length }
}

function lentOf({ lent }: RangeUse): number {
  return [...lent.values()].reduce((sum, addresses) => sum + addresses, 0)
}

/** A node's ranges at a time: those that it has claimed by then. */
function rangesAt({ name, ranges }: RecordedNode, seconds: number): { readonly range: RecordedRange; readonly use: RangeUse }[] {
  return ranges
    .filter(({ claimedSeconds = 0 }) => claimedSeconds <= seconds)
    .map((range) => ({ range, use: rangeUse(name, range, seconds) }))
}

/** The blocks or ranges of each node at a time: who uses how much of them. */
export function addressTable(nodes: readonly RecordedNode[], seconds: number): DataTable {
  const rows = nodes.flatMap((node) => rangesAt(node, seconds).map((held) => ({ node, ...held })))
  const count = (of: (use: RangeUse) => number): number[] => rows.map(({ use }) => of(use))
  return {
    caption: 'A row per block or range. Reserved: never handed out. Lent: in use by other nodes that had no block left.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map(({ node }) => node.name) },
      { key: 'range', label: 'Range', cells: rows.map(({ range }) => range.cidr) },
      { key: 'claimed_s', label: 'Claimed at', unit: 's', cells: rows.map(({ range }) => range.claimedSeconds ?? null) },
      { key: 'addresses', label: 'Addresses', cells: rows.map(({ range }) => range.size) },
      { key: 'pods', label: 'Pods', cells: count(({ pods }) => pods) },
      { key: 'own', label: 'Node’s own', cells: count(({ own }) => own) },
      { key: 'lent', label: 'Lent', cells: count(lentOf) },
      { key: 'lent_to', label: 'Lent to', cells: rows.map(({ use }) => [...use.lent].map(([node, addresses]) => `${node} ${addresses}`).join(', ') || null) },
      { key: 'reserved', label: 'Reserved', cells: rows.map(({ range }) => range.reserved) },
      { key: 'free', label: 'Free', cells: count(({ free }) => free) },
      { key: 'borrowed', label: 'Node borrows', cells: rows.map(({ node }) => node.borrowed.filter((use) => holdsAt(use, seconds)).length) },
    ],
  }
}

/** Each node's addresses at a time by who uses them. */
export function addressChart(nodes: readonly RecordedNode[], seconds: number): Chart {
  const charted = nodes.filter(({ ranges }) => ranges.length > 0).slice(0, MOST_CHARTED)
  const held = charted.map((node) => rangesAt(node, seconds))
  const sum = (of: (use: RangeUse, range: RecordedRange) => number): number[] =>
    held.map((ranges) => ranges.reduce((total, { range, use }) => total + of(use, range), 0))
  const parts = [
    { name: 'Pods', values: sum(({ pods }) => pods) },
    { name: 'Node’s own', values: sum(({ own }) => own) },
    { name: 'Lent', values: sum(lentOf) },
    { name: 'Reserved', values: sum((_, { reserved }) => reserved) },
    { name: 'Free', values: sum(({ free }) => free), isRoom: true },
  ]
  const left = nodes.length - charted.length
  return stackedRowsChart({
    id: 'addresses',
    title: 'Addresses by node',
    explanation: `Addresses of each node’s blocks or ranges of the pod CIDR, by who uses them at the time above.${left > 0 ? ` The first ${charted.length} nodes; the table has all.` : ''}`,
    rows: charted.map(({ name }) => name),
    parts: parts.filter(({ values }) => values.some((value) => value > 0)),
    axisName: 'Addresses',
    scale: countScale(0),
    text: String,
    table: addressTable(nodes, seconds),
  })
}

/** When anything about the addresses of nodes changes. */
export function addressMoments(nodes: readonly RecordedNode[]): readonly number[] {
  const ranges = nodes.flatMap(({ ranges: ofNode }) => ofNode)
  const claims = ranges.map(({ claimedSeconds = 0 }) => ({ fromSeconds: claimedSeconds }))
  return momentsOfSpans([...claims, ...ranges.flatMap(({ uses }) => uses)])
}

/** Whose every address in use is at a time, and what differs from the time before. */
export function useTable(nodes: readonly RecordedNode[], { seconds, before, onlyChanges }: TableQuestion): TonedTable {
  const uses = nodes.flatMap(({ ranges }) => ranges.flatMap(({ cidr, uses: ofRange }) => ofRange.map((use) => ({ ...use, cidr }))))
  const all = compared(uses, seconds, before, ({ address }) => address, ownerText)
  const rows = onlyChanges ? all.filter(({ change }) => change !== '') : all
  return toned({
    caption: 'A row per address in use; of pods, while the API server knows that they have it.',
    columns: [
      { key: 'change', label: 'Change', cells: rows.map(({ change }) => change || null) },
      { key: 'address', label: 'Address', cells: rows.map(({ item }) => item.address) },
      { key: 'used_by', label: 'Used by', cells: rows.map(({ item }) => item.pod ?? 'the node itself') },
      { key: 'node', label: 'Node', cells: rows.map(({ item }) => item.node) },
      { key: 'range', label: 'Out of', cells: rows.map(({ item }) => item.cidr) },
      { key: 'since_s', label: 'Since', unit: 's', cells: rows.map(({ item }) => item.fromSeconds) },
    ],
  }, rows.map(({ change }) => change))
}

function ownerText({ node, pod }: RecordedAddress): string {
  return `${node} ${pod ?? ''}`
}
