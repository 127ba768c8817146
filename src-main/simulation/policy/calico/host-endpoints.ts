import { unionOf, type EndpointSet, type PortRange } from '#shared/lookup/policy/index'

import type { EndpointIndex } from '../endpoints'
import type { DirectionPolicy, PolicyTier, SourcedRule } from '../policy-set'
import { protocolNumber } from '../protocols'
import type { EntitySets } from './entity-sets'
import type { CalicoHostEndpoint, CalicoPolicy } from './objects'

/** The profile that lets everything through where no policy decides; host endpoints that Calico makes itself have it. */
const ALLOW_PROFILE = 'projectcalico-default-allow'

/** Ports that stay open whatever policy says (felix, config, failsafeInboundHostPorts and failsafeOutboundHostPorts). */
const FAILSAFE = {
  ingress: { TCP: [22, 179, 2379, 2380, 5473, 6443, 6666, 6667], UDP: [68] },
  egress: { TCP: [179, 2379, 2380, 5473, 6443, 6666, 6667], UDP: [53, 67] },
} as const

/**
 * What goes around the tiers on nodes with a host endpoint: traffic inside the node passes none; failsafe ports and
 * policies for untracked traffic and for traffic before its destination is translated (`stages`) come first; at the end,
 * without a profile that allows, everything is dropped.
 */
export function hostEndpointTiers(
  index: EndpointIndex,
  sets: EntitySets,
  hostEndpoints: readonly CalicoHostEndpoint[],
  direction: 'ingress' | 'egress',
  stages: readonly { readonly name: string; readonly policies: readonly CalicoPolicy[] }[],
  partOf: (policy: CalicoPolicy) => DirectionPolicy | undefined,
): { readonly before: readonly PolicyTier[]; readonly after: readonly PolicyTier[] } {
  if (hostEndpoints.length === 0) return { before: [], after: [] }
  const nodesOf = (chosen: readonly CalicoHostEndpoint[]): EndpointSet =>
    unionOf(index.count, chosen.map(({ node }) => sets.node(node)))
  const closed = hostEndpoints.filter(({ profiles }) => !profiles.includes(ALLOW_PROFILE))
  const tier = (name: string, policies: readonly DirectionPolicy[]): PolicyTier => ({
    name,
    policies,
    unmatched: 'pass',
    unmatchedBy: { default: `end of ${name}` },
  })
  return {
    before: [
      tier('failsafe ports', [{ subjects: nodesOf(hostEndpoints), isolates: false, rules: [insideRule(), failsafeRule(direction)] }]),
      ...stages.map(({ name, policies }) => tier(name, policies.flatMap((policy) => partOf(policy) ?? []))),
    ],
    after: [
      {
        name: 'profiles',
        policies: [{ subjects: nodesOf(closed), isolates: true, rules: [] }],
        unmatched: 'deny',
        unmatchedBy: { default: 'no profile of the host endpoint allows it' },
      },
    ],
  }
}

function insideRule(): SourcedRule {
  return {
    match: { action: 'allow', relation: 'sameHost' },
    by: { default: 'traffic of the node with itself and its own pods passes no host endpoint' },
  }
}

function failsafeRule(direction: 'ingress' | 'egress'): SourcedRule {
  const ports = Object.entries(FAILSAFE[direction]).flatMap(([protocol, numbers]) =>
    (numbers as readonly number[]).map((port): PortRange => ({ protocol: protocolNumber(protocol), first: port, last: port })),
  )
  return { match: { action: 'allow', ports }, by: { default: 'failsafe port of the host' } }
}
