import { intersectionOf, membersOf, unionOf, type EndpointSet, type PolicyRule } from '#shared/lookup/policy/index'

import type { EndpointIndex } from '../endpoints'
import type { DirectionPolicy, PolicyTier, SourcedRule } from '../policy-set'
import type { EntitySets } from './entity-sets'
import type { CalicoHostEndpoint, CalicoPolicy } from './objects'

/** Policies of host endpoints that are tried one after another, in order. */
export interface HostPolicies {
  readonly name: string
  readonly policies: readonly CalicoPolicy[]
  /** What becomes of packets that none of them decides about; undefined where they go on. */
  readonly defaultAction: 'deny' | 'pass' | undefined
}

/** The stage that a packet leaves when a host endpoint accepted it. */
const STAGE = 'forwarded traffic'

/**
 * What a node's host endpoints do to traffic that passes through the node to or from its pods, before the pods' own policies:
 * policies with `applyOnForward`, where there are any. What they allow goes on to the pod. Between pods of one node nothing
 * passes a host endpoint; traffic between pods of different nodes is seen by endpoints of all interfaces only, for that of
 * a single one may carry it in a tunnel.
 */
export function forwardTiers(
  index: EndpointIndex,
  sets: EntitySets,
  hostEndpoints: readonly CalicoHostEndpoint[],
  groups: readonly HostPolicies[],
  partOf: (policy: CalicoPolicy) => DirectionPolicy | undefined,
): PolicyTier[] {
  if (hostEndpoints.length === 0) return []
  const seesPods = hostEndpoints.every(({ isEverywhere }) => isEverywhere)
  const scope: Omit<PolicyRule, 'action'> = {
    relation: 'otherHost',
    ...(seesPods ? {} : { peers: index.endpoints('no pods', ({ kind }) => kind !== 'pod') }),
  }
  return groups.map(({ name, policies, defaultAction }): PolicyTier => ({
    name: `${STAGE}: ${name}`,
    stage: STAGE,
    scope,
    policies: policies.flatMap((policy): DirectionPolicy[] => {
      const part = policy.appliesOnForward ? partOf(policy) : undefined
      if (part === undefined) return []
      const subjects = podsOn(index, sets.hostSubjects(policy))
      return [{ ...part, subjects, isolates: defaultAction !== undefined, rules: part.rules.map((rule) => forwarded(rule, scope)) }]
    }),
    unmatched: defaultAction ?? 'pass',
    unmatchedBy: { default: `end of tier ${name} for forwarded traffic: ${defaultAction === 'deny' ? 'Deny' : 'Pass'}` },
  }))
}

/** A rule for packets that pass through: those that it allows leave the stage, and the pod decides. */
function forwarded({ match, by }: SourcedRule, scope: Omit<PolicyRule, 'action'>): SourcedRule {
  const peers = match.peers === undefined || scope.peers === undefined ? (match.peers ?? scope.peers) : intersectionOf(match.peers, scope.peers)
  const narrowed = { ...match, ...scope, ...(peers === undefined ? {} : { peers }) }
  return match.action === 'allow' ? { match: { ...narrowed, action: 'pass' }, by, leavesStage: true } : { match: narrowed, by }
}

/** The pods on the nodes of a set. */
function podsOn(index: EndpointIndex, nodes: EndpointSet): EndpointSet {
  const { endpoints } = index.cluster
  return unionOf(
    index.count,
    membersOf(nodes).map((node) => {
      const number = endpoints[node]!.node
      return index.endpoints(`pods on ${number}`, (endpoint) => endpoint.kind === 'pod' && endpoint.node === number)
    }),
  )
}
