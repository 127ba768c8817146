import { differenceOf, unionOf, type EndpointSet, type PortRange } from '#shared/lookup/policy/index'

import { matchesLabels, type LabelSelector } from '../../kubernetes/label-selector'
import type { EndpointIndex } from '../endpoints'
import { protocolNumber } from '../protocols'
import type { DirectionPolicy, SourcedRule } from '../policy-set'
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from './network-policy'

/** Which ends a range of addresses can match: all by their address, or hosts outside the cluster only (Cilium). */
export type BlockScope = 'any' | 'world'

/** Highest port. */
const LAST_PORT = 65_535

/** What a NetworkPolicy says about a direction; undefined where it is not about it. */
export function networkPolicyPart(
  index: EndpointIndex,
  policy: NetworkPolicy,
  direction: 'ingress' | 'egress',
  blocks: BlockScope,
): DirectionPolicy | undefined {
  const rules = policy[direction]
  if (rules === undefined) return undefined
  return {
    object: policy.title,
    subjects: selectPods(index, policy.podSelector, undefined, policy.namespace),
    isolates: true,
    rules: rules.map(({ place, peers, ports }): SourcedRule => ({
      match: {
        action: 'allow',
        ...(peers === undefined ? {} : { peers: peerSet(index, policy.namespace, peers, blocks) }),
        ...(ports === undefined ? {} : { ports: ports.flatMap((port) => portRanges(index, port)) }),
      },
      by: { object: policy.title, rule: place },
      ...(peers !== undefined && { outside: { ranges: peers.filter((peer) => 'block' in peer), world: false, everybody: false } }),
    })),
  }
}

/**
 * The pods that a pair of selectors picks: `pods` absent means all of the namespaces, `namespaces` absent means the one
 * given (of all namespaces where that is absent too).
 */
export function selectPods(
  index: EndpointIndex,
  pods: LabelSelector | undefined,
  namespaces: LabelSelector | undefined,
  ownNamespace: string | undefined,
): EndpointSet {
  const key = JSON.stringify([pods ?? [], namespaces ?? ownNamespace ?? null])
  return index.pods(key, ({ namespace, labels }) => {
    if (namespaces !== undefined) {
      if (!matchesLabels(namespaces, index.labelsOfNamespace(namespace))) return false
    } else if (ownNamespace !== undefined && namespace !== ownNamespace) return false
    return pods === undefined || matchesLabels(pods, labels)
  })
}

function peerSet(
  index: EndpointIndex,
  namespace: string,
  peers: readonly NetworkPolicyPeer[],
  blocks: BlockScope,
): EndpointSet {
  const sets = peers.map((peer) => {
    if (!('block' in peer)) return selectPods(index, peer.pods, peer.namespaces, namespace)
    return addressSet(index, [peer.block], peer.except, blocks)
  })
  return unionOf(index.count, sets)
}

/** The ends with an address in any of `blocks` and in none of `except`. */
export function addressSet(
  index: EndpointIndex,
  blocks: readonly Parameters<EndpointIndex['inBlock']>[0][],
  except: readonly Parameters<EndpointIndex['inBlock']>[0][],
  scope: BlockScope,
): EndpointSet {
  const within = unionOf(index.count, blocks.map((block) => index.inBlock(block)))
  const left = except.reduce((set, block) => differenceOf(set, index.inBlock(block)), within)
  return scope === 'any' ? left : differenceOf(left, index.endpoints('inside', ({ kind }) => kind !== 'external'))
}

function portRanges(index: EndpointIndex, { protocol, port, endPort }: NetworkPolicyPort): PortRange[] {
  const number = protocolNumber(protocol)
  if (port === undefined) return [{ protocol: number, first: 0, last: LAST_PORT }]
  if (typeof port === 'string') return namedPortRanges(index, port, protocol)
  return [{ protocol: number, first: port, last: endPort ?? port }]
}

/** A named port: on each pod that declares it, the number that it has there. */
export function namedPortRanges(index: EndpointIndex, name: string, protocol: string): PortRange[] {
  return Array.from(index.namedPorts(name, protocol), ([port, holders]) => ({
    protocol: protocolNumber(protocol),
    first: port,
    last: port,
    holders,
  }))
}
