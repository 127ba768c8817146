import type { Lab, Variant } from '#shared/lab/index'
import { formatIpv4Prefix, ipv4PrefixContains, type Ipv4Address } from '#shared/units/index'

import type { ClusterChange } from './cluster-changes'
import { assignAddresses } from './pod-addresses'
import type { PodHistory } from './pod-history'

/**
 * Blocks of addresses that nodes claim in the course of a run, with the first pod that gets an address out of them: others
 * learn of them then, and not before (Calico). Those of nodes that join are known with the node.
 */
export function blockClaims(lab: Lab, variant: Variant, { pods }: PodHistory, changes: readonly ClusterChange[]): ClusterChange[] {
  const known = new Map<number, ClusterChange>()
  for (const change of changes) if (change.subject.kind === 'address' && !known.has(change.subject.pod)) known.set(change.subject.pod, change)
  const later = [...known.values()].filter(({ present, cause }) => present && cause !== 'node-add')
  if (variant.cni !== 'calico' || later.length === 0) return []
  const { assignment } = assignAddresses(variant, { nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods })
  return lab.nodes.flatMap(({ name, podBlocks }, node) =>
    assignment.blocks[node]!.slice(podBlocks.length).flatMap((block): ClusterChange[] => {
      const holds = (address: Ipv4Address): boolean => ipv4PrefixContains(block, address)
      const users = assignment.ofPod.flatMap((address, pod) => (address !== undefined && holds(address) ? [pod] : []))
      const firsts = users.map((pod) => later.find(({ subject }) => subject.kind === 'address' && subject.pod === pod))
      if (assignment.ofNode[node]!.some(holds) || firsts.length === 0) return []
      const first = firsts.reduce((best, each) => (best === undefined || each === undefined ? undefined : each.atNs < best.atNs ? each : best))
      if (first === undefined) return []
      return [{ subject: { kind: 'block', node, block }, present: true, atNs: first.atNs, what: `block ${formatIpv4Prefix(block)} claimed by ${name}`, cause: first.cause }]
    }),
  )
}
