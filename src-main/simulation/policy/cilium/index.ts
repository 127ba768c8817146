import {
  differenceOf,
  intersectionOf,
  IP_PROTOCOLS,
  unionOf,
  type EndpointSet,
  type PolicyRule,
  type PortRange,
} from '#shared/lookup/policy/index'

import type { LabelSelector } from '../../kubernetes/label-selector'
import type { EndpointIndex } from '../endpoints'
import { namedPortRanges, networkPolicyPart, nodeReachesItsPods, type NetworkPolicy } from '../kubernetes/index'
import type { DirectionPolicies, DirectionPolicy, PolicySet, SourcedRule } from '../policy-set'
import { PORT_PROTOCOLS, protocolNumber } from '../protocols'
import type { CiliumCidrGroup, CiliumPolicy, CiliumSpec } from './objects'
import { PeerSets } from './peer-sets'
import type { CiliumPort } from './port-rule'
import type { CiliumRule } from './rule'
import { ofNamespace, withNamespace } from './selector'

export { readCiliumPolicy, readCidrGroup } from './objects'
export type { CiliumCidrGroup, CiliumPolicy } from './objects'
export { PolicyMaps, type MapSettings } from './policy-maps'
export { assignIdentities, identifiedPods, identityLimit, podsWithoutIdentity, type PodIdentities } from './identities'

/** The objects of the Cilium dialect, Kubernetes' own among them. */
export interface CiliumPolicies {
  readonly policies: readonly CiliumPolicy[]
  readonly cidrGroups: readonly CiliumCidrGroup[]
  readonly networkPolicies: readonly NetworkPolicy[]
}

/** When pods are isolated: where a policy selects them, in any case, or never (the agent's `policyEnforcementMode`). */
export type EnforcementMode = 'default' | 'always' | 'never'

const LAST_PORT = 65_535

type Direction = 'ingress' | 'egress'

/** What holds for a pod without an identity in any mode that enforces (pkg/policy, ComputePolicyEnforcementAndRules). */
const NOBODY_IS_ALLOWED: SourcedRule = {
  match: { action: 'deny' },
  by: { default: 'no identity is left for the labels of the pod: it stays init, to and from which nothing is allowed' },
}

/**
 * Reads policies as the agent does: a rule that denies beats every rule that allows, whatever they are in; the node
 * always reaches its pods unless denied; a request needs one rule that allows it; what nothing allows is denied where a
 * spec isolates.
 */
export function ciliumPolicySet(index: EndpointIndex, objects: CiliumPolicies, mode: EnforcementMode): PolicySet {
  const sets = new PeerSets(index, objects.cidrGroups)
  return {
    ingress: directionOf(index, sets, objects, mode, 'ingress'),
    egress: directionOf(index, sets, objects, mode, 'egress'),
  }
}

function directionOf(
  index: EndpointIndex,
  sets: PeerSets,
  objects: CiliumPolicies,
  mode: EnforcementMode,
  direction: Direction,
): DirectionPolicies {
  const unselectedBy = { default: `no policy isolates the pod for ${direction}` }
  if (mode === 'never') return { before: [], tiers: [], unselectedBy }
  const specs = objects.policies.flatMap((policy) => policy.specs.map((spec) => ({ policy, spec })))
  const parts = (action: 'allow' | 'deny') => {
    const demands = specs.flatMap(({ policy, spec }) => demandsOf(sets, policy, spec, spec[direction][action]))
    return specs.flatMap(({ policy, spec }) => specPart(index, sets, policy, spec, direction, action, demands) ?? [])
  }
  const denying = parts('deny')
  const allowing = [
    ...parts('allow'),
    ...objects.networkPolicies.flatMap((policy) => networkPolicyPart(index, policy, direction, 'world') ?? []),
  ]
  if (mode === 'always') {
    allowing.push({ subjects: index.pods('all', () => true), isolates: true, rules: [] })
  }
  const init = index.endpoints('init', ({ isInit }) => isInit === true)
  if (init.some((word) => word !== 0)) allowing.push({ subjects: init, isolates: true, rules: [NOBODY_IS_ALLOWED] })
  const subjects = unionOf(index.count, [...denying, ...allowing].map((part) => part.subjects))
  const local: DirectionPolicy[] =
    direction === 'ingress' ? [{ subjects, isolates: false, rules: [nodeReachesItsPods(index)] }] : []
  return {
    before: [],
    tiers: [
      {
        name: 'policy map',
        policies: [...denying, ...local, ...allowing, ...allowing.flatMap(refusedRequests)],
        unmatched: 'deny',
        unmatchedBy: { default: `isolated for ${direction}, and no rule allows it` },
      },
    ],
    unselectedBy,
  }
}

/**
 * What the proxy drops of connections that a spec without default deny lets through: requests that none of its rules about
 * requests allows (documentation of Cilium, "EnableDefaultDeny does not apply to layer-7 policy"). Where a spec isolates, that
 * is what its default does.
 */
function refusedRequests(part: DirectionPolicy): DirectionPolicy[] {
  if (part.isolates) return []
  const rules = part.rules.flatMap(({ match, ...rest }): SourcedRule[] =>
    match.request === undefined ? [] : [{ match: { ...match, action: 'deny', request: { kind: 'not', match: match.request } }, ...rest }],
  )
  return rules.length === 0 ? [] : [{ ...part, rules }]
}

/** What all rules for some pods ask of peers given by labels, because one of them says so. */
interface Demand {
  readonly subjects: EndpointSet
  readonly required: LabelSelector
}

function demandsOf(sets: PeerSets, policy: CiliumPolicy, spec: CiliumSpec, rules: readonly CiliumRule[]): Demand[] {
  const { subject } = spec
  if (subject === undefined) return []
  return rules.flatMap(({ requires }) =>
    requires.map((selector) => ({
      subjects: sets.subjects(ofNamespace(subject, policy.namespace)),
      required: withNamespace(selector, policy.namespace),
    })),
  )
}

function specPart(
  index: EndpointIndex,
  sets: PeerSets,
  policy: CiliumPolicy,
  spec: CiliumSpec,
  direction: Direction,
  action: 'allow' | 'deny',
  demands: readonly Demand[],
): DirectionPolicy | undefined {
  const { [action]: given, defaultDeny } = spec[direction]
  const isolates = action === 'allow' && defaultDeny
  if (spec.subject === undefined || (given.length === 0 && !isolates)) return undefined
  const subjects = sets.subjects(ofNamespace(spec.subject, policy.namespace))
  const rules = given.flatMap((rule) =>
    compileRule(index, sets, policy.namespace, rule, splitByDemands(subjects, demands)).map(({ match, outside }): SourcedRule => ({
      match: { ...match, action },
      by: { object: policy.title, rule: rule.place },
      ...(outside !== undefined && { outside }),
    })),
  )
  return { object: policy.title, subjects, isolates, rules }
}

/** Pods of which the same is asked; `own` is absent where that is all of them. */
interface DemandedPart {
  readonly own?: EndpointSet
  readonly required: LabelSelector
}

/** Subjects of a spec, split by which demands hold for them. */
function splitByDemands(subjects: EndpointSet, demands: readonly Demand[]): DemandedPart[] {
  const parts = demands.reduce<DemandedPart[]>(
    (split, demand) =>
      split.flatMap(({ own = subjects, required }) => [
        { own: intersectionOf(own, demand.subjects), required: [...required, ...demand.required] },
        { own: differenceOf(own, demand.subjects), required },
      ]),
    [{ required: [] }],
  )
  return parts.filter(({ own }) => own === undefined || own.some((word) => word !== 0))
}

/** What of a rule is not who made it and what it does. */
interface CompiledRule extends Pick<SourcedRule, 'outside'> {
  readonly match: Omit<PolicyRule, 'action'>
}

/** A rule as combinations of peers and ports. One that names neither allows and denies nothing. */
function compileRule(
  index: EndpointIndex,
  sets: PeerSets,
  namespace: string | undefined,
  rule: CiliumRule,
  parts: readonly DemandedPart[],
): CompiledRule[] {
  const { peers } = rule
  if (peers === undefined && rule.ports === undefined && rule.icmp === undefined) return []
  const sides: CompiledRule[] =
    peers === undefined
      ? [{ match: {} }]
      : parts.flatMap(({ required, ...own }) => {
          const outside = sets.outside(peers, namespace, required)
          return sets.related(peers, namespace, required).map((related) => ({ match: { ...own, ...related }, outside }))
        })
  const ports = portMatches(index, rule)
  return sides.flatMap(({ match, ...rest }) => ports.map((port) => ({ match: { ...match, ...port }, ...rest })))
}

function portMatches(index: EndpointIndex, { ports, icmp }: CiliumRule): Omit<PolicyRule, 'action'>[] {
  if (icmp !== undefined) return icmp.map(({ protocol, type }) => ({ protocol, icmp: { type } }))
  if (ports === undefined) return [{}]
  return ports.map(({ ports: list, request }) => ({
    ports: list.flatMap((port) => portRanges(index, port)),
    ...(request === undefined ? {} : { request }),
  }))
}

function portRanges(index: EndpointIndex, { port, endPort, protocol }: CiliumPort): PortRange[] {
  const spoken: readonly string[] = protocol === 'ANY' ? PORT_PROTOCOLS : [protocol]
  return spoken.flatMap((name): PortRange[] => {
    if (typeof port === 'string') return namedPortRanges(index, port, name)
    const number = protocolNumber(name)
    if (number === IP_PROTOCOLS.ICMP || number === IP_PROTOCOLS.ICMPv6) return [{ protocol: number, first: -1, last: LAST_PORT }]
    if (port === 0) return [{ protocol: number, first: 0, last: LAST_PORT }]
    return [{ protocol: number, first: port, last: Math.max(port, endPort ?? port) }]
  })
}
