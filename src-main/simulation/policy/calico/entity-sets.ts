import { addEndpoint, differenceOf, intersectionOf, membersOf, unionOf, type EndpointSet, type PortRange } from '#shared/lookup/policy/index'

import type { Labels } from '../../kubernetes/label-selector'
import type { EndpointIndex, PolicyEndpoint, PolicyService } from '../endpoints'
import { protocolNumber } from '../protocols'
import type { CalicoHostEndpoint, CalicoNetworkSet, CalicoPolicy } from './objects'
import type { CalicoEntity, CalicoPort } from './rule'
import { formatSelector, mapSelector, matchesSelector, type Selector } from './selector'

/** Labels that Calico gives to workload endpoints, and prefixes of those inherited from namespace and service account. */
const NAMESPACE_LABEL = 'projectcalico.org/namespace'
const SERVICE_ACCOUNT_LABEL = 'projectcalico.org/serviceaccount'
const ORCHESTRATOR_LABEL = 'projectcalico.org/orchestrator'
const NAMESPACE_PREFIX = 'pcns.'
const SERVICE_ACCOUNT_PREFIX = 'pcsa.'
const NAME_LABEL = 'projectcalico.org/name'

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' }

const IS_NAMESPACED: Selector = { kind: 'has', label: NAMESPACE_LABEL }

/** Something with labels that is not a pod, and the ends that its addresses stand for. */
interface LabelledAddresses {
  readonly labels: Labels
  readonly members: EndpointSet
}

/**
 * Answers which ends Calico's selectors pick: pods, and addresses of network sets and host endpoints. An end that is none
 * of these has no labels and is picked by no selector, not even by `!has(x)`.
 */
export class EntitySets {
  private readonly index: EndpointIndex
  private readonly sets: readonly LabelledAddresses[]
  private readonly hosts: readonly LabelledAddresses[]
  private readonly podLabels = new Map<PolicyEndpoint, Labels>()
  private readonly selected = new Map<string, EndpointSet>()

  constructor(
    index: EndpointIndex,
    networkSets: readonly CalicoNetworkSet[],
    hostEndpoints: readonly CalicoHostEndpoint[],
  ) {
    this.index = index
    this.sets = networkSets.map((set) => ({
      labels: { ...set.labels, ...(set.namespace === undefined ? {} : this.labelsFromNamespace(set.namespace)) },
      members: unionOf(index.count, set.blocks.map((block) => index.inBlock(block))),
    }))
    this.hosts = hostEndpoints.map(({ labels, node }) => ({ labels, members: this.node(node) }))
  }

  /** The ends of a node itself: its own, and its pods in the host's network. */
  node(name: string): EndpointSet {
    const found = this.index.cluster.endpoints.find(({ reference }) => reference === `node/${name}`)
    return found === undefined ? new Uint32Array(Math.ceil(this.index.count / 32)) : this.endsOfNode(found.node)
  }

  /** All that has a node's address. */
  private endsOfNode(number: number): EndpointSet {
    return this.index.endpoints(`node ${number}`, ({ kind, node }) => kind === 'node' && node === number)
  }

  /**
   * The pods, and nodes with a host endpoint, that a policy applies to; never what is in a network set only. Pods know no
   * policies for untracked traffic or traffic before its destination is translated.
   */
  subjects(policy: CalicoPolicy): EndpointSet {
    return policy.stage === 'normal' ? this.withLabels(subjectSelector(policy), this.hosts) : this.hostSubjects(policy)
  }

  /** The nodes with a host endpoint that a policy applies to. */
  hostSubjects(policy: CalicoPolicy): EndpointSet {
    const selector = subjectSelector(policy)
    const chosen = this.hosts.filter(({ labels }) => matchesSelector(selector, labels))
    return unionOf(this.index.count, chosen.map(({ members }) => members))
  }

  /** The ends that an entity of a rule is about, ports apart; undefined: all. */
  members(entity: CalicoEntity, policyNamespace: string | undefined): EndpointSet | undefined {
    const { index } = this
    const sets: EndpointSet[] = []
    const selector = entitySelector(entity, policyNamespace)
    if (selector !== undefined) sets.push(this.select(selector))
    if (entity.nets.length > 0) sets.push(unionOf(index.count, entity.nets.map((net) => index.inBlock(net))))
    if (entity.services !== undefined) sets.push(this.serviceEndpoints(entity, policyNamespace))
    const excluded = entity.notNets.map((net) => index.inBlock(net))
    if (entity.notSelector !== undefined) excluded.push(this.select(entity.notSelector))
    if (sets.length + excluded.length === 0) return undefined
    const all = sets[0] ?? index.endpoints('all', () => true)
    return excluded.reduce(differenceOf, sets.slice(1).reduce(intersectionOf, all))
  }

  /** Those of a set with an address of a version; all where none is asked. */
  ofVersion(set: EndpointSet | undefined, version: 4 | 6 | undefined): EndpointSet | undefined {
    if (version === undefined) return set
    const speaking = this.index.endpoints(`version ${version}`, ({ addresses }) =>
      addresses.some((address) => address.version === version),
    )
    return set === undefined ? speaking : intersectionOf(set, speaking)
  }

  /** Ranges for the ports of an entity; named ones with the pods that declare them. */
  ranges(ports: readonly CalicoPort[], protocol: number | undefined): PortRange[] {
    return ports.flatMap((port): PortRange[] => {
      if (!('name' in port)) return [{ first: port.first, last: port.last }]
      const spoken = protocol === undefined ? undefined : PROTOCOL_NAMES[protocol]
      if (spoken === undefined) return []
      return Array.from(this.index.namedPorts(port.name, spoken), ([number, holders]) => ({
        first: number,
        last: number,
        holders,
      }))
    })
  }

  /** Ports of a service's endpoints, each with the endpoint that has it. */
  serviceRanges(entity: CalicoEntity, policyNamespace: string | undefined): PortRange[] {
    return this.serviceOf(entity, policyNamespace).map(({ endpoint, port, protocol }) => {
      const holders = new Uint32Array(Math.ceil(this.index.count / 32))
      addEndpoint(holders, endpoint)
      return { protocol: protocolNumber(protocol), first: port, last: port, holders }
    })
  }

  /** The ends whose labels meet a selector. */
  private select(selector: Selector): EndpointSet {
    const key = formatSelector(selector)
    let set = this.selected.get(key)
    if (set === undefined) {
      set = this.withLabels(selector, [...this.sets, ...this.hosts])
      this.selected.set(key, set)
    }
    return set
  }

  /** The pods whose labels meet a selector, and the members of the others whose labels do. */
  private withLabels(selector: Selector, others: readonly LabelledAddresses[]): EndpointSet {
    const key = `calico ${formatSelector(selector)}`
    const pods = this.index.pods(key, (pod) => matchesSelector(selector, this.labelsOfPod(pod)))
    const chosen = others.filter(({ labels }) => matchesSelector(selector, labels))
    return unionOf(this.index.count, [pods, ...chosen.map(({ members }) => members)])
  }

  private labelsOfPod(pod: PolicyEndpoint): Labels {
    let labels = this.podLabels.get(pod)
    if (labels === undefined) {
      const { namespace, serviceAccount } = pod
      const account = this.index.labelsOfServiceAccount(namespace, serviceAccount)
      labels = {
        ...pod.labels,
        ...this.labelsFromNamespace(namespace),
        [ORCHESTRATOR_LABEL]: 'k8s',
        ...withPrefix(account, SERVICE_ACCOUNT_PREFIX),
        ...(serviceAccount === ''
          ? {}
          : { [SERVICE_ACCOUNT_LABEL]: serviceAccount, [SERVICE_ACCOUNT_PREFIX + NAME_LABEL]: serviceAccount }),
      }
      this.podLabels.set(pod, labels)
    }
    return labels
  }

  private labelsFromNamespace(namespace: string): Labels {
    return {
      [NAMESPACE_LABEL]: namespace,
      [NAMESPACE_PREFIX + NAME_LABEL]: namespace,
      ...withPrefix(this.index.labelsOfNamespace(namespace), NAMESPACE_PREFIX),
    }
  }

  /** The endpoints of a service: whatever has their addresses. */
  private serviceOf({ services }: CalicoEntity, policyNamespace: string | undefined): PolicyService['endpoints'] {
    const { cluster } = this.index
    const namespace = services?.namespace ?? policyNamespace
    const found = cluster.services.filter((service) => service.name === services?.name && service.namespace === namespace)
    return found.flatMap(({ endpoints }) =>
      endpoints.flatMap((given) => {
        const { kind, node } = cluster.endpoints[given.endpoint]!
        return kind === 'node' ? membersOf(this.endsOfNode(node)).map((endpoint) => ({ ...given, endpoint })) : [given]
      }),
    )
  }

  private serviceEndpoints(entity: CalicoEntity, policyNamespace: string | undefined): EndpointSet {
    const set = new Uint32Array(Math.ceil(this.index.count / 32))
    for (const { endpoint } of this.serviceOf(entity, policyNamespace)) addEndpoint(set, endpoint)
    return set
  }
}

/**
 * The selector of what a policy applies to (libcalico-go, updateprocessors, ConvertGlobalNetworkPolicyV3ToV1Spec): beside a
 * selector of namespaces, `all()` means whatever is in one, and so does it beside one of service accounts.
 */
function subjectSelector(policy: CalicoPolicy): Selector {
  const { selector, namespace, namespaceSelector, serviceAccountSelector } = policy
  const conditions: Selector[] = [selector]
  if (namespace !== undefined) conditions.push(inNamespace(namespace))
  if (namespaceSelector !== undefined) {
    conditions.push(replacing(prefixed(namespaceSelector, NAMESPACE_PREFIX), { all: IS_NAMESPACED }))
    if (selector.kind === 'all') conditions.push(IS_NAMESPACED)
  }
  if (serviceAccountSelector !== undefined) {
    conditions.push(prefixed(serviceAccountSelector, SERVICE_ACCOUNT_PREFIX))
    if (serviceAccountSelector.kind === 'all') conditions.push({ kind: 'has', label: SERVICE_ACCOUNT_LABEL })
  }
  return { kind: 'and', operands: conditions }
}

/**
 * The selector that an entity comes to (libcalico-go, updateprocessors, GetEntityRuleSelector): in a namespaced policy
 * limited to its namespace as soon as any selector is given, unless one for namespaces is.
 */
function entitySelector(entity: CalicoEntity, policyNamespace: string | undefined): Selector | undefined {
  const { selector, notSelector, namespaceSelector, serviceAccounts } = entity
  const own: Selector[] = []
  if (serviceAccounts?.selector !== undefined) own.push(prefixed(serviceAccounts.selector, SERVICE_ACCOUNT_PREFIX))
  if (serviceAccounts !== undefined && serviceAccounts.names.length > 0) {
    own.push({ kind: 'in', label: SERVICE_ACCOUNT_LABEL, values: serviceAccounts.names })
  }
  if (selector !== undefined) own.push(selector)
  if (namespaceSelector !== undefined) own.push(ofNamespaces(namespaceSelector))
  else if (policyNamespace !== undefined && (own.length > 0 || notSelector !== undefined)) {
    own.push(inNamespace(policyNamespace))
  }
  return own.length === 0 ? undefined : { kind: 'and', operands: own }
}

function inNamespace(namespace: string): Selector {
  return { kind: 'compare', operator: '==', label: NAMESPACE_LABEL, value: namespace }
}

/** A selector of namespaces in a rule, where `all()` means whatever is in a namespace and `global()` what is in none. */
function ofNamespaces(selector: Selector): Selector {
  return replacing(prefixed(selector, NAMESPACE_PREFIX), { all: IS_NAMESPACED, global: { kind: 'not', operand: IS_NAMESPACED } })
}

/** A selector with `all()` or `global()` replaced wherever it stands. */
function replacing(selector: Selector, by: Partial<Record<Selector['kind'], Selector>>): Selector {
  return mapSelector(selector, (part) => by[part.kind] ?? part)
}

/** A selector of the labels that an end inherits. */
function prefixed(selector: Selector, prefix: string): Selector {
  return mapSelector(selector, (part) => ('label' in part ? { ...part, label: prefix + part.label } : part))
}

function withPrefix(labels: Labels, prefix: string): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]))
}
