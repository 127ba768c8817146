import type { EndpointIndex } from '../endpoints'
import type { DirectionPolicies, PolicySet, SourcedRule } from '../policy-set'
import type { ClusterNetworkPolicy } from './cluster-network-policy'
import { clusterPolicyPart, inOrder } from './cluster-policy-rules'
import type { NetworkPolicy } from './network-policy'
import { networkPolicyPart } from './network-policy-rules'

export { readClusterNetworkPolicy, type ClusterNetworkPolicy } from './cluster-network-policy'
export { clusterPolicyPart, inOrder } from './cluster-policy-rules'
export { readNetworkPolicy, type NetworkPolicy } from './network-policy'
export { addressSet, namedPortRanges, networkPolicyPart } from './network-policy-rules'

/** The objects of the Kubernetes dialect. */
export interface KubernetesPolicies {
  readonly networkPolicies: readonly NetworkPolicy[]
  readonly clusterPolicies: readonly ClusterNetworkPolicy[]
}

/**
 * Reads policies as the API's documentation does: administrators' policies, then NetworkPolicies, of which any that selects
 * a pod isolates it, then the baseline, then everything is allowed.
 */
export function kubernetesPolicySet(index: EndpointIndex, policies: KubernetesPolicies): PolicySet {
  return { ingress: directionOf(index, policies, 'ingress'), egress: directionOf(index, policies, 'egress') }
}

/** A node always reaches the pods on it (Network Policies, "pod isolation"). */
export function nodeReachesItsPods(index: EndpointIndex): SourcedRule {
  return {
    match: { action: 'allow', peers: index.endpoints('nodes', ({ kind }) => kind === 'node'), relation: 'sameHost' },
    by: { default: 'a node always reaches the pods on it' },
  }
}

function directionOf(
  index: EndpointIndex,
  { networkPolicies, clusterPolicies }: KubernetesPolicies,
  direction: 'ingress' | 'egress',
): DirectionPolicies {
  const ofTier = (tier: ClusterNetworkPolicy['tier']) =>
    inOrder(clusterPolicies, tier).flatMap((policy) => clusterPolicyPart(index, policy, direction) ?? [])
  return {
    before: direction === 'ingress' ? [nodeReachesItsPods(index)] : [],
    tiers: [
      { name: 'Admin', policies: ofTier('Admin'), unmatched: 'pass', unmatchedBy: { default: 'end of tier Admin' } },
      {
        name: 'NetworkPolicy',
        policies: networkPolicies.flatMap((policy) => networkPolicyPart(index, policy, direction, 'any') ?? []),
        unmatched: 'deny',
        unmatchedBy: { default: `isolated for ${direction}, and no rule of a NetworkPolicy allows it` },
      },
      { name: 'Baseline', policies: ofTier('Baseline'), unmatched: 'pass', unmatchedBy: { default: 'end of tier Baseline' } },
    ],
    unselectedBy: { default: `no rule of a policy matches, and none isolates for ${direction}` },
  }
}
