import type { RecordedAddress, RecordedRange, RecordedSpan } from '#shared/contract/control-plane'
import type { Variant } from '#shared/lab/index'
import {
  formatIpv4Address,
  formatIpv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixSize,
  SECOND_NS,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

import type { AddressAssignment } from '../ipam/index'
import type { Pod } from '../kubernetes/index'
import type { ClusterChange } from './cluster-changes'

/**
 * Addresses of a range that are never handed out: none of a Calico block; the first and last of Cilium's; with host-local
 * the gateway's, too.
 */
const RESERVED: Readonly<Record<Variant['cni'], number>> = { none: 0, calico: 0, cilium: 2, flannel: 3 }

/** What a node has of the cluster's addresses over the time of a run. */
export interface NodeAddresses {
  readonly ranges: readonly RecordedRange[]
  /** Addresses that its pods and devices have out of other nodes' ranges. */
  readonly borrowed: readonly RecordedAddress[]
}

/** What there is to be told of. */
interface AddressParts {
  readonly cni: Variant['cni']
  /** Absent where pods have no addresses of their own. */
  readonly assignment: AddressAssignment | undefined
  /** All pods of the run, as the assignment has them. */
  readonly pods: readonly Pod[]
  readonly nodes: readonly { readonly name: string }[]
  /** In order of time. */
  readonly changes: readonly ClusterChange[]
  readonly durationNs: number
}

interface Use {
  readonly at: Ipv4Address
  readonly use: RecordedAddress
}

/** What each node has of the cluster's addresses, by its number: a pod's from when the API server knows of it until it is free again. */
export function nodeAddresses({ cni, assignment, pods, nodes, changes, durationNs }: AddressParts): readonly NodeAddresses[] {
  if (assignment === undefined) return nodes.map(() => ({ ranges: [], borrowed: [] }))
  const { ofNode, ofPod, blocks } = assignment
  const seen = changes.filter(({ atNs }) => atNs <= durationNs)
  const toggles = addressToggles(seen)
  const uses = nodes.map(({ name }, node): Use[] =>
    (ofNode[node] ?? []).map((at) => ({ at, use: { address: formatIpv4Address(at), node: name, fromSeconds: 0 } })))
  pods.forEach(({ node, reference }, index) => {
    const at = ofPod[index]
    if (at === undefined) return
    const spans = spansOfToggles(toggles.get(index) ?? [])
    uses[node]?.push(...spans.map((span) => ({ at, use: { address: formatIpv4Address(at), node: nodes[node]!.name, pod: reference, ...span } })))
  })
  const borrowers = new Set(assignment.borrowed.map(({ address }) => address))
  const borrowed = uses.map((ofOne) => ofOne.filter(({ at }) => borrowers.has(at)))
  const lent = borrowed.flat()
  return nodes.map((_, node) => ({
    ranges: (blocks[node] ?? []).map((range): RecordedRange => {
      const holds = ({ at }: Use): boolean => ipv4PrefixContains(range, at)
      const claim = seen.find(({ subject }) => subject.kind === 'block' && subject.node === node && isSame(subject.block, range))
      return {
        cidr: formatIpv4Prefix(range),
        size: ipv4PrefixSize(range),
        reserved: RESERVED[cni],
        ...(claim && { claimedSeconds: claim.atNs / SECOND_NS }),
        uses: [...uses[node]!.filter(holds), ...lent.filter((entry) => holds(entry) && !uses[node]!.includes(entry))].map(({ use }) => use),
      }
    }),
    borrowed: borrowed[node]!.map(({ use }) => use),
  }))
}

/** When each pod's address was handed out and came back, ns. */
function addressToggles(changes: readonly ClusterChange[]): ReadonlyMap<number, readonly { readonly atNs: number; readonly present: boolean }[]> {
  const toggles = new Map<number, { readonly atNs: number; readonly present: boolean }[]>()
  for (const { subject, atNs, present } of changes) {
    if (subject.kind !== 'address') continue
    const known = toggles.get(subject.pod)
    if (known === undefined) toggles.set(subject.pod, [{ atNs, present }])
    else if (known.at(-1)!.present !== present) known.push({ atNs, present })
  }
  return toggles
}

/** While a pod had its address: from the beginning, unless it is given one first. */
function spansOfToggles(toggles: readonly { readonly atNs: number; readonly present: boolean }[]): RecordedSpan[] {
  const [first] = toggles
  const starts = first?.present === true ? toggles : [{ atNs: 0, present: true }, ...toggles]
  return starts.flatMap(({ atNs, present }, index) => {
    if (!present) return []
    const end = starts[index + 1]
    return [{ fromSeconds: atNs / SECOND_NS, ...(end && { untilSeconds: end.atNs / SECOND_NS }) }]
  })
}

function isSame(a: Ipv4Prefix, b: Ipv4Prefix): boolean {
  return a.network === b.network && a.length === b.length
}
