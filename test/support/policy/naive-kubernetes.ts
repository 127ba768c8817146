import fc from 'fast-check'

import { inPrefix, NAMESPACES, namespaceName, namespaceSelector, podSelector, prefix, selects, type Selector, type Wish, type WorldEnd } from './world'

interface Peer {
  readonly podSelector?: Selector
  readonly namespaceSelector?: Selector
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] }
}

interface Port {
  readonly protocol?: string
  readonly port?: number | string
  readonly endPort?: number
}

interface Rule {
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
  readonly ports?: readonly Port[]
}

/** A NetworkPolicy as its API has it. */
export interface RawNetworkPolicy {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly podSelector: Selector; readonly policyTypes?: readonly string[]; readonly ingress?: readonly Rule[]; readonly egress?: readonly Rule[] }
}

const port: fc.Arbitrary<Port> = fc.oneof(
  fc.constant({}),
  fc.record({ port: fc.constantFrom<number | string>(80, 53, 'web', 'dns'), protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') }, { requiredKeys: ['port'] }),
  fc.constant({ port: 79, endPort: 81 }),
)
const peer: fc.Arbitrary<Peer> = fc.oneof(
  podSelector.map((pods) => ({ podSelector: pods })),
  namespaceSelector.map((namespaces) => ({ namespaceSelector: namespaces })),
  fc.record({ podSelector, namespaceSelector }),
  prefix.map((cidr) => ({ ipBlock: { cidr } })),
  fc.constant({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.1.0/24'] } }),
)
const rules = (side: 'from' | 'to'): fc.Arbitrary<Rule[]> =>
  fc.array(fc.record({ [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }, { requiredKeys: [] }), { maxLength: 2 })

/** A random NetworkPolicy. */
export const networkPolicy: fc.Arbitrary<RawNetworkPolicy> = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r'),
    namespace: namespaceName,
    spec: fc.record(
      { podSelector, policyTypes: fc.subarray(['Ingress', 'Egress']), ingress: rules('from'), egress: rules('to') },
      { requiredKeys: ['podSelector'] },
    ),
  })
  .map(({ name, namespace, spec }) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec }))

/** Whether a range of addresses may mean an end: by its address, or outside the cluster only. */
export type BlockReading = 'any' | 'world'

/** What NetworkPolicies say about a direction of a wish; undefined where none isolates the pod. */
export function networkPolicyVerdict(
  policies: readonly RawNetworkPolicy[],
  wish: Wish,
  direction: 'ingress' | 'egress',
  blocks: BlockReading,
): boolean | undefined {
  const [own, other] = direction === 'ingress' ? [wish.to, wish.from] : [wish.from, wish.to]
  if (own.kind !== 'pod') return undefined
  let isolated = false
  for (const { metadata, spec } of policies) {
    if (metadata.namespace !== own.namespace || !selects(spec.podSelector, own.labels)) continue
    const { policyTypes = [], ingress = [], egress = [] } = spec
    const types = policyTypes.length > 0 ? policyTypes : egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
    if (!types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')) continue
    isolated = true
    for (const rule of direction === 'ingress' ? ingress : egress) {
      const peers = rule.from ?? rule.to ?? []
      const ports = rule.ports ?? []
      const fromPeer = peers.length === 0 || peers.some((candidate) => isPeer(candidate, metadata.namespace, other, blocks))
      const onPort = ports.length === 0 || ports.some((candidate) => isPort(candidate, wish))
      if (fromPeer && onPort) return true
    }
  }
  return isolated ? false : undefined
}

function isPeer({ podSelector: pods, namespaceSelector: namespaces, ipBlock }: Peer, namespace: string, end: WorldEnd, blocks: BlockReading): boolean {
  if (ipBlock !== undefined) {
    if (blocks === 'world' && end.kind !== 'external') return false
    return inPrefix(end.address, ipBlock.cidr) && !(ipBlock.except ?? []).some((inner) => inPrefix(end.address, inner))
  }
  if (end.kind !== 'pod') return false
  const rightNamespace =
    namespaces === undefined
      ? end.namespace === namespace
      : selects(namespaces, { ...NAMESPACES[end.namespace], 'kubernetes.io/metadata.name': end.namespace })
  return rightNamespace && (pods === undefined || selects(pods, end.labels))
}

function isPort({ protocol = 'TCP', port: wanted, endPort }: Port, { to, ...wish }: Wish): boolean {
  if (wish.protocol !== protocol) return false
  if (wanted === undefined) return true
  if (typeof wanted === 'string') {
    return to.ports.some(({ name, port: number, protocol: spoken }) => name === wanted && spoken === protocol && number === wish.port)
  }
  return wish.port >= wanted && wish.port <= (endPort ?? wanted)
}

/** Whether a wish is one of a node to a pod on it, which nothing keeps it from. */
export function isOwnNode({ from, to }: Wish): boolean {
  return from.kind === 'node' && to.kind === 'pod' && from.node === to.node
}

interface ClusterRule {
  readonly action: 'Accept' | 'Deny' | 'Pass'
  readonly from?: readonly ClusterPeer[]
  readonly to?: readonly ClusterPeer[]
  readonly protocols?: readonly { readonly tcp?: { readonly destinationPort: { readonly number: number } }; readonly destinationNamedPort?: string }[]
}

interface ClusterPeer {
  readonly namespaces?: Selector
  readonly pods?: { readonly namespaceSelector: Selector; readonly podSelector: Selector }
  readonly networks?: readonly string[]
  readonly nodes?: Selector
}

/** A ClusterNetworkPolicy as its API has it. */
export interface RawClusterPolicy {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly tier: 'Admin' | 'Baseline'
    readonly priority: number
    readonly subject: ClusterPeer
    readonly ingress: readonly ClusterRule[]
    readonly egress: readonly ClusterRule[]
  }
}

const podPeer: fc.Arbitrary<ClusterPeer> = fc.oneof(
  namespaceSelector.map((namespaces) => ({ namespaces })),
  fc.record({ namespaceSelector, podSelector }).map((pods) => ({ pods })),
)
const egressPeer: fc.Arbitrary<ClusterPeer> = fc.oneof(
  podPeer,
  prefix.map((network) => ({ networks: [network] })),
  fc.constantFrom<Selector>({}, { matchLabels: { zone: '2' } }).map((nodes) => ({ nodes })),
)
const clusterRules = (side: 'from' | 'to', peers: fc.Arbitrary<ClusterPeer>): fc.Arbitrary<ClusterRule[]> =>
  fc.array(
    fc.record(
      {
        action: fc.constantFrom<ClusterRule['action']>('Accept', 'Deny', 'Pass'),
        [side]: fc.array(peers, { minLength: 1, maxLength: 2 }),
        protocols: fc.constantFrom<NonNullable<ClusterRule['protocols']>>(
          [{ tcp: { destinationPort: { number: 80 } } }],
          [{ destinationNamedPort: 'web' }],
        ),
      },
      { requiredKeys: ['action', side] },
    ),
    { maxLength: 2 },
  ) as fc.Arbitrary<ClusterRule[]>

/** Random ClusterNetworkPolicies, each of another priority. */
export const clusterPolicies: fc.Arbitrary<RawClusterPolicy[]> = fc
  .array(
    fc.record({
      tier: fc.constantFrom<'Admin' | 'Baseline'>('Admin', 'Baseline'),
      subject: podPeer,
      ingress: clusterRules('from', podPeer),
      egress: clusterRules('to', egressPeer),
    }),
    { maxLength: 3 },
  )
  .map((specs) =>
    specs.map((spec, index) => ({
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: `c${index}` },
      // The later, the earlier: order in a file means nothing.
      spec: { ...spec, priority: 100 - index },
    })),
  )

/** What a tier of administrators' policies says; undefined where it passes the wish on. */
export function clusterVerdict(
  policies: readonly RawClusterPolicy[],
  tier: 'Admin' | 'Baseline',
  wish: Wish,
  direction: 'ingress' | 'egress',
): boolean | undefined {
  const [own, other] = direction === 'ingress' ? [wish.to, wish.from] : [wish.from, wish.to]
  const inOrder = policies.filter(({ spec }) => spec.tier === tier).sort((a, b) => a.spec.priority - b.spec.priority)
  for (const { spec } of inOrder) {
    if (!isClusterPeer(spec.subject, own)) continue
    for (const { action, from, to, protocols } of spec[direction]) {
      if (!(from ?? to ?? []).some((candidate) => isClusterPeer(candidate, other))) continue
      const onPort = protocols?.some(({ tcp, destinationNamedPort }) =>
        tcp === undefined
          ? wish.to.ports.some(({ name, port: number, protocol }) => name === destinationNamedPort && number === wish.port && protocol === wish.protocol)
          : wish.protocol === 'TCP' && wish.port === tcp.destinationPort.number,
      )
      if (onPort === false) continue
      if (action === 'Pass') return undefined
      return action === 'Accept'
    }
  }
  return undefined
}

function isClusterPeer({ namespaces, pods, networks, nodes }: ClusterPeer, end: WorldEnd): boolean {
  if (networks !== undefined) return networks.some((network) => inPrefix(end.address, network))
  if (nodes !== undefined) return end.kind === 'node' && selects(nodes, end.labels)
  if (end.kind !== 'pod') return false
  const labels = { ...NAMESPACES[end.namespace], 'kubernetes.io/metadata.name': end.namespace }
  return pods === undefined ? selects(namespaces!, labels) : selects(pods.namespaceSelector, labels) && selects(pods.podSelector, end.labels)
}
