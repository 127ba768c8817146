import fc from 'fast-check'

import { networkPolicyVerdict, type RawNetworkPolicy } from './naive-kubernetes'
import { inPrefix, namespaceName, NAMESPACES, podSelector, prefix, selects, type Selector, type Wish, type WorldEnd } from './world'

interface Rule {
  readonly endpoints?: readonly Selector[]
  readonly cidrs?: readonly string[]
  readonly sets?: readonly { readonly cidr: string; readonly except?: readonly string[] }[]
  readonly entities?: readonly string[]
  readonly toPorts?: readonly { readonly ports: readonly Port[] }[]
  /** What all rules that select the same pod ask of peers given by labels. */
  readonly requires?: readonly Selector[]
}

interface Port {
  readonly port: string
  readonly endPort?: number
  readonly protocol?: string
}

interface Spec {
  readonly endpointSelector: Selector
  readonly enableDefaultDeny?: { readonly ingress?: boolean; readonly egress?: boolean }
  readonly ingress?: readonly Rule[]
  readonly ingressDeny?: readonly Rule[]
  readonly egress?: readonly Rule[]
  readonly egressDeny?: readonly Rule[]
}

/** A random policy: namespaced, or clusterwide where it has no namespace. */
export interface RandomCiliumPolicy {
  readonly namespace: string | undefined
  readonly spec: Spec
}

const peerSelector: fc.Arbitrary<Selector> = fc.oneof(
  podSelector,
  namespaceName.map((name) => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': name } })),
  fc.constant({ matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] }),
  fc.constant({ matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'a' } }),
  fc.constantFrom<Selector>({ matchLabels: { 'reserved:host': '' } }, { matchLabels: { 'reserved:world': '' } }),
)
const ports = fc.array(
  fc.constantFrom<Port>({ port: '80' }, { port: '80', protocol: 'TCP' }, { port: '53', endPort: 90, protocol: 'UDP' }, { port: 'web', protocol: 'TCP' }, { port: '0', protocol: 'TCP' }),
  { minLength: 1, maxLength: 2 },
)
const peers: fc.Arbitrary<Rule> = fc.oneof(
  fc.constant({}),
  fc.array(peerSelector, { maxLength: 2 }).map((endpoints) => ({ endpoints })),
  fc.array(prefix, { minLength: 1, maxLength: 2 }).map((cidrs) => ({ cidrs })),
  fc.constant({ sets: [{ cidr: '10.0.0.0/8', except: ['10.200.0.0/16'] }] }),
  fc.array(fc.constantFrom('all', 'world', 'cluster', 'host', 'remote-node', 'none'), { minLength: 1, maxLength: 2 }).map((entities) => ({ entities })),
)
const rule: fc.Arbitrary<Rule> = fc
  .tuple(peers, fc.option(ports, { nil: undefined }), fc.option(fc.tuple(podSelector), { nil: undefined, freq: 3 }))
  .map(([who, at, requires]) => ({ ...who, ...(at === undefined ? {} : { toPorts: [{ ports: at }] }), ...(requires && { requires }) }))
const rules = fc.array(rule, { maxLength: 2 })

/** Random policies. */
export const ciliumPolicies: fc.Arbitrary<RandomCiliumPolicy[]> = fc.array(
  fc.record({
    namespace: fc.option(namespaceName, { nil: undefined }),
    spec: fc.record(
      {
        endpointSelector: podSelector, ingress: rules, ingressDeny: rules, egress: rules, egressDeny: rules,
        enableDefaultDeny: fc.record({ ingress: fc.boolean(), egress: fc.boolean() }, { requiredKeys: [] }),
      },
      { requiredKeys: ['endpointSelector'] },
    ),
  }),
  { maxLength: 3 },
)

/** A policy as its API has it. */
export function ciliumObject({ namespace, spec }: RandomCiliumPolicy, index: number): object {
  const rename = (list: readonly Rule[] | undefined, side: 'from' | 'to') =>
    list?.map(({ endpoints, cidrs, sets, entities, toPorts, requires }) => ({
      ...(endpoints && { [`${side}Endpoints`]: endpoints }),
      ...(cidrs && { [`${side}CIDR`]: cidrs }),
      ...(sets && { [`${side}CIDRSet`]: sets }),
      ...(entities && { [`${side}Entities`]: entities }),
      ...(toPorts && { toPorts }),
      ...(requires && { [`${side}Requires`]: requires }),
    }))
  const { ingress, ingressDeny, egress, egressDeny, ...rest } = spec
  return {
    apiVersion: 'cilium.io/v2',
    kind: namespace === undefined ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
    metadata: { name: `p${index}`, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      ...rest,
      ...(ingress && { ingress: rename(ingress, 'from') }),
      ...(ingressDeny && { ingressDeny: rename(ingressDeny, 'from') }),
      ...(egress && { egress: rename(egress, 'to') }),
      ...(egressDeny && { egressDeny: rename(egressDeny, 'to') }),
    },
  }
}

/** What the agent would make of a wish in a direction. */
export function ciliumAllows(
  policies: readonly RandomCiliumPolicy[],
  kubernetes: readonly RawNetworkPolicy[],
  wish: Wish,
  direction: 'ingress' | 'egress',
): boolean {
  const [own, other] = direction === 'ingress' ? [wish.to, wish.from] : [wish.from, wish.to]
  if (own.kind !== 'pod') return true
  const ofKubernetes = networkPolicyVerdict(kubernetes, wish, direction, 'world')
  let isolated = ofKubernetes !== undefined
  let allowed = ofKubernetes === true || (direction === 'ingress' && other.kind === 'node' && other.node === own.node)
  let denied = false
  const selecting = policies
    .filter(({ namespace, spec }) => (namespace === undefined || namespace === own.namespace) && selects(spec.endpointSelector, own.labels))
    .map(({ namespace, spec }) => ({
      namespace,
      allow: spec[direction] ?? [],
      deny: spec[direction === 'ingress' ? 'ingressDeny' : 'egressDeny'] ?? [],
      isolates: spec.enableDefaultDeny?.[direction],
    }))
  const isRequired = (action: 'allow' | 'deny'): boolean =>
    selecting.every(({ namespace, [action]: rules }) =>
      rules.every(({ requires = [] }) => requires.every((selector) => isSelected(selector, namespace, own, other))),
    )
  for (const { namespace, allow, deny, isolates } of selecting) {
    if (isolates ?? allow.length + deny.length > 0) isolated = true
    if (allow.some((candidate) => isMatch(candidate, namespace, own, other, wish, isRequired('allow')))) allowed = true
    if (deny.some((candidate) => isMatch(candidate, namespace, own, other, wish, isRequired('deny')))) denied = true
  }
  return !denied && (allowed || !isolated)
}

function isMatch(
  candidate: Rule,
  namespace: string | undefined,
  own: WorldEnd,
  other: WorldEnd,
  wish: Wish,
  meetsDemands: boolean,
): boolean {
  const { endpoints, cidrs, sets, entities, toPorts } = candidate
  const namesPeers = [endpoints, cidrs, sets, entities].some((list) => list !== undefined)
  if (!namesPeers && toPorts === undefined) return false
  if (toPorts !== undefined && !toPorts.some(({ ports: list }) => list.some((port) => isPort(port, wish)))) return false
  if (!namesPeers) return true
  const isWorld = other.kind === 'external'
  return (
    (meetsDemands && (endpoints ?? []).some((selector) => isSelected(selector, namespace, own, other))) ||
    (isWorld && (cidrs ?? []).some((cidr) => inPrefix(other.address, cidr))) ||
    (isWorld && (sets ?? []).some(({ cidr, except = [] }) => inPrefix(other.address, cidr) && !except.some((inner) => inPrefix(other.address, inner)))) ||
    (entities ?? []).some((entity) => isEntity(entity, own, other))
  )
}

function isPort({ port, endPort, protocol = 'ANY' }: Port, { to, ...wish }: Wish): boolean {
  if (protocol !== 'ANY' && protocol !== wish.protocol) return false
  if (port === '0') return true
  if (port === 'web') return to.ports.some(({ name, port: number, protocol: spoken }) => name === port && number === wish.port && spoken === wish.protocol)
  return wish.port >= Number(port) && wish.port <= (endPort ?? Number(port))
}

/** The labels of an identity, each with its source, and without. */
function identityLabels(own: WorldEnd, other: WorldEnd): Record<string, string> {
  if (other.kind === 'external') return { 'reserved:world': '' }
  if (other.kind === 'node') return { [other.node === own.node ? 'reserved:host' : 'reserved:remote-node']: '' }
  const inherited = { ...NAMESPACES[other.namespace], 'kubernetes.io/metadata.name': other.namespace }
  const labels: Record<string, string> = { ...other.labels, 'io.kubernetes.pod.namespace': other.namespace }
  for (const [key, value] of Object.entries(inherited)) labels[`io.cilium.k8s.namespace.labels.${key}`] = value
  return { ...labels, ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value])) }
}

function isSelected(selector: Selector, namespace: string | undefined, own: WorldEnd, other: WorldEnd): boolean {
  const labels = identityLabels(own, other)
  const keys = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)]
  const mentions = (text: string): boolean => keys.some((key) => key.includes(text))
  if (!selects(selector, labels)) return false
  if (mentions('reserved:') || mentions('io.kubernetes.pod.namespace')) return true
  if (namespace === undefined) return 'io.kubernetes.pod.namespace' in labels
  return mentions('io.cilium.k8s.namespace.labels') || labels['io.kubernetes.pod.namespace'] === namespace
}

function isEntity(entity: string, own: WorldEnd, other: WorldEnd): boolean {
  switch (entity) {
    case 'all':
      return true
    case 'world':
      return other.kind === 'external'
    case 'cluster':
      return other.kind !== 'external'
    case 'host':
      return other.kind === 'node' && other.node === own.node
    case 'remote-node':
      return other.kind === 'node' && other.node !== own.node
    default:
      return false
  }
}
