import { namespaceOf, objectTitle, referenceOf, type ApiObject } from '#main/simulation/kubernetes/object'
import { fitsNoNode, toLabelName, workloadSource, type NodeSource, type PlainMapping } from '#shared/lab/index'

import { fieldOf, listOf, standsForTraffic, textOf, type ClusterImport } from './cluster-import'

/** A workload as a lab file has it. */
export interface ImportedWorkload {
  readonly name: string
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
  readonly replicas?: number
  readonly ports?: readonly unknown[]
  readonly nodes?: readonly string[]
  readonly serviceAccount?: string
  readonly hostNetwork?: boolean
  readonly annotations?: object
}

/** Kinds that make pods and have no pods of their own in a dump of manifests. */
const CONTROLLERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] as const

/** Labels that controllers put on single pods or generations of them. */
const POD_LABELS = [
  'pod-template-hash', 'controller-revision-hash', 'pod-template-generation', 'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index', 'batch.kubernetes.io/job-completion-index',
  // Of exported labs, where a workload's own labels do not tell it from others.
  'cnilab.dev/workload',
]

/** Pods of one owner. */
interface PodGroup {
  readonly owner: string
  readonly namespace: string
  readonly pods: ApiObject[]
}

/** The workloads that a cluster's pods come to, or its controllers where it has no pods of theirs. */
export function importWorkloads(cluster: ClusterImport, nodes: readonly NodeSource[]): ImportedWorkload[] {
  const groups = groupPods(cluster)
  const names = new Set<string>()
  const workloads: ImportedWorkload[] = []
  const known = new Set(nodes.map(({ name }) => name))
  for (const { owner, namespace, pods } of groups.values()) {
    workloads.push(ofPods(uniqueName(names, namespace, owner), namespace, pods, known))
  }
  for (const kind of CONTROLLERS) {
    for (const object of cluster.ofKind(kind)) {
      if (groups.has(referenceOf(object)) || fieldOf(object, 'spec', 'replicas') === 0) continue
      const source = workloadSource(object as unknown as PlainMapping, nodes)
      if (source === undefined) continue
      if (standsForTraffic(object)) continue
      if (fitsNoNode(object as unknown as PlainMapping, nodes)) {
        cluster.leaveOut(objectTitle(object), 'no node is what its pods ask for, so that they stay pending')
        continue
      }
      const labels = withoutPodLabels(fieldOf(source, 'labels'))
      workloads.push({ ...(source as ImportedWorkload), labels, name: uniqueName(names, namespaceOf(object), object.metadata.name) })
    }
  }
  return workloads
}

function groupPods(cluster: ClusterImport): Map<string, PodGroup> {
  const deployments = new Map(
    cluster.ofKind('ReplicaSet').map((set) => [referenceOf(set), ownerOf(set)?.name]),
  )
  const groups = new Map<string, PodGroup>()
  for (const pod of cluster.ofKind('Pod')) {
    if (standsForTraffic(pod)) continue
    const namespace = namespaceOf(pod)
    const owner = ownerOf(pod)
    const phase = textOf(pod, 'status', 'phase')
    if (owner?.kind === 'Job' || phase === 'Succeeded' || phase === 'Failed') {
      cluster.leaveOut(objectTitle(pod), 'its work is done at some time, and a lab has pods that stay')
      continue
    }
    const name = workloadName(pod, owner, deployments)
    const key = `${namespace}/${name}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { owner: name, namespace, pods: [pod] })
    else group.pods.push(pod)
  }
  return groups
}

interface Owner {
  readonly kind: string
  readonly name: string
}

function ownerOf(object: ApiObject): Owner | undefined {
  const owners = listOf(object, 'metadata', 'ownerReferences')
  const owner = owners.find((candidate) => fieldOf(candidate, 'controller') === true) ?? owners[0]
  const [kind, name] = [textOf(owner, 'kind'), textOf(owner, 'name')]
  return kind === undefined || name === undefined ? undefined : { kind, name }
}

/** A Deployment's name for the pods of its ReplicaSets; a static pod's without its node's. */
function workloadName(pod: ApiObject, owner: Owner | undefined, deployments: ReadonlyMap<string, string | undefined>): string {
  const { name } = pod.metadata
  if (owner?.kind === 'ReplicaSet') {
    const hash = textOf(pod, 'metadata', 'labels', 'pod-template-hash')
    const stem = hash !== undefined && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name
    return deployments.get(`${namespaceOf(pod)}/${owner.name}`) ?? stem
  }
  const node = textOf(pod, 'spec', 'nodeName')
  if (owner?.kind === 'Node' && node !== undefined && name.endsWith(`-${node}`)) return name.slice(0, -node.length - 1)
  return owner?.name ?? name
}

function ofPods(name: string, namespace: string, pods: readonly ApiObject[], nodes: ReadonlySet<string>): ImportedWorkload {
  const first = pods[0]!
  const placed = pods.map((pod) => textOf(pod, 'spec', 'nodeName')).filter((node) => node !== undefined && nodes.has(node))
  const { annotations = {} } = first.metadata
  const source = workloadSource({ ...(first as unknown as PlainMapping), metadata: { name, namespace, annotations } }, [])
  const account = textOf(first, 'spec', 'serviceAccountName')
  return {
    name,
    namespace,
    labels: commonLabels(pods),
    replicas: pods.length,
    ports: source?.ports ?? [],
    // Replica i runs on node i mod n, so the whole list keeps every pod where it was.
    ...(placed.length === pods.length ? { nodes: placed as string[] } : {}),
    ...(account === undefined || account === 'default' ? {} : { serviceAccount: account }),
    ...(fieldOf(first, 'spec', 'hostNetwork') === true ? { hostNetwork: true } : {}),
    ...(source?.annotations === undefined ? {} : { annotations: source.annotations }),
  }
}

/** The labels that all pods have alike. */
function commonLabels(pods: readonly ApiObject[]): Readonly<Record<string, string>> {
  const [first, ...others] = pods
  const entries = Object.entries(first!.metadata.labels ?? {}).filter(([key, value]) =>
    others.every(({ metadata }) => metadata.labels?.[key] === value),
  )
  return withoutPodLabels(Object.fromEntries(entries))
}

function withoutPodLabels(labels: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries((labels ?? {}) as Readonly<Record<string, string>>)
  return Object.fromEntries(entries.filter(([key]) => !POD_LABELS.includes(key)))
}

function uniqueName(names: Set<string>, namespace: string, name: string): string {
  const base = toLabelName(name)
  let unique = base
  for (let number = 2; names.has(`${namespace}/${unique}`); number++) unique = `${base.slice(0, 58)}-${number}`
  names.add(`${namespace}/${unique}`)
  return unique
}
