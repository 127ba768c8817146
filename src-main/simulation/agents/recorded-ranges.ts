import type { RecordedRange } from '#shared/contract/control-plane'
import type { Variant } from '#shared/lab/index'
import { formatIpv4Prefix, ipv4PrefixSize, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import type { AddressAssignment } from '../ipam/index'
import type { Pod } from '../kubernetes/index'

/**
 * Addresses of a range that are never handed out: none of a Calico block; the first and last of Cilium's; with host-local
 * the gateway's, too.
 */
const RESERVED: Readonly<Record<Variant['cni'], number>> = { none: 0, calico: 0, cilium: 2, flannel: 3 }

/** What a node has of the cluster's addresses. */
export interface NodeAddresses {
  readonly ranges: readonly RecordedRange[]
  /** Addresses that its pods and devices have out of other nodes' ranges. */
  readonly borrowed: number
}

/** What each node has of the cluster's addresses, by its number; nothing where pods have none of their own. */
export function nodeAddresses(
  cni: Variant['cni'],
  assignment: AddressAssignment | undefined,
  pods: readonly Pod[],
  nodes: readonly { readonly name: string }[],
): readonly NodeAddresses[] {
  if (assignment === undefined) return nodes.map(() => ({ ranges: [], borrowed: 0 }))
  const { ofNode, ofPod, blocks, borrowed } = assignment
  const borrowers = new Map(borrowed.map(({ address, node }) => [address, node]))
  const ofPods = nodes.map((): Ipv4Address[] => [])
  pods.forEach(({ node, hostNetwork }, index) => {
    if (!hostNetwork) ofPods[node]?.push(ofPod[index]!)
  })
  return nodes.map((_, node) => ({
    ranges: (blocks[node] ?? []).map((range) => ({
      cidr: formatIpv4Prefix(range),
      size: ipv4PrefixSize(range),
      reserved: RESERVED[cni],
      pods: countIn(range, ofPods[node]!),
      own: countIn(range, ofNode[node] ?? []),
      lent: lentTo(range, borrowed, nodes),
    })),
    borrowed: [...ofPods[node]!, ...(ofNode[node] ?? [])].filter((address) => borrowers.get(address) === node).length,
  }))
}

function lentTo(range: Ipv4Prefix, borrowed: AddressAssignment['borrowed'], nodes: readonly { readonly name: string }[]): RecordedRange['lent'] {
  const counts = new Map<number, number>()
  for (const { address, node } of borrowed) if (isIn(range, address)) counts.set(node, (counts.get(node) ?? 0) + 1)
  return [...counts].map(([node, addresses]) => ({ node: nodes[node]!.name, addresses }))
}

function countIn(range: Ipv4Prefix, addresses: readonly Ipv4Address[]): number {
  return addresses.filter((address) => isIn(range, address)).length
}

function isIn(range: Ipv4Prefix, address: Ipv4Address): boolean {
  return address >= range.network && address < range.network + ipv4PrefixSize(range)
}
