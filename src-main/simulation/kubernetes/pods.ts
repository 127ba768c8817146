import { bandwidthOf, EGRESS_BANDWIDTH, nodeOfReplica, placeWorkloads, type Finding, type Lab, type Labels, type Workload, type WorkloadPort } from '#shared/lab/index'

/** A pod, placed on a node. */
export interface Pod {
  /** `namespace/name`, as references write it. */
  readonly reference: string
  /** `namespace/name` of its workload. */
  readonly workload: string
  readonly namespace: string
  /** The workload's labels. */
  readonly labels: Labels
  /** Name of its service account. */
  readonly serviceAccount: string
  readonly ports: readonly WorkloadPort[]
  /** Whether it is in its node's network namespace. */
  readonly hostNetwork: boolean
  /** What it may send to other nodes, bits a second, where it is limited. */
  readonly egressBitsPerSecond?: number
  /** Index of its node in the lab. */
  readonly node: number
}

/** The pods of all workloads, in the lab's order, on the nodes that the lab deals them out to. */
export function placePods(lab: Lab): { pods: Pod[]; findings: Finding[] } {
  const pods: Pod[] = []
  const findings: Finding[] = []
  placeWorkloads(lab).forEach((placement, index) => {
    const workload = lab.cluster.workloads[index]!
    for (let replica = 0; replica < workload.replicas; replica++) {
      const node = nodeOfReplica(placement, replica)
      if (node !== undefined) pods.push(podOf(workload, replica, node))
    }
    if (placement.nodes.length === 0 && workload.replicas > 0) findings.push(nowhere(workload, index))
  })
  return { pods, findings }
}

function podOf(workload: Workload, replica: number, node: number): Pod {
  const { namespace, name, labels, ports, serviceAccount = 'default', hostNetwork = false, annotations } = workload
  const limit = annotations?.[EGRESS_BANDWIDTH]
  const egressBitsPerSecond = limit === undefined ? undefined : bandwidthOf(limit)
  const reference = `${namespace}/${name}`
  return {
    reference: `${reference}-${replica}`, workload: reference, namespace, labels, serviceAccount, ports, hostNetwork, node,
    ...(egressBitsPerSecond !== undefined && { egressBitsPerSecond }),
  }
}

function nowhere(workload: Workload, index: number): Finding {
  return {
    code: 'no-node-for-pods',
    path: ['spec', 'cluster', 'workloads', index],
    message: `No node can take the pods of workload ${workload.name}.`,
  }
}
