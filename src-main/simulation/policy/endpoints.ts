import { addEndpoint, endpointSet, type EndpointSet } from '#shared/lookup/policy/index'
import { ipBlockContains, type IpAddress, type IpBlock } from '#shared/units/index'

import type { Labels } from '../kubernetes/label-selector'

/** A port that a pod declares. */
export interface ContainerPort {
  readonly name?: string
  readonly port: number
  readonly protocol: string
}

/** An end of traffic as policies see it. A pod in its node's network namespace counts as the node. */
export interface PolicyEndpoint {
  /** `namespace/pod`, `node/name` or `external/name`. */
  readonly reference: string
  readonly kind: 'pod' | 'node' | 'external'
  /** Empty for all but pods. */
  readonly namespace: string
  /** A pod's labels, or its node's. */
  readonly labels: Labels
  /** Name of a pod's service account. */
  readonly serviceAccount: string
  readonly addresses: readonly IpAddress[]
  /** Number of the node that it is or runs on; −1 outside the cluster. */
  readonly node: number
  readonly ports: readonly ContainerPort[]
  /** Names whose DNS answers held its address, as far as the nodes' proxies saw. */
  readonly dnsNames: readonly string[]
  /** Whether the node runs the API server. */
  readonly isApiServer: boolean
  /** Set for pods that Cilium has no identity for. */
  readonly isInit?: true
}

/** A namespace and its labels, `kubernetes.io/metadata.name` included. */
export interface PolicyNamespace {
  readonly name: string
  readonly labels: Labels
}

/** A service's endpoints, as rules that name the service see them. */
export interface PolicyService {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly endpoints: readonly { readonly endpoint: number; readonly port: number; readonly protocol: string }[]
}

/** All that policies can select from. */
export interface PolicyCluster {
  readonly endpoints: readonly PolicyEndpoint[]
  readonly namespaces: readonly PolicyNamespace[]
  /** Labels of service accounts, by `namespace/name`. */
  readonly serviceAccounts: ReadonlyMap<string, Labels>
  readonly services: readonly PolicyService[]
  /** Name of the cluster (Cilium). */
  readonly clusterName: string
}

/** The label that the API server puts on every namespace. */
const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name'

/** A namespace with the label that it always has. */
export function namespaceWithName(name: string, labels: Labels): PolicyNamespace {
  return { name, labels: { ...labels, [NAMESPACE_NAME_LABEL]: name } }
}

/** Pods that no selector tells apart: one namespace, one service account, equal labels. */
interface Identity {
  readonly pod: PolicyEndpoint
  readonly members: EndpointSet
}

/**
 * Answers which endpoints something selects. Selectors are tried on one pod of each identity, and each question that
 * comes with a key is answered once: clusters have thousands of pods in a few hundred identities.
 */
export class EndpointIndex {
  readonly cluster: PolicyCluster
  readonly count: number
  private readonly identities: readonly Identity[]
  private readonly answers = new Map<string, EndpointSet>()
  private readonly portNames = new Map<string, ReadonlyMap<number, EndpointSet>>()
  private readonly namespaceLabels: ReadonlyMap<string, Labels>

  constructor(cluster: PolicyCluster) {
    this.cluster = cluster
    this.count = cluster.endpoints.length
    this.identities = groupPods(cluster.endpoints)
    this.namespaceLabels = new Map(cluster.namespaces.map(({ name, labels }) => [name, labels]))
  }

  /** The pods of each identity. */
  get identitySets(): readonly EndpointSet[] {
    return this.identities.map(({ members }) => members)
  }

  /** Labels of a namespace; those that every namespace has where the cluster does not list it. */
  labelsOfNamespace(name: string): Labels {
    return this.namespaceLabels.get(name) ?? { [NAMESPACE_NAME_LABEL]: name }
  }

  /** Labels of a service account. */
  labelsOfServiceAccount(namespace: string, name: string): Labels {
    return this.cluster.serviceAccounts.get(`${namespace}/${name}`) ?? {}
  }

  /** The pods that a predicate picks by what their identity says. `key` stands for the question. */
  pods(key: string, picks: (pod: PolicyEndpoint) => boolean): EndpointSet {
    return this.remember(`pods ${key}`, () => {
      const set = new Uint32Array(Math.ceil(this.count / 32))
      for (const { pod, members } of this.identities) {
        if (!picks(pod)) continue
        for (let word = 0; word < set.length; word++) set[word]! |= members[word]!
      }
      return set
    })
  }

  /** The endpoints that a predicate picks by anything. `key` stands for the question. */
  endpoints(key: string, picks: (endpoint: PolicyEndpoint, index: number) => boolean): EndpointSet {
    return this.remember(`endpoints ${key}`, () =>
      endpointSet(this.count, (index) => picks(this.cluster.endpoints[index]!, index)),
    )
  }

  /** The endpoints with an address in a block. */
  inBlock(block: IpBlock): EndpointSet {
    return this.endpoints(`in ${block.version} ${block.first}/${block.length}`, ({ addresses }) =>
      addresses.some((address) => ipBlockContains(block, address)),
    )
  }

  /** Per port number: the pods that declare a port of this name and protocol with it. */
  namedPorts(name: string, protocol: string): ReadonlyMap<number, EndpointSet> {
    const key = `${protocol} ${name}`
    const numbers = this.portNames.get(key) ?? this.findNamedPorts(name, protocol)
    this.portNames.set(key, numbers)
    return numbers
  }

  private findNamedPorts(name: string, protocol: string): ReadonlyMap<number, EndpointSet> {
    const numbers = new Map<number, EndpointSet>()
    this.cluster.endpoints.forEach(({ ports }, index) => {
      for (const { name: given, port, protocol: spoken } of ports) {
        if (given !== name || spoken !== protocol) continue
        const holders = numbers.get(port) ?? new Uint32Array(Math.ceil(this.count / 32))
        addEndpoint(holders, index)
        numbers.set(port, holders)
      }
    })
    return numbers
  }

  private remember(key: string, answer: () => EndpointSet): EndpointSet {
    let set = this.answers.get(key)
    if (set === undefined) {
      set = answer()
      this.answers.set(key, set)
    }
    return set
  }
}

function groupPods(endpoints: readonly PolicyEndpoint[]): Identity[] {
  const identities = new Map<string, Identity>()
  endpoints.forEach((endpoint, index) => {
    if (endpoint.kind !== 'pod') return
    const { namespace, serviceAccount, labels } = endpoint
    const key = JSON.stringify([namespace, serviceAccount, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
    let identity = identities.get(key)
    if (identity === undefined) {
      identity = { pod: endpoint, members: new Uint32Array(Math.ceil(endpoints.length / 32)) }
      identities.set(key, identity)
    }
    addEndpoint(identity.members, index)
  })
  return [...identities.values()]
}
