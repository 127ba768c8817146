import { unionOf, type EndpointSet, type PortRange } from '#shared/lookup/policy/index'

import { matchesLabels } from '../../kubernetes/label-selector'
import type { EndpointIndex } from '../endpoints'
import type { DirectionPolicy, SourcedRule } from '../policy-set'
import { PORT_PROTOCOLS, protocolNumber } from '../protocols'
import type { ClusterNetworkPolicy, ClusterPeer, ClusterPort } from './cluster-network-policy'
import { addressSet, namedPortRanges, selectPods } from './network-policy-rules'

/** The policies of a tier in the order in which they are tried: by priority, those of equal priority by name. */
export function inOrder(
  policies: readonly ClusterNetworkPolicy[],
  tier: ClusterNetworkPolicy['tier'],
): ClusterNetworkPolicy[] {
  return policies
    .filter((policy) => policy.tier === tier)
    .sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1))
}

/**
 * What a policy says about a direction; undefined where it has no rules for it. It never isolates: what none of its rules
 * matches goes on.
 */
export function clusterPolicyPart(
  index: EndpointIndex,
  policy: ClusterNetworkPolicy,
  direction: 'ingress' | 'egress',
): DirectionPolicy | undefined {
  const { namespaces, pods } = policy.subject
  if (policy[direction].length === 0) return undefined
  return {
    object: policy.title,
    subjects: selectPods(index, pods, namespaces, undefined),
    isolates: false,
    rules: policy[direction].map(({ place, action, peers, ports }): SourcedRule => ({
      match: {
        action,
        peers: unionOf(index.count, peers.map((peer) => peerSet(index, peer))),
        ...(ports === undefined ? {} : { ports: ports.flatMap((port) => portRanges(index, port)) }),
      },
      by: { object: policy.title, rule: place },
    })),
  }
}

function peerSet(index: EndpointIndex, peer: ClusterPeer): EndpointSet {
  switch (peer.kind) {
    case 'pods':
      return selectPods(index, peer.selection.pods, peer.selection.namespaces, undefined)
    case 'nodes': {
      const key = `nodes ${JSON.stringify(peer.selector)}`
      return index.endpoints(key, ({ kind, labels }) => kind === 'node' && matchesLabels(peer.selector, labels))
    }
    case 'networks':
      return addressSet(index, peer.blocks, [], 'any')
    case 'domains':
      return index.endpoints(`domains ${JSON.stringify(peer.names)}`, ({ dnsNames }) =>
        dnsNames.some((name) => peer.names.some((pattern) => matchesDomain(pattern, name))),
      )
  }
}

/** `*.example.com` is any name below example.com, however deep, and not example.com itself (API docs, DomainName). */
function matchesDomain(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern, name].map((text) => text.toLowerCase().replace(/\.$/u, '')) as [string, string]
  return wanted.startsWith('*.') ? given.endsWith(wanted.slice(1)) && given.length > wanted.length - 1 : given === wanted
}

function portRanges(index: EndpointIndex, port: ClusterPort): PortRange[] {
  if ('name' in port) return PORT_PROTOCOLS.flatMap((protocol) => namedPortRanges(index, port.name, protocol))
  return [{ protocol: protocolNumber(port.protocol), first: port.first, last: port.last }]
}
