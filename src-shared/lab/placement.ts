import type { Lab } from './record/lab'
import type { Node } from './record/node'
import type { Workload } from './record/workload'

/** Where the pods of a workload run: replica i on the node `nodes[(first + i) mod n]`, by its place in the lab. */
export interface PodPlacement {
  readonly nodes: readonly number[]
  readonly first: number
}

/**
 * Deals out the pods of each workload, in the lab's order: those of a workload that names nodes go round these, the
 * others round all nodes that pods are not kept away from, each workload going on where the one before stopped.
 */
export function placeWorkloads(lab: Lab): PodPlacement[] {
  const numbers = new Map(lab.nodes.map(({ name }, index) => [name, index]))
  const open = openNodes(lab.nodes)
  let turn = 0
  return lab.cluster.workloads.map((workload): PodPlacement => {
    if (workload.nodes.length > 0) return { nodes: workload.nodes.flatMap((name) => numbers.get(name) ?? []), first: 0 }
    const first = turn
    turn += workload.replicas
    return { nodes: open, first }
  })
}

/**
 * The nodes that take pods which tolerate no taint: without `NoSchedule` and `NoExecute`, and where there are such nodes
 * without `PreferNoSchedule`.
 */
function openNodes(nodes: readonly Node[]): number[] {
  const free = (...effects: Node['taints'][number]['effect'][]): number[] =>
    nodes.flatMap(({ taints }, index) => (taints.some(({ effect }) => effects.includes(effect)) ? [] : [index]))
  const preferred = free('NoSchedule', 'NoExecute', 'PreferNoSchedule')
  return preferred.length > 0 ? preferred : free('NoSchedule', 'NoExecute')
}

/** The node of a replica; undefined where no node can take it. */
export function nodeOfReplica({ nodes, first }: PodPlacement, replica: number): number | undefined {
  return nodes[(first + replica) % nodes.length]
}

/** How many pods of a workload each node has, by the node's place in the lab. */
export function countPods({ nodes, first }: PodPlacement, { replicas }: Workload): Map<number, number> {
  const counts = new Map<number, number>()
  nodes.forEach((node, index) => {
    const turn = (index - (first % nodes.length) + nodes.length) % nodes.length
    const pods = Math.floor(replicas / nodes.length) + (turn < replicas % nodes.length ? 1 : 0)
    counts.set(node, (counts.get(node) ?? 0) + pods)
  })
  return counts
}
