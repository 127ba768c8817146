import { EGRESS_BANDWIDTH, HOSTNAME_LABEL, type Lab, type Labels, type Node, type Workload, type WorkloadPort } from '#shared/lab/index'

import type { LabExport } from './lab-export'
import { serverCommand, TOOLS_IMAGE, type Server } from './traffic-tools'

/** The label that tells a workload's pods from others with the same labels; imports take it away again. */
const WORKLOAD_LABEL = 'cnilab.dev/workload'
/** The taint of a node that cannot be reached. */
const UNREACHABLE_TAINT = 'node.kubernetes.io/unreachable'

/** What answers on the ports of a workload's pods: by port, and the port's name and protocol where the lab gives them. */
export type PodPorts = readonly (WorkloadPort & { readonly server: Server })[]

/** The labels that select a workload's pods and no others: its own where no other workload of the namespace has them, too. */
export function selectorOf(lab: Lab, workload: Workload): Labels {
  const own = Object.entries(workload.labels)
  const isShared = lab.cluster.workloads.some(
    (other) => other !== workload && other.namespace === workload.namespace && own.every(([key, value]) => other.labels[key] === value),
  )
  return own.length === 0 || isShared ? { ...workload.labels, [WORKLOAD_LABEL]: workload.name } : workload.labels
}

/** The objects that a workload comes to: its controller, or the pods of one that has none. */
export function workloadObjects(made: LabExport, lab: Lab, workload: Workload, ports: PodPorts): object[] {
  const { name, namespace, replicas, kind = 'Deployment' } = workload
  const place = ['spec', 'cluster', 'workloads', lab.cluster.workloads.indexOf(workload)]
  warnOfWorkload(made, workload, place)
  const template = podTemplate(lab, workload, ports)
  if (kind === 'Pod') {
    const names = replicas === 1 ? [name] : Array.from({ length: replicas }, (_, replica) => `${name}-${replica}`)
    return names.map((pod) => ({ apiVersion: 'v1', kind, metadata: { name: pod, namespace, ...template.metadata }, spec: template.spec }))
  }
  const spec = {
    ...(kind === 'DaemonSet' ? {} : { replicas }),
    selector: { matchLabels: selectorOf(lab, workload) },
    ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    template,
  }
  return [{ apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec }]
}

function warnOfWorkload(made: LabExport, { nodes, uniqueLabels, kind, replicas }: Workload, place: (string | number)[]): void {
  if (uniqueLabels !== undefined) made.warn('not-exported', [...place, 'uniqueLabels'], 'A controller gives all its pods the same labels.')
  const count = new Set(nodes).size
  if (count > 1 && nodes.length !== count) made.warn('approximated', [...place, 'nodes'], 'The scheduler spreads the pods evenly over these nodes.')
  if (kind === 'DaemonSet' && count > 0 && replicas !== count) made.warn('approximated', [...place, 'replicas'], 'A DaemonSet has a pod on each of its nodes.')
}

interface PodTemplate {
  readonly metadata: object
  readonly spec: object
}

function podTemplate(lab: Lab, workload: Workload, ports: PodPorts): PodTemplate {
  const { annotations } = workload
  return {
    metadata: {
      labels: { ...workload.labels, ...selectorOf(lab, workload) },
      ...(annotations === undefined ? {} : { annotations: { [EGRESS_BANDWIDTH]: annotations[EGRESS_BANDWIDTH] } }),
    },
    spec: { ...podSpec(lab, workload), containers: containersOf(ports) },
  }
}

/** What of a pod's spec a workload says, but its containers: whose it is, and where it runs. */
export function podSpec(lab: Lab, workload: Workload): object {
  const { serviceAccount, hostNetwork, nodes, replicas } = workload
  const spread = { maxSkew: 1, topologyKey: HOSTNAME_LABEL, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: selectorOf(lab, workload) } }
  const isSpread = replicas > 1 && new Set(nodes).size !== 1 && workload.kind !== 'DaemonSet' && workload.kind !== 'Pod'
  const tolerations = tolerationsOf(lab, workload)
  return {
    ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
    ...(hostNetwork === true ? { hostNetwork: true } : {}),
    ...nodeChoice(nodes),
    ...(isSpread ? { topologySpreadConstraints: [spread] } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
  }
}

/** Fields of a pod's spec that let it run on these nodes only; none for any node. */
export function nodeChoice(nodes: readonly string[]): object {
  const names = [...new Set(nodes)]
  if (names.length === 0) return {}
  if (names.length === 1) return { nodeSelector: { [HOSTNAME_LABEL]: names[0] } }
  const nodeSelectorTerms = [{ matchExpressions: [{ key: HOSTNAME_LABEL, operator: 'In', values: names }] }]
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } }
}

/** What lets pods run on nodes that the workload names, in spite of taints, and stay there when it says how long. */
function tolerationsOf(lab: Lab, { nodes, tolerationSeconds }: Workload): object[] {
  const named = lab.nodes.filter(({ name }) => nodes.includes(name))
  const taints = new Map(named.flatMap((node: Node) => node.taints).map((taint) => [JSON.stringify(taint), taint]))
  return [
    ...Array.from(taints.values(), ({ key, value, effect }) => ({ key, ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }), effect })),
    ...(tolerationSeconds === undefined ? [] : [{ key: UNREACHABLE_TAINT, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }]),
  ]
}

function containersOf(ports: PodPorts): object[] {
  if (ports.length === 0) return [{ name: 'idle', image: TOOLS_IMAGE, command: ['sleep', 'infinity'] }]
  return ports.map(({ name, port, protocol, server }) => ({
    name: `port-${port}-${protocol.toLowerCase()}`,
    image: TOOLS_IMAGE,
    command: serverCommand(server, port),
    ports: [{ ...(name === undefined ? {} : { name }), containerPort: port, protocol }],
  }))
}
