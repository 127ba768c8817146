import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import { HOSTNAME_LABEL, nodeLabels } from '../node-labels'
import { DEFAULT_NAMESPACE } from '../record/cluster'
import { EGRESS_BANDWIDTH } from '../record/pod-annotations'

/** Kinds that come to workloads. */
export const WORKLOAD_KINDS = ['Pod', 'Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet'] as const

/** A workload as a document has it, before its schema has looked at it. */
export interface WorkloadSource {
  readonly name: PlainValue | undefined
  readonly namespace: PlainValue
  readonly labels: PlainValue
  readonly replicas: PlainValue
  readonly ports: readonly PlainValue[]
  readonly nodes: readonly string[]
  readonly serviceAccount?: PlainValue
  readonly hostNetwork?: PlainValue
  readonly annotations?: PlainMapping
  readonly kind?: string
  readonly tolerationSeconds?: PlainValue
}

/** Protocols of ports that pods are known to listen on. */
const PROTOCOLS = ['TCP', 'UDP', 'SCTP']

/** The taint of a node that cannot be reached. */
const UNREACHABLE_TAINT = 'node.kubernetes.io/unreachable'

/** A node as a document has it, as far as pods ask about it. */
export interface NodeSource {
  readonly name: string
  readonly labels: PlainMapping
  readonly taints: readonly PlainValue[]
}

/**
 * The workload that an object comes to; undefined for other kinds, and for what something else makes pods of: a ReplicaSet
 * or Pod with an owner. A Pod is a workload of one replica; pods that no node fits stay pending, and are not there.
 */
export function workloadSource(object: PlainMapping, nodes: readonly NodeSource[]): WorkloadSource | undefined {
  const kind = WORKLOAD_KINDS.find((known) => known === object['kind'])
  if (kind === undefined || isOwned(object)) return undefined
  const template = templatePath(kind)
  const spec = [...template, 'spec']
  const chosen = chosenNodes(object, spec, nodes, kind === 'DaemonSet')
  const asked = kind === 'Pod' ? 1 : (valueAt(object, ['spec', 'replicas']) ?? 1)
  const replicas = chosen !== undefined && (kind === 'DaemonSet' || chosen.length === 0) ? chosen.length : asked
  const account = valueAt(object, [...spec, 'serviceAccountName'])
  const isHost = valueAt(object, [...spec, 'hostNetwork'])
  const bandwidth = valueAt(object, [...template, 'metadata', 'annotations', EGRESS_BANDWIDTH])
  const toleration = unreachableSeconds(valueAt(object, [...spec, 'tolerations']))
  return {
    name: valueAt(object, ['metadata', 'name']),
    namespace: valueAt(object, ['metadata', 'namespace']) ?? DEFAULT_NAMESPACE,
    labels: valueAt(object, [...template, 'metadata', 'labels']) ?? {},
    replicas,
    ports: containerPorts(valueAt(object, [...spec, 'containers'])),
    nodes: chosen ?? [],
    ...(account === undefined || account === null ? {} : { serviceAccount: account }),
    ...(isHost === true ? { hostNetwork: true } : {}),
    ...(bandwidth === undefined ? {} : { annotations: { [EGRESS_BANDWIDTH]: bandwidth } }),
    ...(kind === 'Deployment' || kind === 'ReplicaSet' ? {} : { kind }),
    ...(toleration === undefined ? {} : { tolerationSeconds: toleration }),
  }
}

/** Whether an object asks for nodes, and none fits: its pods stay pending. A DaemonSet has no pods then. */
export function fitsNoNode(object: PlainMapping, nodes: readonly NodeSource[]): boolean {
  const kind = WORKLOAD_KINDS.find((known) => known === object['kind'])
  if (kind === undefined || kind === 'DaemonSet' || isOwned(object)) return false
  return chosenNodes(object, [...templatePath(kind), 'spec'], nodes, false)?.length === 0
}

/** How long pods say they tolerate a node that cannot be reached. */
function unreachableSeconds(tolerations: PlainValue | undefined): PlainValue | undefined {
  if (!isList(tolerations)) return undefined
  return valueAt(tolerations.find((toleration) => valueAt(toleration, ['key']) === UNREACHABLE_TAINT), ['tolerationSeconds'])
}

type DeepPath = readonly string[]

/** Where an object describes its pods. */
function templatePath(kind: (typeof WORKLOAD_KINDS)[number]): DeepPath {
  return kind === 'Pod' ? [] : ['spec', 'template']
}

/** Whether an object has a controller that is given as well, or stands in for it. */
function isOwned(object: PlainMapping): boolean {
  const owners = valueAt(object, ['metadata', 'ownerReferences'])
  return isList(owners) && owners.length > 0
}

/** Names of the nodes that an object's pods may run on; undefined where it does not say. A DaemonSet always gets its nodes. */
function chosenNodes(object: PlainMapping, spec: DeepPath, nodes: readonly NodeSource[], isDaemon: boolean): string[] | undefined {
  const nodeName = valueAt(object, [...spec, 'nodeName'])
  if (typeof nodeName === 'string') return [nodeName]
  const selector = valueAt(object, [...spec, 'nodeSelector'])
  const wanted = isMapping(selector) ? Object.entries(selector) : []
  const required = valueAt(object, [...spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'])
  const named = namedNodes(required)
  if (named === undefined && wanted.length === 0 && !isDaemon) return undefined
  const tolerations = valueAt(object, [...spec, 'tolerations'])
  return (named?.flatMap((name) => nodes.filter((node) => node.name === name)) ?? nodes)
    .filter((node) => {
      const labels = nodeLabels(node)
      return wanted.every(([key, value]) => labels[key] === value)
    })
    .filter((node) => !isDaemon || node.taints.every((taint) => isTolerated(taint, tolerations)))
    .map(({ name }) => name)
}

/** The nodes that an affinity names one by one, in its order; undefined where it says something else. */
function namedNodes(terms: PlainValue | undefined): string[] | undefined {
  const expressions = isList(terms) && terms.length === 1 ? valueAt(terms[0]!, ['matchExpressions']) : undefined
  const only = isList(expressions) && expressions.length === 1 ? expressions[0]! : undefined
  const values = valueAt(only, ['key']) === HOSTNAME_LABEL && valueAt(only, ['operator']) === 'In' ? valueAt(only, ['values']) : undefined
  return isList(values) ? values.filter((value): value is string => typeof value === 'string') : undefined
}

function isTolerated(taint: PlainValue, tolerations: PlainValue | undefined): boolean {
  const [key, effect] = [valueAt(taint, ['key']), valueAt(taint, ['effect'])]
  if (effect === 'PreferNoSchedule') return true
  return (
    isList(tolerations) &&
    tolerations.some((toleration) => {
      const [forKey, forEffect] = [valueAt(toleration, ['key']), valueAt(toleration, ['effect'])]
      return (forKey === undefined || forKey === key) && (forEffect === undefined || forEffect === effect)
    })
  )
}

function containerPorts(containers: PlainValue | undefined): PlainValue[] {
  if (!isList(containers)) return []
  return containers.flatMap((container) => {
    const ports = valueAt(container, ['ports'])
    return isList(ports) ? ports.flatMap(portSource) : []
  })
}

function portSource(port: PlainValue): PlainValue[] {
  const [name, number, protocol = 'TCP'] = ['name', 'containerPort', 'protocol'].map((key) => valueAt(port, [key]))
  if (number === undefined || typeof protocol !== 'string' || !PROTOCOLS.includes(protocol)) return []
  return [{ ...(name === undefined ? {} : { name }), port: number, protocol }]
}
