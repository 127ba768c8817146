import { DEFAULT_NAMESPACE, nodeOfReplica, placeWorkloads, type Lab, type Labels, type Traffic, type TrafficEnd, type Workload } from '#shared/lab/index'

import type { LabExport } from './lab-export'
import { labelNames } from './label-names'
import { workloadOf, type TrafficPorts } from './traffic-ports'
import { clientCommand, secondsOf, serverCommand, SERVERS, TOOLS_IMAGE } from './traffic-tools'
import { nodeChoice, podSpec, selectorOf } from './workload-objects'

/** The label of objects that stand for traffic; imports leave them out. */
const TRAFFIC_LABEL = 'cnilab.dev/traffic'
/** A condition that nobody ever sets: a sender's pods never count as ready, so that no service sends to them. */
const NEVER_READY = { readinessGates: [{ conditionType: 'cnilab.dev/sender' }] }
/** Port that a server on a node listens on unless the lab says another (iperf3's). */
const NODE_PORT = 5201

/** The Job that sends an entry's traffic, and what it needs to find whom it sends to. */
export function trafficObjects(made: LabExport, lab: Lab, index: number, ports: TrafficPorts): object[] {
  const traffic = lab.traffic[index]!
  const place = ['spec', 'traffic', index]
  const name = objectName(lab, traffic)
  const outside = [traffic.from, traffic.to].find(({ kind }) => kind === 'external')
  if (outside !== undefined) {
    made.warn('not-exported', place, `${outside.name} is no part of the cluster, where a Job could run.`)
    return []
  }
  const receiver = receiverOf(made, lab, index, ports)
  if (receiver === undefined) return []
  if (traffic.pattern !== 'in-turn') made.warn('not-exported', [...place, 'pattern'], 'Every sender asks the name of all receivers.')
  const sender = senderOf(lab, traffic)
  const command = clientCommand(made, traffic, place, receiver, secondsOf(traffic, lab.run.duration))
  const { labels, spec, count, namespace } = sender
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: { [TRAFFIC_LABEL]: name } },
    spec: {
      parallelism: count,
      completions: count,
      template: {
        metadata: { labels: { ...labels, [TRAFFIC_LABEL]: name } },
        spec: { ...spec, ...NEVER_READY, restartPolicy: 'OnFailure', containers: [{ name: 'sender', image: TOOLS_IMAGE, command }] },
      },
    },
  }
  return [...receiver.objects, job]
}

interface Sender {
  readonly namespace: string
  readonly labels: Labels
  readonly spec: object
  readonly count: number
}

/** Pods that are to policies what the lab's sender is, on its node. */
function senderOf(lab: Lab, { from }: Traffic): Sender {
  if (from.kind === 'node') return { namespace: DEFAULT_NAMESPACE, labels: {}, spec: { hostNetwork: true, ...onNode(lab, from.name) }, count: 1 }
  const found = workloadOf(lab, from.name)
  // A validated lab has what its traffic names; senders are never services.
  const { workload, replica } = found!
  const spec = podSpec(lab, workload)
  const all = { namespace: workload.namespace, labels: workload.labels }
  if (replica === undefined) return { ...all, spec, count: workload.replicas }
  return { ...all, spec: { ...withoutPlace(spec), ...nodeChoice(nodeOf(lab, workload, replica)) }, count: 1 }
}

function withoutPlace(spec: object): object {
  const fields = Object.entries(spec).filter(([key]) => !['nodeSelector', 'affinity', 'topologySpreadConstraints'].includes(key))
  return Object.fromEntries(fields)
}

/** The node of a replica, where the lab says one. */
function nodeOf(lab: Lab, workload: Workload, replica: number): string[] {
  const placement = placeWorkloads(lab)[lab.cluster.workloads.indexOf(workload)]!
  const node = nodeOfReplica(placement, replica)
  return node === undefined ? [] : [lab.nodes[node]!.name]
}

function onNode(lab: Lab, name: string): object {
  const { taints } = lab.nodes.find((node) => node.name === name)!
  return { ...nodeChoice([name]), ...(taints.length === 0 ? {} : { tolerations: [{ operator: 'Exists' }] }) }
}

interface Receiver {
  readonly host: string
  readonly port: number
  readonly objects: readonly object[]
}

/** Whom an entry asks, by a name that the cluster's DNS knows, and the objects that give it that name. */
function receiverOf(made: LabExport, lab: Lab, index: number, { asked }: TrafficPorts): Receiver | undefined {
  const traffic = lab.traffic[index]!
  const { to } = traffic
  const port = asked[index] ?? NODE_PORT
  switch (to.kind) {
    case 'service': {
      if (asked[index] === undefined && traffic.kind !== 'icmp') return undefined
      const [namespace, name] = to.name.split('/')
      return { host: `${name}.${namespace}.svc`, port, objects: [] }
    }
    case 'node':
      return nodeReceiver(lab, traffic, port)
    case 'external':
      return undefined
    case 'pod':
    case 'workload':
      return podReceiver(made, lab, to, { index, port })
  }
}

/** A name for a workload's pods. One of several pods has none of its own. */
function podReceiver(made: LabExport, lab: Lab, to: TrafficEnd, { index, port }: { readonly index: number; readonly port: number }): Receiver {
  const { workload, replica } = workloadOf(lab, to.name)!
  const isStateful = workload.kind === 'StatefulSet'
  const oneOfMany = replica !== undefined && workload.replicas > 1
  if (oneOfMany && !isStateful) {
    made.warn('approximated', ['spec', 'traffic', index, 'to'], `It asks any pod of ${workload.name}: pods of a ${workload.kind ?? 'Deployment'} have no names of their own.`)
  }
  const name = objectName(lab, lab.traffic[index]!)
  const single: Labels = oneOfMany && isStateful ? { 'statefulset.kubernetes.io/pod-name': `${workload.name}-${replica}` } : {}
  const selector = { ...selectorOf(lab, workload), ...single }
  return { host: `${name}.${workload.namespace}.svc`, port, objects: [headless(name, workload.namespace, selector)] }
}

/** A server on a node, and a name for it. */
function nodeReceiver(lab: Lab, traffic: Traffic, port: number): Receiver {
  const name = objectName(lab, traffic)
  const host = `${name}.${DEFAULT_NAMESPACE}.svc`
  const labels = { [TRAFFIC_LABEL]: `${name}-to` }
  const command = traffic.kind === 'icmp' ? ['sleep', 'infinity'] : serverCommand(SERVERS[traffic.kind], port)
  const spec = { hostNetwork: true, ...onNode(lab, traffic.to.name), containers: [{ name: 'receiver', image: TOOLS_IMAGE, command }] }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: DEFAULT_NAMESPACE, labels: { [TRAFFIC_LABEL]: name } },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
  return { host, port, objects: [deployment, headless(name, DEFAULT_NAMESPACE, labels)] }
}

/** A Service without an address: its name stands for the pods themselves. */
function headless(name: string, namespace: string, selector: Labels): object {
  const metadata = { name, namespace, labels: { [TRAFFIC_LABEL]: name } }
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: 'None', selector } }
}

/** The name of an entry's objects. */
function objectName(lab: Lab, traffic: Traffic): string {
  return labelNames(lab.traffic.map(({ name }) => `traffic-${name}`))[lab.traffic.indexOf(traffic)]!
}
