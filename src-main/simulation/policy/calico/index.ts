import type { PolicyRule, PortRange } from '#shared/lookup/policy/index'

import type { EndpointIndex } from '../endpoints'
import { clusterPolicyPart, inOrder, networkPolicyPart, nodeReachesItsPods, type ClusterNetworkPolicy, type NetworkPolicy } from '../kubernetes/index'
import type { DirectionPolicies, DirectionPolicy, PolicySet, PolicyTier, SourcedRule } from '../policy-set'
import { EntitySets } from './entity-sets'
import { forwardTiers, type HostPolicies } from './forwarded-traffic'
import { hostEndpointTiers } from './host-endpoints'
import { DEFAULT_TIER, type CalicoHostEndpoint, type CalicoNetworkSet, type CalicoPolicy, type CalicoTier } from './objects'
import type { CalicoRule } from './rule'

export { readCalicoPolicy, readHostEndpoint, readNetworkSet, readTier } from './objects'
export type { CalicoHostEndpoint, CalicoNetworkSet, CalicoPolicy, CalicoTier } from './objects'
export { formatSelector, matchesSelector, parseSelector } from './selector'

/** The objects of the Calico dialect, Kubernetes' own among them. */
export interface CalicoPolicies {
  readonly policies: readonly CalicoPolicy[]
  readonly tiers: readonly CalicoTier[]
  readonly networkSets: readonly CalicoNetworkSet[]
  readonly hostEndpoints: readonly CalicoHostEndpoint[]
  readonly networkPolicies: readonly NetworkPolicy[]
  readonly clusterPolicies: readonly ClusterNetworkPolicy[]
}

/** Tiers that always are (Calico 3.31): those of administrators' policies, and the default one. */
const BUILT_IN_TIERS: readonly CalicoTier[] = [
  { name: 'kube-admin', order: 1000, defaultAction: 'pass' },
  { name: DEFAULT_TIER, order: 1_000_000, defaultAction: 'deny' },
  { name: 'kube-baseline', order: 10_000_000, defaultAction: 'pass' },
]

/** Order of a Kubernetes NetworkPolicy in the default tier (libcalico-go, conversion). */
const NETWORK_POLICY_ORDER = 1000

/** What the policies of a stage are called in the names of their tiers. */
const STAGE_NAMES = { untracked: 'untracked policies of ', preDNAT: 'pre-DNAT policies of ', normal: '' } as const

type Direction = 'ingress' | 'egress'

/** A policy in its tier, whatever its kind. */
interface TieredPolicy {
  readonly tier: string
  readonly order: number
  /** Breaks ties of order: `name/namespace/kind`. */
  readonly key: string
  readonly part: (direction: Direction) => DirectionPolicy | undefined
}

/**
 * Reads policies as Felix does: tier by tier in order, in a tier policy by policy in order; a tier in which a policy
 * selects the endpoint ends with the tier's default action; behind the last tier the namespace's profile allows.
 */
export function calicoPolicySet(index: EndpointIndex, objects: CalicoPolicies): PolicySet {
  const sets = new EntitySets(index, objects.networkSets, objects.hostEndpoints)
  const policies = tieredPolicies(index, sets, objects)
  return {
    ingress: directionOf(index, sets, objects, policies, 'ingress'),
    egress: directionOf(index, sets, objects, policies, 'egress'),
  }
}

function directionOf(
  index: EndpointIndex,
  sets: EntitySets,
  objects: CalicoPolicies,
  policies: readonly TieredPolicy[],
  direction: Direction,
): DirectionPolicies {
  const partOf = (policy: CalicoPolicy) => policyPart(sets, policy, direction)
  const inTiers = sortedTiers(objects.tiers)
  const ofStage = (stage: CalicoPolicy['stage']) => hostPolicies(objects.policies, inTiers, stage)
  const [untracked, preDnat] = [ofStage('untracked'), ofStage('preDNAT')]
  const hosts = hostEndpointTiers(index, sets, objects.hostEndpoints, direction, [...untracked, ...preDnat], partOf)
  // On its way out, what passes through does not meet the OUTPUT chain of the raw table, where untracked policies are.
  const passed = [...(direction === 'ingress' ? untracked : []), ...preDnat, ...ofStage('normal')]
  const forwarding = forwardTiers(index, sets, objects.hostEndpoints, passed, partOf)
  const tiers = inTiers.map(({ name, defaultAction }): PolicyTier => ({
    name,
    policies: policies.filter(({ tier }) => tier === name).flatMap(({ part }) => part(direction) ?? []),
    unmatched: defaultAction,
    unmatchedBy: { default: `end of tier ${name}: ${defaultAction === 'deny' ? 'Deny' : 'Pass'}` },
  }))
  return {
    before: direction === 'ingress' ? [nodeReachesItsPods(index)] : [],
    tiers: [...forwarding, ...hosts.before, ...tiers, ...hosts.after],
    unselectedBy: { default: `no tier decides, and the profile allows ${direction}` },
  }
}

/**
 * The policies of a stage as host endpoints meet them: tier by tier, in a tier by order. What none of them decides goes on
 * to the next stage; of the last one, to the tier's default (felix/rules/endpoints.go).
 */
function hostPolicies(policies: readonly CalicoPolicy[], tiers: readonly CalicoTier[], stage: CalicoPolicy['stage']): HostPolicies[] {
  const inOrder = policies
    .filter((policy) => policy.stage === stage)
    .sort((a, b) => compareOrder(a.order, b.order) || compareText(keyOf(a), keyOf(b)))
  return tiers.map(({ name, defaultAction }) => ({
    name: STAGE_NAMES[stage] + name,
    policies: inOrder.filter(({ tier }) => tier === name),
    defaultAction: stage === 'normal' ? defaultAction : undefined,
  }))
}

function sortedTiers(given: readonly CalicoTier[]): CalicoTier[] {
  const builtIn = BUILT_IN_TIERS.map((tier) => {
    const changed = given.find(({ name }) => name === tier.name)
    return changed === undefined ? tier : { ...tier, defaultAction: changed.defaultAction }
  })
  const own = given.filter(({ name }) => !BUILT_IN_TIERS.some((tier) => tier.name === name))
  return [...builtIn, ...own].sort((a, b) => compareOrder(a.order, b.order) || compareText(a.name, b.name))
}

function tieredPolicies(index: EndpointIndex, sets: EntitySets, objects: CalicoPolicies): TieredPolicy[] {
  const calico = objects.policies
    .filter(({ stage }) => stage === 'normal')
    .map((policy): TieredPolicy => ({
      tier: policy.tier,
      order: policy.order,
      key: keyOf(policy),
      part: (direction) => policyPart(sets, policy, direction),
    }))
  const kubernetes = objects.networkPolicies.map((policy): TieredPolicy => ({
    tier: DEFAULT_TIER,
    order: NETWORK_POLICY_ORDER,
    key: `${policy.title.split('/').at(-1)!}/${policy.namespace}/KubernetesNetworkPolicy`,
    part: (direction) => networkPolicyPart(index, policy, direction, 'any'),
  }))
  const administrators = (['Admin', 'Baseline'] as const).flatMap((tier) =>
    inOrder(objects.clusterPolicies, tier).map((policy): TieredPolicy => ({
      tier: tier === 'Admin' ? 'kube-admin' : 'kube-baseline',
      order: policy.priority,
      key: `${policy.name}//KubernetesClusterNetworkPolicy`,
      part: (direction) => clusterPolicyPart(index, policy, direction),
    })),
  )
  return [...calico, ...kubernetes, ...administrators].sort(
    (a, b) => compareOrder(a.order, b.order) || compareText(a.key, b.key),
  )
}

/** What Felix sorts policies of one order by (calc/policy_sorter.go, PolKVLess). */
function keyOf({ name, namespace }: CalicoPolicy): string {
  return `${name}/${namespace ?? ''}/${namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy'}`
}

function policyPart(sets: EntitySets, policy: CalicoPolicy, direction: Direction): DirectionPolicy | undefined {
  const rules = policy[direction]
  if (rules === undefined) return undefined
  return {
    object: policy.title,
    subjects: sets.subjects(policy),
    isolates: policy.stage === 'normal',
    rules: rules.map((rule): SourcedRule => ({
      match: compileRule(sets, policy, rule, direction),
      by: { object: policy.title, rule: rule.place },
    })),
  }
}

function compileRule(sets: EntitySets, policy: CalicoPolicy, rule: CalicoRule, direction: Direction): PolicyRule {
  const { source, destination, protocol, notProtocol, icmp, notIcmp, http } = rule
  const [own, peer] = direction === 'ingress' ? [destination, source] : [source, destination]
  const destinationRanges: PortRange[] | undefined =
    destination.services !== undefined
      ? sets.serviceRanges(destination, policy.namespace)
      : destination.ports.length > 0
        ? sets.ranges(destination.ports, protocol)
        : undefined
  return dropAbsent({
    action: rule.action,
    peers: sets.ofVersion(sets.members(peer, policy.namespace), rule.ipVersion),
    own: sets.members(own, policy.namespace),
    protocol,
    notProtocol,
    ports: destinationRanges,
    notPorts: destination.notPorts.length > 0 ? sets.ranges(destination.notPorts, protocol) : undefined,
    sourcePorts: source.ports.length > 0 ? sets.ranges(source.ports, protocol) : undefined,
    notSourcePorts: source.notPorts.length > 0 ? sets.ranges(source.notPorts, protocol) : undefined,
    icmp,
    notIcmp,
    request: http === undefined ? undefined : { kind: 'calico-http', ...http },
  })
}

function dropAbsent(rule: { readonly [Field in keyof PolicyRule]: PolicyRule[Field] | undefined }): PolicyRule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as PolicyRule
}

function compareOrder(a: number, b: number): number {
  return a === b ? 0 : a - b
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
