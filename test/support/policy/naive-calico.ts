import fc from 'fast-check'

import { isOwnNode, networkPolicyVerdict, type RawNetworkPolicy } from './naive-kubernetes'
import { inPrefix, NAMESPACES, namespaceName, prefix, type Labels, type Wish, type WorldEnd } from './world'

/** Selectors and what they mean, so that a naive reading needs no parser. */
const SELECTORS: Readonly<Record<string, (labels: Labels) => boolean>> = {
  "app == 'a'": ({ app }) => app === 'a',
  "app != 'a'": ({ app }) => app !== 'a',
  'has(tier)': (labels) => 'tier' in labels,
  '!has(tier)': (labels) => !('tier' in labels),
  "app in {'a', 'b'}": ({ app }) => app === 'a' || app === 'b',
  "app not in {'a'}": ({ app }) => app !== 'a',
  "net == 'corp' || app == 'b' && has(tier)": ({ net, app, ...labels }) => net === 'corp' || (app === 'b' && 'tier' in labels),
  'all()': () => true,
}

/** Selectors of namespaces: of the labels of one, or of what is in none. */
const NAMESPACE_SELECTORS: Readonly<Record<string, (labels: Labels | undefined) => boolean>> = {
  "team == 'a'": (labels) => labels?.['team'] === 'a',
  "team != 'a'": (labels) => labels?.['team'] !== 'a',
  'has(env)': (labels) => labels !== undefined && 'env' in labels,
  'all()': (labels) => labels !== undefined,
  'global()': (labels) => labels === undefined,
}

/** Network sets that are always there: addresses with labels, in a namespace or none. */
export const NETWORK_SETS = [
  { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkSet', metadata: { name: 'corp', labels: { net: 'corp' } }, spec: { nets: ['10.200.0.0/16', '10.0.2.1/32'] } },
  { apiVersion: 'projectcalico.org/v3', kind: 'NetworkSet', metadata: { name: 'far', namespace: 'y', labels: { app: 'a' } }, spec: { nets: ['192.0.2.0/24'] } },
] as const

interface Entity {
  readonly selector?: string
  readonly notSelector?: string
  readonly namespaceSelector?: string
  readonly nets?: readonly string[]
  readonly notNets?: readonly string[]
  readonly ports?: readonly (number | string)[]
  readonly notPorts?: readonly (number | string)[]
}

interface Rule {
  readonly action: 'Allow' | 'Deny' | 'Pass' | 'Log'
  readonly protocol?: 'TCP' | 'UDP'
  readonly source?: Entity
  readonly destination?: Entity
}

/** A policy as its API has it. */
export interface RawCalicoPolicy {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec: {
    readonly tier: string
    readonly order: number
    readonly selector: string
    readonly namespaceSelector?: string
    readonly types?: readonly string[]
    readonly ingress: readonly Rule[]
    readonly egress: readonly Rule[]
  }
}

const selector = fc.constantFrom(...Object.keys(SELECTORS))
const namespaceSelector = fc.constantFrom(...Object.keys(NAMESPACE_SELECTORS))
const entity: fc.Arbitrary<Entity> = fc.oneof(
  fc.record({ selector, notSelector: selector, namespaceSelector }, { requiredKeys: [] }),
  prefix.map((net) => ({ nets: [net] })),
  prefix.map((net) => ({ notNets: [net] })),
  fc.tuple(selector, prefix).map(([notSelector, net]) => ({ notSelector, nets: [net] })),
)
const ports = fc.constantFrom<Entity>({}, { ports: [80, 'web'] }, { ports: ['53:80'] }, { notPorts: ['web'] }, { notPorts: [8080] })
const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({ action: fc.constantFrom<Rule['action']>('Allow', 'Deny', 'Pass', 'Log'), source: entity, destination: entity }, { requiredKeys: ['action'] }),
  fc
    .record({ action: fc.constantFrom<Rule['action']>('Allow', 'Deny'), protocol: fc.constantFrom<'TCP' | 'UDP'>('TCP', 'UDP'), at: ports, source: entity })
    .map(({ at, ...rest }) => ({ ...rest, destination: at })),
)

/** Random policies, each of another order, before and behind that of Kubernetes' own. */
export const calicoPolicies: fc.Arbitrary<RawCalicoPolicy[]> = fc
  .array(
    fc.record({
      namespace: fc.option(namespaceName, { nil: undefined }),
      tier: fc.constantFrom('default', 'first'),
      base: fc.constantFrom(500, 1500),
      selector,
      namespaceSelector: fc.option(namespaceSelector, { nil: undefined }),
      types: fc.option(fc.subarray(['Ingress', 'Egress'], { minLength: 1 }), { nil: undefined }),
      ingress: fc.array(rule, { maxLength: 2 }),
      egress: fc.array(rule, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  )
  .map((parts) =>
    parts.map(({ namespace, base, namespaceSelector: namespaces, types, ...spec }, index) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
      metadata: { name: `p${index}`, ...(namespace === undefined ? {} : { namespace }) },
      spec: {
        ...spec,
        order: base - index,
        ...(types === undefined ? {} : { types }),
        ...(namespace === undefined && namespaces !== undefined ? { namespaceSelector: namespaces } : {}),
      },
    })),
  )

/** What Felix would make of a wish in a direction. */
export function calicoAllows(
  policies: readonly RawCalicoPolicy[],
  kubernetes: readonly RawNetworkPolicy[],
  firstTierPasses: boolean,
  wish: Wish,
  direction: 'ingress' | 'egress',
): boolean {
  if (direction === 'ingress' && isOwnNode(wish)) return true
  const own = direction === 'ingress' ? wish.to : wish.from
  if (own.kind !== 'pod') return true
  for (const tier of ['first', 'default']) {
    const verdict = tierVerdict(tier, policies, kubernetes, wish, direction, own)
    if (verdict === 'allow' || verdict === 'deny') return verdict === 'allow'
    if (verdict === 'end' && !(tier === 'first' && firstTierPasses)) return false
  }
  return true
}

/** `end`: a policy of the tier selects the pod and none decided; `next`: none selects it, or a rule passed. */
function tierVerdict(
  tier: string,
  policies: readonly RawCalicoPolicy[],
  kubernetes: readonly RawNetworkPolicy[],
  wish: Wish,
  direction: 'ingress' | 'egress',
  own: WorldEnd,
): 'allow' | 'deny' | 'end' | 'next' {
  const ofTier = policies.filter(({ spec }) => spec.tier === tier).sort((a, b) => a.spec.order - b.spec.order)
  let selected = false
  let askedKubernetes = tier !== 'default'
  const askKubernetes = (): boolean => {
    askedKubernetes = true
    const verdict = networkPolicyVerdict(kubernetes, wish, direction, 'any')
    if (verdict !== undefined) selected = true
    return verdict === true
  }
  for (const policy of ofTier) {
    if (!askedKubernetes && policy.spec.order > 1000 && askKubernetes()) return 'allow'
    if (!appliesTo(policy, own, direction)) continue
    selected = true
    for (const candidate of policy.spec[direction]) {
      if (candidate.action === 'Log' || !isMatch(candidate, policy.metadata.namespace, wish)) continue
      if (candidate.action === 'Pass') return 'next'
      return candidate.action === 'Allow' ? 'allow' : 'deny'
    }
  }
  if (!askedKubernetes && askKubernetes()) return 'allow'
  return selected ? 'end' : 'next'
}

function appliesTo({ metadata, spec }: RawCalicoPolicy, own: WorldEnd, direction: 'ingress' | 'egress'): boolean {
  const defaults = spec.egress.length === 0 ? ['Ingress'] : spec.ingress.length === 0 ? ['Egress'] : ['Ingress', 'Egress']
  if (!(spec.types ?? defaults).includes(direction === 'ingress' ? 'Ingress' : 'Egress')) return false
  if (metadata.namespace !== undefined && metadata.namespace !== own.namespace) return false
  const namespaces = spec.namespaceSelector
  // In a policy's own selector `all()` and `global()` mean everything.
  const inNamespace = namespaces === undefined || namespaces === 'global()' || NAMESPACE_SELECTORS[namespaces]!(namespaceLabels(own.namespace))
  return inNamespace && SELECTORS[spec.selector]!(own.labels)
}

function isMatch({ protocol, source = {}, destination = {} }: Rule, namespace: string | undefined, wish: Wish): boolean {
  if (protocol !== undefined && protocol !== wish.protocol) return false
  if (!isEntity(source, namespace, wish.from) || !isEntity(destination, namespace, wish.to)) return false
  const at = (port: number | string): boolean => {
    if (typeof port === 'number') return port === wish.port
    if (port.includes(':')) return wish.port >= Number(port.split(':')[0]) && wish.port <= Number(port.split(':')[1])
    return wish.to.ports.some(({ name, port: number, protocol: spoken }) => name === port && number === wish.port && spoken === wish.protocol)
  }
  if (destination.ports !== undefined && !destination.ports.some(at)) return false
  return !(destination.notPorts ?? []).some(at)
}

/** Something with labels that an address belongs to. */
interface Item {
  readonly labels: Labels
  readonly namespace: string | undefined
}

function itemsOf(end: WorldEnd): Item[] {
  const sets = NETWORK_SETS.filter(({ spec }) => spec.nets.some((net) => inPrefix(end.address, net)))
  const items: Item[] = sets.map(({ metadata }) => ({
    labels: metadata.labels,
    namespace: 'namespace' in metadata ? metadata.namespace : undefined,
  }))
  return end.kind === 'pod' ? [...items, { labels: end.labels, namespace: end.namespace }] : items
}

function isEntity(entity: Entity, policyNamespace: string | undefined, end: WorldEnd): boolean {
  const { selector: wanted, notSelector, namespaceSelector: namespaces, nets, notNets } = entity
  const isLimited = policyNamespace !== undefined && namespaces === undefined && (wanted ?? notSelector) !== undefined
  if (wanted !== undefined || namespaces !== undefined || isLimited) {
    const found = itemsOf(end).some(({ labels, namespace }) => {
      if (isLimited && namespace !== policyNamespace) return false
      if (namespaces !== undefined && !NAMESPACE_SELECTORS[namespaces]!(namespace === undefined ? undefined : namespaceLabels(namespace))) return false
      return wanted === undefined || SELECTORS[wanted]!(labels)
    })
    if (!found) return false
  }
  if (notSelector !== undefined && itemsOf(end).some(({ labels }) => SELECTORS[notSelector]!(labels))) return false
  if (nets !== undefined && !nets.some((net) => inPrefix(end.address, net))) return false
  return !(notNets ?? []).some((net) => inPrefix(end.address, net))
}

function namespaceLabels(namespace: string): Labels {
  return NAMESPACES[namespace]!
}
