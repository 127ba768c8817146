import type { Finding, Lab, Labels, Node, Workload } from '#shared/lab/index'

/** A pod, placed on a node. */
export interface Pod {
  /** `namespace/name`, as references write it. */
  readonly reference: string
  /** `namespace/name` of its workload. */
  readonly workload: string
  readonly namespace: string
  /** The workload's labels. */
  readonly labels: Labels
  /** Index of its node in the lab. */
  readonly node: number
}

/**
 * The pods of all workloads, in the lab's order, dealt out in turn: replica i of a workload that names n nodes is on its
 * node i mod n; pods of workloads that name none go round all nodes without a taint that keeps pods away, each workload
 * going on where the one before stopped.
 */
export function placePods(lab: Lab): { pods: Pod[]; findings: Finding[] } {
  const numbers = new Map(lab.nodes.map(({ name }, index) => [name, index]))
  const open = lab.nodes.flatMap((node, index) => (keepsPodsAway(node) ? [] : [index]))
  const pods: Pod[] = []
  const findings: Finding[] = []
  let turn = 0
  lab.cluster.workloads.forEach((workload, index) => {
    const named = workload.nodes.flatMap((name) => numbers.get(name) ?? [])
    const nodes = workload.nodes.length > 0 ? named : open
    if (nodes.length === 0) {
      if (workload.replicas > 0) findings.push(nowhere(workload, index))
      return
    }
    const first = workload.nodes.length > 0 ? 0 : turn
    for (let replica = 0; replica < workload.replicas; replica++) {
      pods.push(podOf(workload, replica, nodes[(first + replica) % nodes.length]!))
    }
    if (workload.nodes.length === 0) turn += workload.replicas
  })
  return { pods, findings }
}

/** Pods here tolerate no taint. PreferNoSchedule is a wish. */
function keepsPodsAway(node: Node): boolean {
  return node.taints.some(({ effect }) => effect !== 'PreferNoSchedule')
}

function podOf(workload: Workload, replica: number, node: number): Pod {
  const { namespace, name, labels } = workload
  const reference = `${namespace}/${name}`
  return { reference: `${reference}-${replica}`, workload: reference, namespace, labels, node }
}

function nowhere(workload: Workload, index: number): Finding {
  return {
    code: 'no-node-for-pods',
    path: ['spec', 'cluster', 'workloads', index],
    message: `No node can take the pods of workload ${workload.name}.`,
  }
}
