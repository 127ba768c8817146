import { axisScale, cellText, countScale, linesChart, variantStyle, type AxisScale, type CellUnit, type Chart, type DataTable } from '#shared/charts/index'
import type { ControlPlaneSize } from '#shared/contract/control-plane'
import { humanCount } from '#shared/analysis/index'

/** What clusters of other sizes take, of one variant. */
interface Study {
  readonly variant: string
  readonly sizes: readonly ControlPlaneSize[]
}

interface Measure {
  readonly label: string
  readonly explanation: string
  readonly unit?: CellUnit
  readonly of: (size: ControlPlaneSize) => number | undefined
}

/** What grows with a cluster. */
export const SIZE_MEASURES = {
  messages: { label: 'Messages in the cluster', explanation: 'UPDATEs with End-of-RIB, and events of watches that tell of nodes and pods, until everybody knows everybody', of: ({ messages }) => messages },
  sessions: { label: 'Sessions per node', explanation: 'BGP sessions that a node holds', of: ({ sessionsPerNode }) => sessionsPerNode },
  routes: { label: 'Routes per node', explanation: 'Rows of a node’s routing table', of: ({ routesPerNode }) => routesPerNode },
  rules: { label: 'Rules per node', explanation: 'Rules of iptables or nftables on a node', of: ({ rulesPerNode }) => rulesPerNode },
  maps: { label: 'Map entries per node', explanation: 'Entries of a node’s BPF maps', of: ({ mapEntriesPerNode }) => mapEntriesPerNode },
  identities: { label: 'Identities', explanation: 'Identities that the labels of the cluster’s pods take', of: ({ identities }) => identities?.needed },
  memory: { label: 'Memory per node', explanation: 'Memory of a node’s agents and tables', unit: 'B', of: ({ memoryPerNode }) => memoryPerNode },
  half: { label: 'Half know each other', explanation: 'Time from the start until half of the pairs of nodes know each other', unit: 's', of: ({ knownSeconds }) => knownSeconds?.p50 },
  last: { label: 'All know each other', explanation: 'Time from the start until all nodes know each other', unit: 's', of: ({ knownSeconds }) => knownSeconds?.last },
} as const satisfies Readonly<Record<string, Measure>>

/** A measure by its name. */
export type SizeMeasure = keyof typeof SIZE_MEASURES

/** From this ratio of the greatest to the least value on the axis is logarithmic. */
const WIDE = 50

/** A measure against the size of the cluster, a line per variant. `variants` are all of the lab, whose places give colours. */
export function sizeChart(studies: readonly Study[], variants: readonly string[], name: SizeMeasure): Chart {
  const measure: Measure = SIZE_MEASURES[name]
  const lines = studies.map(({ variant, sizes }) => ({
    name: variant,
    style: variantStyle(Math.max(0, variants.indexOf(variant))),
    points: sizes.flatMap((size): [number, number][] => {
      const value = measure.of(size)
      return value === undefined ? [] : [[size.nodes, value]]
    }),
  }))
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter((value) => value > 0)
  const greatest = Math.max(0, ...values)
  const logarithmic = values.length > 0 && greatest / Math.min(...values) > WIDE
  const linear = measure.unit === undefined ? countScale(greatest) : axisScale(measure.unit, greatest)
  const plain = { divisor: 1, suffix: '' }
  return linesChart({
    id: `sizes-${name}`,
    title: `${measure.label} against cluster size`,
    explanation: `${measure.explanation}, for clusters of other sizes with each variant’s design that start all at once${logarithmic ? '; logarithmic axes, on which nothing has no place' : ''}.`,
    lines,
    x: { name: 'Nodes', logarithmic: true, scale: plain, text: (nodes) => `${humanCount(nodes)} nodes`, tick: humanCount },
    y: {
      text: (value) => valueText(value, measure.unit),
      ...(logarithmic
        ? { name: '', logarithmic, scale: plain, tick: (value: number) => tickText(value, measure.unit) }
        : { name: linear.suffix, scale: linear }),
    },
    table: sizeTable(studies),
  })
}

function valueText(value: number, unit: CellUnit | undefined): string {
  return cellText({ key: '', label: '', ...(unit && { unit }), cells: [value] }, 0)
}

const SHORT_SCALES: readonly AxisScale[] = [{ divisor: 1e9, suffix: 'G' }, { divisor: 1e6, suffix: 'M' }, { divisor: 1e3, suffix: 'k' }]

/** As short as an axis has room for: `10 M`. */
function tickText(value: number, unit: CellUnit | undefined): string {
  if (unit !== undefined) return valueText(value, unit)
  const scale = SHORT_SCALES.find(({ divisor }) => value >= divisor)
  return scale === undefined ? humanCount(value) : `${humanCount(value / scale.divisor)}\u202f${scale.suffix}`
}

/** Everything that was found of each variant and size. */
export function sizeTable(studies: readonly Study[]): DataTable {
  const rows = studies.flatMap(({ variant, sizes }) => sizes.map((size) => ({ variant, size })))
  const cells = (of: (size: ControlPlaneSize) => number | string | undefined): (number | string | null)[] => rows.map(({ size }) => of(size) ?? null)
  return {
    caption: 'A row per variant and size; sizes that are not simulated say why, and what is known of them without a simulation.',
    columns: [
      { key: 'variant', label: 'Variant', cells: rows.map(({ variant }) => variant) },
      { key: 'nodes', label: 'Nodes', cells: cells(({ nodes }) => nodes) },
      { key: 'pods', label: 'Pods', cells: cells(({ pods }) => pods) },
      { key: 'sessions', label: 'Sessions', cells: cells(({ sessions }) => sessions) },
      { key: 'sessions_per_node', label: 'Per node', cells: cells(({ sessionsPerNode }) => sessionsPerNode) },
      { key: 'messages', label: 'Messages', cells: cells(({ messages }) => messages) },
      { key: 'updates', label: 'UPDATEs', cells: cells(({ updates }) => updates) },
      { key: 'routes_per_node', label: 'Routes per node', cells: cells(({ routesPerNode }) => routesPerNode) },
      { key: 'rules_per_node', label: 'Rules per node', cells: cells(({ rulesPerNode }) => rulesPerNode) },
      { key: 'map_entries_per_node', label: 'Map entries per node', cells: cells(({ mapEntriesPerNode }) => mapEntriesPerNode) },
      { key: 'identities', label: 'Identities', cells: cells(({ identities }) => identities?.needed) },
      { key: 'memory_per_node_bytes', label: 'Memory per node', unit: 'B', cells: cells(({ memoryPerNode }) => memoryPerNode) },
      { key: 'half_known_s', label: 'Half known', unit: 's', cells: cells(({ knownSeconds }) => knownSeconds?.p50) },
      { key: 'all_known_s', label: 'All known', unit: 's', cells: cells(({ knownSeconds }) => knownSeconds?.last) },
      { key: 'refused', label: 'Not simulated', cells: cells(({ refused }) => refused) },
    ],
  }
}
