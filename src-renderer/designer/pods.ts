import type { NodeOutline, ObjectId, Outline, WorkloadOutline } from '#renderer/stores/outline'

import { MOST_POD_ROWS } from './sizes'

/** The pods of one workload on one node. */
export interface PodGroup {
  readonly workload: WorkloadOutline
  /** How many of its replicas. */
  readonly count: number
  /** Number of the first of them: with one pod, the pod is `name-first`. */
  readonly first: number
}

/** Where the pods of a lab are drawn. */
export interface PodPlaces {
  readonly onNode: ReadonlyMap<ObjectId, readonly PodGroup[]>
  /** Workloads none of whose nodes is there. */
  readonly homeless: readonly WorkloadOutline[]
}

/**
 * Deals the replicas of each workload out over its nodes in turn, as a run does (`placeWorkloads`): a workload that names
 * nodes goes round these, the others round all, each going on where the one before stopped.
 */
export function placePods(outline: Outline): PodPlaces {
  const byName = new Map<string, NodeOutline>()
  for (const node of outline.nodes) if (!byName.has(node.name)) byName.set(node.name, node)
  const untainted = outline.nodes.filter((node) => !node.tainted)
  const onNode = new Map<ObjectId, PodGroup[]>()
  const homeless: WorkloadOutline[] = []

  let turn = 0
  for (const workload of outline.workloads) {
    const named = workload.nodes.flatMap((name) => byName.get(name) ?? [])
    const isOpen = workload.nodes.length === 0
    const nodes = isOpen ? untainted : named
    const begin = isOpen ? turn : 0
    if (isOpen) turn += workload.replicas
    if (nodes.length === 0) homeless.push(workload)
    nodes.forEach((node, position) => {
      const index = (position - (begin % nodes.length) + nodes.length) % nodes.length
      const count = Math.ceil((workload.replicas - index) / nodes.length)
      if (count <= 0) return
      const groups = onNode.get(node.id)
      const group = { workload, count, first: index }
      if (groups === undefined) onNode.set(node.id, [group])
      else groups.push(group)
    })
  }
  return { onNode, homeless }
}

/** The groups that a node shows, and how many more there are. */
export function shownPods(groups: readonly PodGroup[]): { readonly shown: readonly PodGroup[]; readonly hidden: number } {
  if (groups.length <= MOST_POD_ROWS) return { shown: groups, hidden: 0 }
  const shown = groups.slice(0, MOST_POD_ROWS - 1)
  return { shown, hidden: groups.length - shown.length }
}

/** What a group of pods is called: the pod's name where there is one, else the workload's and how many. */
export function podGroupName({ workload, count, first }: PodGroup): string {
  return count === 1 ? `${workload.name}-${first}` : `${workload.name} ×${count}`
}
