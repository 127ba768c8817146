import type { RecordedMessages } from '#shared/contract/control-plane'
import { hasKubeProxy, type FaultyAgent, type Lab, type Variant } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

import type { Pod } from '../kubernetes/index'
import { labServices, type Service } from '../services/index'
import { workThrough, type AgentWork, type Told } from './agent-queue'
import { felixApplies, kubeProxyApplies, waitsUpTo, type ApplyTimes } from './apply-times'
import { blockClaims } from './block-claims'
import { endpointDistribution, sliceTimes } from './cilium-distribution'
import { clusterChanges, type ChangeSubject, type ClusterChange } from './cluster-changes'
import { clusterDowntimes, downtimesOf, firstUp, type Downtime } from './downtimes'
import { podHistory, type PodHistory } from './pod-history'
import { serviceSyncSeconds, typhaReplicas } from './programming-time'
import { TIMING } from './timing'
import { WatchDraws, type ChangeDraws } from './watch-delays'

/** A node that is told of a change, by which of its agents. */
export interface Delivery extends Told {
  readonly node: number
  readonly agent: FaultyAgent
}

/** A change and who came to know of it. */
export interface DeliveredChange extends ClusterChange {
  /** In the order of nodes. Nobody where no agent of the variant cares. */
  readonly deliveries: readonly Delivery[]
}

/** What changes are delivered in. */
interface DeliveryParts {
  readonly lab: Lab
  readonly variant: Variant
  readonly history: PodHistory
  readonly services: readonly Service[]
  readonly seed: number
}

/** Clusters up to this size have no Typha unless one is made to end (Calico's documentation: from 50 nodes on). */
const NODES_WITHOUT_TYPHA = 50

/**
 * What changes in a variant's cluster, and when each node was told of it and forwards accordingly: the API server's watches
 * with their delays, Typha between, and agents that apply by their own rules, as long as they run.
 */
function deliverChanges(parts: DeliveryParts): DeliveredChange[] {
  const { lab, variant, history, seed } = parts
  const ofCluster = clusterChanges(lab, history, seed)
  const changes = [...ofCluster, ...blockClaims(lab, variant, history, ofCluster)].toSorted((a, b) => a.atNs - b.atNs)
  const draws = new WatchDraws(seed)
  const delivered: Delivery[][] = changes.map(() => [])
  const slices = slicesOf(parts, changes, draws)
  lab.nodes.forEach((_, node) => {
    for (const [agent, concerned] of byAgent(changes, variant, history.pods, node)) {
      const channel = channelTo(parts, agent)
      const told = concerned.map((change) => toldNs(changes[change]!, { ...channel, writtenNs: slices[change] }, draws.of(change, node)))
      const work = workOf(parts, node, agent, draws)
      workThrough(told, work).forEach((outcome, place) => delivered[concerned[place]!]!.push({ node, agent, ...outcome }))
    }
  })
  return changes.map((change, index) => ({ ...change, deliveries: delivered[index]! }))
}

/** When Cilium's operator has written the slices of changed addresses, where agents learn of these from slices. */
function slicesOf({ lab, variant }: DeliveryParts, changes: readonly ClusterChange[], draws: WatchDraws): readonly (number | undefined)[] {
  if (variant.cni !== 'cilium' || endpointDistribution(variant.settings) !== 'slices') return []
  const [api, operator] = [clusterDowntimes(lab.faults, 'kube-apiserver'), clusterDowntimes(lab.faults, 'cilium-operator')]
  return sliceTimes(changes, lab.nodes.length, { api, operator, draws })
}

/** What changes in a lab's cluster under a variant; see {@link deliverChanges}. */
export function labChanges(lab: Lab, variant: Variant, seed: number): DeliveredChange[] {
  const history = podHistory(lab)
  return deliverChanges({ lab, variant, history, services: labServices(lab, history.pods), seed })
}

/** Events that watches delivered, as messages: one for each change that an agent was told. */
export function watchMessages(changes: readonly DeliveredChange[], variant: Variant, node: number): RecordedMessages[] {
  const counts = new Map<string, RecordedMessages>()
  for (const { subject, deliveries } of changes) {
    for (const delivery of deliveries) {
      if (delivery.node !== node || delivery.knownNs === Infinity) continue
      const known = counts.get(subject.kind) ?? { ...watchedAs(subject.kind, variant), count: 0 }
      counts.set(subject.kind, { ...known, count: known.count + 1 })
    }
  }
  return [...counts.values()]
}

/** The API server's objects by what changes. */
const OBJECTS: Readonly<Record<ChangeSubject['kind'], string>> = {
  pod: 'Pod', address: 'Pod', endpoint: 'EndpointSlice', policy: 'policy', service: 'Service', node: 'Node', block: 'IPAMBlock',
}

/** Where an agent reads of what changes, and in which objects. */
function watchedAs(kind: ChangeSubject['kind'], variant: Variant): Pick<RecordedMessages, 'protocol' | 'kind'> {
  if (variant.cni !== 'cilium' || kind !== 'address') return { protocol: 'watch', kind: OBJECTS[kind] }
  return CILIUM_ENDPOINTS[endpointDistribution(variant.settings)]
}

const CILIUM_ENDPOINTS = {
  endpoints: { protocol: 'watch', kind: 'CiliumEndpoint' },
  slices: { protocol: 'watch', kind: 'CiliumEndpointSlice' },
  kvstore: { protocol: 'etcd', kind: 'cilium/state/ip' },
} as const

/** The changes that each agent of a node cares about. */
function byAgent(changes: readonly ClusterChange[], variant: Variant, pods: readonly Pod[], node: number): Map<FaultyAgent, number[]> {
  const lists = new Map<FaultyAgent, number[]>()
  changes.forEach(({ subject }, index) => {
    if (subject.kind === 'pod' && pods[subject.pod]!.node !== node) return
    const agent = subject.kind === 'block' ? writerOf(subject.node === node, variant) : agentFor(subject.kind, variant)
    if (agent === undefined) return
    const list = lists.get(agent)
    if (list === undefined) lists.set(agent, [index])
    else list.push(index)
  })
  return lists
}

/** Who on a node acts on a change; undefined where nobody does. */
function agentFor(kind: Exclude<ChangeSubject['kind'], 'block'>, variant: Variant): FaultyAgent | undefined {
  const own = ({ none: undefined, calico: 'felix', cilium: 'cilium-agent', flannel: 'flanneld' } as const)[variant.cni]
  switch (kind) {
    case 'pod':
      // Flannel's plugin and the host's own network need no agent on the node.
      return variant.cni === 'none' || variant.cni === 'flannel' ? 'kubelet' : own
    case 'address':
    case 'policy':
      return variant.cni === 'flannel' ? undefined : own
    case 'endpoint':
    case 'service':
      return hasKubeProxy(variant) ? 'kube-proxy' : own
    case 'node':
      return variant.cni === 'calico' && variant.settings.ipPool.vxlanMode === 'Never' ? 'confd' : own
  }
}

/** Who acts on a block that a Calico node claims: BIRD announces it by the node's confd, or Felix on all others writes the route. */
function writerOf(isOwn: boolean, variant: Variant): FaultyAgent | undefined {
  if (variant.cni !== 'calico') return undefined
  const { ipPool, felixConfiguration } = variant.settings
  const isByFelix = ipPool.vxlanMode !== 'Never' || felixConfiguration.programClusterRoutes === 'Enabled'
  if (isOwn) return ipPool.vxlanMode === 'Never' ? 'confd' : undefined
  return isByFelix ? 'felix' : undefined
}

/** Between the API server and an agent. */
interface Channel {
  readonly api: readonly Downtime[]
  /** Present where Typha fans out. */
  readonly typha?: readonly Downtime[]
  /** Present where a node has no range of addresses before Cilium's operator gave it one. */
  readonly operator?: readonly Downtime[]
  /** Whether pods and nodes are told of by an etcd of the plugin's own. */
  readonly kvstore?: boolean
  /** When what the agent watches was written, where that is not when the change happened. */
  readonly writtenNs?: number | undefined
}

function channelTo({ lab, variant }: DeliveryParts, agent: FaultyAgent): Channel {
  const api = clusterDowntimes(lab.faults, 'kube-apiserver')
  if (variant.cni === 'cilium' && agent === 'cilium-agent') {
    return { api, operator: clusterDowntimes(lab.faults, 'cilium-operator'), kvstore: endpointDistribution(variant.settings) === 'kvstore' }
  }
  const typha = clusterDowntimes(lab.faults, 'typha')
  const isClient = variant.cni === 'calico' && (agent === 'felix' || agent === 'confd')
  if (!isClient || (lab.nodes.length <= NODES_WITHOUT_TYPHA && typha.length === 0)) return { api }
  // With several replicas their clients turn to another at once.
  const hasOthers = lab.nodes.length > NODES_WITHOUT_TYPHA && typhaReplicas(lab.nodes.length) > 1
  return { api, typha: hasOthers ? [] : typha }
}

/** When an agent hears of a change: what happens on its own node it is told there. */
function toldNs({ subject, cause, atNs }: ClusterChange, { api, typha, operator = [], kvstore = false, writtenNs }: Channel, draw: ChangeDraws): number {
  const madeNs = writtenNs ?? (cause === 'node-add' ? firstUp(operator, atNs) : atNs)
  if (subject.kind === 'pod') return madeNs
  if (kvstore && (subject.kind === 'address' || subject.kind === 'node')) return madeNs + draw.etcdNs()
  const seen = firstUp(api, madeNs) + draw.watchNs()
  return typha === undefined ? seen : firstUp(typha, seen) + TIMING.typha.batchAgeSeconds * SECOND_NS
}

function workOf(parts: DeliveryParts, node: number, agent: FaultyAgent, draws: WatchDraws): AgentWork {
  const { lab } = parts
  // Behind all changes, so that no draw of theirs is its own.
  const draw = draws.of(lab.faults.length * lab.nodes.length + node, agent.length)
  return {
    applies: () => appliesOf(parts, agent, draw),
    downtimes: downtimesOf(lab.faults, lab.nodes[node]!.name, agent),
    listNs: () => draw.watchNs(),
  }
}

function appliesOf({ variant, services }: DeliveryParts, agent: FaultyAgent, draw: ChangeDraws): ApplyTimes {
  switch (agent) {
    case 'felix':
      return felixApplies
    case 'kube-proxy': {
      const endpoints = services.reduce((sum, { ports }) => sum + ports.reduce((total, { backends }) => total + backends.length, 0), 0)
      const { mode } = variant.settings.kubeProxy
      return kubeProxyApplies(serviceSyncSeconds(mode === 'nftables' ? 'nftables' : 'iptables', services.length, endpoints, true))
    }
    case 'cilium-agent':
      return waitsUpTo(TIMING.cilium.endpointPolicySeconds, () => draw.unit())
    default:
      return (knownNs) => [...knownNs]
  }
}
