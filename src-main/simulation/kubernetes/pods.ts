import { bandwidthOf, EGRESS_BANDWIDTH, nodeOfReplica, placeWorkloads, type Finding, type Lab, type Labels, type Workload, type WorkloadPort } from '#shared/lab/index'

/** A pod, placed on a node. */
export interface Pod {
  /** `namespace/name`, as references write it. */
  readonly reference: string
  /** `namespace/name` of its workload. */
  readonly workload: string
  readonly namespace: string
  /** The workload's labels, and those that have the pod's name as their value. */
  readonly labels: Labels
  /** Keys of the latter, where there are any. */
  readonly uniqueLabels?: readonly string[]
  /** Name of its service account. */
  readonly serviceAccount: string
  readonly ports: readonly WorkloadPort[]
  /** Whether it is in its node's network namespace. */
  readonly hostNetwork: boolean
  /** What it may send to other nodes, bits a second, where it is limited. */
  readonly egressBitsPerSecond?: number
  /** Index of its node in the lab. */
  readonly node: number
  /** When a fault creates it, ns; absent for those that are there from the beginning. */
  readonly createdNs?: number
  /** When a fault has deleted it for good and its grace is over, ns; absent for those that stay. */
  readonly deletedNs?: number
}

/** The pods of all workloads, in the lab's order, on the nodes that the lab deals them out to; by workload, the nodes that it allows. */
export function placePods(lab: Lab): { pods: Pod[]; placements: ReturnType<typeof placeWorkloads>; findings: Finding[] } {
  const pods: Pod[] = []
  const findings: Finding[] = []
  const createdNs = creationTimes(lab)
  const deletedNs = deletionTimes(lab)
  const placements = placeWorkloads(lab)
  placements.forEach((placement, index) => {
    const workload = lab.cluster.workloads[index]!
    for (let replica = 0; replica < workload.replicas; replica++) {
      const node = nodeOfReplica(placement, replica)
      if (node === undefined) continue
      const pod = podOf(workload, replica, node)
      const fromNs = createdNs.get(pod.reference) ?? createdNs.get(lab.nodes[node]!.name)
      const untilNs = deletedNs.get(pod.reference)
      pods.push({ ...pod, ...(fromNs !== undefined && { createdNs: fromNs }), ...(untilNs !== undefined && { deletedNs: untilNs }) })
    }
    if (placement.nodes.length === 0 && workload.replicas > 0) findings.push(nowhere(workload, index))
  })
  return { pods, placements, findings }
}

/** When faults create pods, and nodes with theirs, by the name of either. */
function creationTimes({ faults }: Lab): ReadonlyMap<string, number> {
  return new Map(
    faults.flatMap((fault): [string, number][] => {
      if (fault.kind === 'pod-add') return [[fault.pod, fault.at]]
      return fault.kind === 'node-add' ? [[fault.node, fault.at]] : []
    }),
  )
}

/** When pods that do not come again are gone. */
function deletionTimes({ faults }: Lab): ReadonlyMap<string, number> {
  return new Map(
    faults.flatMap((fault): [string, number][] =>
      (fault.kind === 'pod-delete' || fault.kind === 'pod-evict') && fault.until === undefined ? [[fault.pod, fault.at + fault.grace]] : [],
    ),
  )
}

function podOf(workload: Workload, replica: number, node: number): Pod {
  const { namespace, name, labels, uniqueLabels, ports, serviceAccount = 'default', hostNetwork = false, annotations } = workload
  const limit = annotations?.[EGRESS_BANDWIDTH]
  const egressBitsPerSecond = limit === undefined ? undefined : bandwidthOf(limit)
  const reference = `${namespace}/${name}`
  const pod: Pod = {
    reference: `${reference}-${replica}`, workload: reference, namespace, labels, serviceAccount, ports, hostNetwork, node,
    ...(egressBitsPerSecond !== undefined && { egressBitsPerSecond }),
    ...(uniqueLabels !== undefined && { uniqueLabels }),
  }
  return withOwnLabels(pod, `${name}-${replica}`)
}

/** Another pod of the same workload, created on a node at a time, ns. */
export function anotherPod({ deletedNs: _, ...pod }: Pod, reference: string, node: number, createdNs: number): Pod {
  return withOwnLabels({ ...pod, reference, node, createdNs }, reference.slice(pod.namespace.length + 1))
}

function withOwnLabels(pod: Pod, name: string): Pod {
  const { labels, uniqueLabels } = pod
  return uniqueLabels === undefined ? pod : { ...pod, labels: { ...labels, ...Object.fromEntries(uniqueLabels.map((key) => [key, name])) } }
}

function nowhere(workload: Workload, index: number): Finding {
  return {
    code: 'no-node-for-pods',
    path: ['spec', 'cluster', 'workloads', index],
    message: `No node can take the pods of workload ${workload.name}.`,
  }
}
