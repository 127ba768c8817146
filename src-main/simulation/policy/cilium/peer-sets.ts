import { matchesDnsPattern, addEndpoint, differenceOf, intersectionOf, unionOf, type EndpointSet, type HostRelation } from '#shared/lookup/policy/index'

import { matchesLabels, meets, type LabelSelector } from '../../kubernetes/label-selector'
import type { EndpointIndex, PolicyEndpoint } from '../endpoints'
import { addressSet } from '../kubernetes/index'
import type { OutsidePeers } from '../policy-set'
import type { CidrRule } from './cidr'
import type { CiliumCidrGroup } from './objects'
import type { CiliumPeers, CiliumServicePeer, Entity } from './rule'
import {
  CLUSTER_KEY,
  NAMESPACE_KEY,
  NAMESPACE_LABELS_PREFIX,
  isOfKubernetes,
  SERVICE_ACCOUNT_KEY,
  splitKey,
  withNamespace,
} from './selector'

/** Peers, and how their host must relate to the endpoint's. */
export interface RelatedPeers {
  readonly peers: EndpointSet
  readonly relation: HostRelation
}

/** A node is one thing to the pods on it and another to those elsewhere. */
type NodeRole = 'host' | 'remote-node'

/** Answers which ends Cilium's selectors, entities, ranges and names pick. */
export class PeerSets {
  private readonly index: EndpointIndex
  private readonly groups: readonly CiliumCidrGroup[]

  constructor(index: EndpointIndex, groups: readonly CiliumCidrGroup[]) {
    this.index = index
    this.groups = groups
  }

  /** The pods that a selector of subjects picks. */
  subjects(selector: LabelSelector): EndpointSet {
    return this.index.pods(`cilium ${JSON.stringify(selector)}`, (pod) => this.selects(selector, pod, 'host'))
  }

  /**
   * The peers of a rule, split by how their host must relate to the endpoint's own. Those given by labels must also meet
   * `required`.
   */
  related(peers: CiliumPeers, namespace: string | undefined, required: LabelSelector): RelatedPeers[] {
    const asHost = this.members(peers, namespace, required, 'host')
    const asRemote = this.members(peers, namespace, required, 'remote-node')
    const both = intersectionOf(asHost, asRemote)
    const parts: RelatedPeers[] = [
      { peers: both, relation: 'any' },
      { peers: differenceOf(asHost, both), relation: 'sameHost' },
      { peers: differenceOf(asRemote, both), relation: 'otherHost' },
    ]
    const kept = parts.filter((part) => part.peers.some((word) => word !== 0))
    return kept.length > 0 ? kept : [parts[0]!]
  }

  /**
   * Peers of a rule that are picked by their address, or by not being of the cluster: as an entity, or by its label, which
   * must also meet `required`.
   */
  outside({ endpoints, blocks, ranges, entities }: CiliumPeers, namespace: string | undefined, required: LabelSelector): OutsidePeers {
    return {
      ranges: [
        ...blocks.map((block) => ({ block, except: [] })),
        ...ranges.flatMap((range) => this.blocksOf(range).map((block) => ({ block, except: range.except }))),
      ],
      world:
        entities.some((entity) => entity.startsWith('world')) ||
        endpoints.some((selector) => meetsWorld([...withNamespace(selector, namespace), ...required])),
      everybody: entities.includes('all'),
    }
  }

  private members(
    peers: CiliumPeers,
    namespace: string | undefined,
    required: LabelSelector,
    role: NodeRole,
  ): EndpointSet {
    const { index } = this
    const sets = [
      ...peers.endpoints.map((selector) => this.selected([...withNamespace(selector, namespace), ...required], role)),
      ...peers.entities.map((entity) => this.entity(entity, role)),
      addressSet(index, peers.blocks, [], 'world'),
      ...peers.ranges.map((range) => addressSet(index, this.blocksOf(range), range.except, 'world')),
      ...peers.services.map((service) => this.serviceEndpoints(service)),
    ]
    if (peers.names.length > 0) sets.push(this.named(peers.names))
    return unionOf(index.count, sets)
  }

  private selected(selector: LabelSelector, role: NodeRole): EndpointSet {
    const key = JSON.stringify(selector)
    const pods = this.index.pods(`cilium ${key}`, (pod) => this.selects(selector, pod, role))
    const others = this.index.endpoints(`cilium ${role} ${key}`, (endpoint) =>
      endpoint.kind !== 'pod' && this.selects(selector, endpoint, role),
    )
    return unionOf(this.index.count, [pods, others])
  }

  private selects(selector: LabelSelector, endpoint: PolicyEndpoint, role: NodeRole): boolean {
    return meets(selector, (key) => {
      const { source, name } = splitKey(key)
      if (source === 'reserved') return reservedLabels(endpoint, role).includes(name) ? '' : undefined
      return endpoint.kind === 'pod' && isOfKubernetes(source) ? this.podLabel(endpoint, name) : undefined
    })
  }

  private podLabel({ namespace, serviceAccount, labels }: PolicyEndpoint, name: string): string | undefined {
    if (Object.hasOwn(labels, name)) return labels[name]
    if (name === NAMESPACE_KEY) return namespace
    if (name === CLUSTER_KEY) return this.index.cluster.clusterName
    if (name === SERVICE_ACCOUNT_KEY) return serviceAccount === '' ? undefined : serviceAccount
    if (!name.startsWith(NAMESPACE_LABELS_PREFIX)) return undefined
    const inherited = this.index.labelsOfNamespace(namespace)
    const key = name.slice(NAMESPACE_LABELS_PREFIX.length)
    return Object.hasOwn(inherited, key) ? inherited[key] : undefined
  }

  private entity(entity: Entity, role: NodeRole): EndpointSet {
    return this.index.endpoints(`entity ${entity} ${role}`, (endpoint) => isEntity(entity, endpoint, role))
  }

  private blocksOf(range: CidrRule) {
    if ('block' in range) return [range.block]
    const chosen =
      'group' in range
        ? this.groups.filter(({ name }) => name === range.group)
        : this.groups.filter(({ labels }) => matchesLabels(range.groups, labels))
    return chosen.flatMap(({ blocks }) => blocks)
  }

  /**
   * Pods behind services, of any namespace where none is given; those in the host's network keep the identity of the host
   * (pkg/policy/k8s/service.go).
   */
  private serviceEndpoints({ name, namespace, selector }: CiliumServicePeer): EndpointSet {
    const set = new Uint32Array(Math.ceil(this.index.count / 32))
    for (const service of this.index.cluster.services) {
      if (namespace !== undefined && namespace !== '' && service.namespace !== namespace) continue
      if (name !== undefined && service.name !== name) continue
      if (selector !== undefined && !matchesLabels(selector, service.labels)) continue
      for (const { endpoint } of service.endpoints) {
        if (this.index.cluster.endpoints[endpoint]!.kind !== 'node') addEndpoint(set, endpoint)
      }
    }
    return set
  }

  /** Hosts outside whose address a DNS answer for one of the names held. Pods and nodes keep their own identities. */
  private named(patterns: readonly string[]): EndpointSet {
    return this.index.endpoints(`names ${JSON.stringify(patterns)}`, ({ kind, dnsNames }) =>
      kind === 'external' && dnsNames.some((name) => {
        const qualified = name.endsWith('.') ? name : `${name}.`
        return patterns.some((pattern) => matchesDnsPattern(pattern, qualified))
      }),
    )
  }
}

/** Whether a selector picks what is outside the cluster: all that is known of it is the label `reserved:world`. */
function meetsWorld(selector: LabelSelector): boolean {
  return meets(selector, (key) => {
    const { source, name } = splitKey(key)
    return source === 'reserved' && name === 'world' ? '' : undefined
  })
}

function reservedLabels({ kind, isApiServer, isInit }: PolicyEndpoint, role: NodeRole): readonly string[] {
  if (kind === 'external') return ['world']
  if (kind === 'pod') return isInit === true ? ['init'] : []
  return isApiServer ? [role, 'kube-apiserver'] : [role]
}

function isEntity(entity: Entity, { kind, isApiServer, isInit, addresses }: PolicyEndpoint, role: NodeRole): boolean {
  switch (entity) {
    case 'all':
      return true
    case 'world':
      return kind === 'external'
    case 'world-ipv4':
    case 'world-ipv6':
      return kind === 'external' && addresses.some(({ version }) => version === (entity === 'world-ipv4' ? 4 : 6))
    case 'cluster':
      return kind !== 'external'
    case 'host':
    case 'remote-node':
      return kind === 'node' && entity === role
    case 'kube-apiserver':
      return kind === 'node' && isApiServer
    case 'init':
      return isInit === true
    case 'ingress':
    case 'health':
    case 'unmanaged':
    case 'none':
      return false
  }
}
