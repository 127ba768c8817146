import type { Lab } from '#shared/lab/index'
import { TRACKED_STATE, TRACKED_STATES, TRACKING_FORM, type TrackingTable } from '#shared/plan/index'

import type { NodeSize, TrackedTable, TrackingModel } from '../cni/common/index'
import type { HostDefaults } from './calibration'
import type { ProgramLooks } from './tracking-looks'

/** The tables of all hosts, of which only nodes have any, and the looks of programs at them. */
export function buildTracking(
  { tables }: TrackingModel,
  looks: ReturnType<ProgramLooks['columns']>,
  lab: Lab,
  hosts: number,
  defaults: HostDefaults,
): TrackingTable {
  const ofTables = (pick: (table: TrackedTable) => number): number[] => tables.map(pick)
  const ofRows = (pick: (table: TrackedTable, node: NodeSize) => number): Float64Array =>
    Float64Array.from({ length: tables.length * hosts }, (_, row) => {
      const node = nodeSize(lab, row % hosts, defaults)
      return node === undefined ? 0 : pick(tables[Math.floor(row / hosts)]!, node)
    })
  return {
    names: tables.map(({ name }) => name),
    form: Uint8Array.from(ofTables(({ form }) => TRACKING_FORM[form])),
    entryBytes: Float64Array.from(ofTables(({ entryBytes }) => entryBytes)),
    collectNs: Float64Array.from(ofTables(({ collectNs }) => collectNs)),
    timeoutsNs: timeouts(tables),
    attempts: Int32Array.from(ofTables(({ ports }) => ports?.attempts ?? 0)),
    firstPort: Int32Array.from(ofTables(({ ports }) => ports?.first ?? 0)),
    holder: Int32Array.from(ofTables(({ ports }) => tables.findIndex(({ name }) => name === ports?.holder))),
    limit: ofRows(({ limit }, node) => limit(node)),
    buckets: ofRows(({ buckets }, node) => buckets?.(node) ?? 0),
    ...looks,
  }
}

/** The size of a host that is a node; undefined of those outside. */
export function nodeSize({ nodes }: Lab, host: number, defaults: HostDefaults): NodeSize | undefined {
  const cores = nodes[host]?.cpu.cores
  return cores === undefined ? undefined : { cores, memoryBytes: cores * defaults.of('memoryPerCore') }
}

function timeouts(tables: readonly TrackedTable[]): Float64Array {
  const column = new Float64Array(tables.length * TRACKED_STATES)
  for (const [kind, { timeoutsNs }] of tables.entries()) {
    for (const [state, number] of Object.entries(TRACKED_STATE)) {
      column[kind * TRACKED_STATES + number] = timeoutsNs[state as keyof typeof TRACKED_STATE]
    }
  }
  return column
}
