import { setField, type LabChange, type LabDocument } from '#shared/lab/index'

import type { ObjectId, Outline } from '../outline'

/** Moves the pods that a workload has on one node to another. Undefined when there is nothing to move. */
export function movePods(document: LabDocument, outline: Outline, workloadId: ObjectId, from: ObjectId, to: ObjectId): LabChange | undefined {
  const workload = outline.workloads.find(({ id }) => id === workloadId)
  const source = outline.byId.get(from)
  const target = outline.byId.get(to)
  if (workload === undefined || source?.kind !== 'node' || target?.kind !== 'node' || source === target) return undefined
  // A workload that ran anywhere is kept to the nodes it has, with the one exchanged.
  const nodes = workload.nodes.length > 0 ? workload.nodes : outline.nodes.filter(({ tainted }) => !tainted).map(({ name }) => name)
  const moved = [...new Set(nodes.map((name) => (name === source.name ? target.name : name)))]
  const { operations } = setField(document, [...workload.path, 'nodes'], moved)
  return { label: `Move ${workload.name} to ${target.name}`, operations }
}
