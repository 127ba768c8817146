import type { Finding } from '#shared/lab/index'
import {
  formatIpv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixCovers,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

import { CalicoIpam } from './calico-blocks'
import { NodeRanges, RandomScanPool } from './cluster-pool'
import { fnv1 } from './go-random'
import { HostLocalPool } from './host-local'

/** How a plugin manages addresses. */
export type AddressScheme =
  /** Calico: blocks claimed as they are needed, addresses borrowed when no block is left. */
  | {
      readonly kind: 'calico'
      readonly blockLength: number
      readonly blocksPerNode: number
      readonly strictAffinity: boolean
    }
  /** Cilium: a range for every node, addresses from a random offset on. */
  | { readonly kind: 'cluster-pool'; readonly rangeLength: number }
  /** Flannel and others: a range for every node (Kubernetes' node CIDR), addresses in turn. */
  | { readonly kind: 'host-local'; readonly rangeLength: number }

/** What address management has to know. */
export interface AddressRequest {
  readonly scheme: AddressScheme
  /** Range that all pod addresses come from. */
  readonly podCidr: Ipv4Prefix
  /** Per node: its name, and blocks that the lab gives it. */
  readonly nodeNames: readonly string[]
  readonly givenBlocks: readonly (readonly Ipv4Prefix[])[]
  /** How many addresses each node takes for devices of its own, before its pods'. */
  readonly nodeAddresses: number
  /** Node of each pod, in the order pods are created; undefined of pods on their node's network, which get no address. */
  readonly podNodes: readonly (number | undefined)[]
  /** Per pod, since when it needs an address and until when, ns; absent where all need theirs at once. */
  readonly podSpans?: readonly AddressSpan[] | undefined
}

/** When an address is in use, ns. */
export interface AddressSpan {
  readonly fromNs: number
  readonly untilNs: number
}

/** Addresses by node and pod. */
export interface AddressAssignment {
  /** Per node: its own addresses, in order. */
  readonly ofNode: readonly (readonly Ipv4Address[])[]
  /** Per pod; undefined of those on their node's network, whose address is the node's. */
  readonly ofPod: readonly (Ipv4Address | undefined)[]
  /** Per node: its blocks, in the order it took them. */
  readonly blocks: readonly (readonly Ipv4Prefix[])[]
  /** Addresses that a node uses out of another's block, with the node (Calico). */
  readonly borrowed: readonly { readonly address: Ipv4Address; readonly node: number }[]
}

/**
 * Hands out addresses by a plugin's own rules: first what the nodes need themselves, in the lab's order, then the pods'.
 * The finding is that there is no address left for a pod (`too-many-replicas`), or that a given block is outside the range.
 */
export function assignPodAddresses(request: AddressRequest): { assignment: AddressAssignment; findings: Finding[] } {
  const findings = checkGivenBlocks(request)
  const source = sourceOf(request)
  const ofNode = request.nodeNames.map((_, node) =>
    Array.from({ length: request.nodeAddresses }, () => source.next(node)),
  )
  const ofPod = podAddresses(request, source)
  const networked = ofPod.filter((_, pod) => request.podNodes[pod] !== undefined)
  const missing = [...ofNode.flat(), ...networked].filter((address) => address === undefined).length
  if (missing > 0) findings.push(exhausted(request, missing))
  const network = request.podCidr.network
  return {
    assignment: {
      ofNode: ofNode.map((addresses) => addresses.map((address) => address ?? network)),
      ofPod: ofPod.map((address, pod) => address ?? (request.podNodes[pod] === undefined ? undefined : network)),
      blocks: request.nodeNames.map((_, node) => source.blocks(node)),
      borrowed: source.borrowed(),
    },
    findings,
  }
}

/** Pods get theirs one after another; in the order of time where some need theirs for a time only, and give them back. */
function podAddresses({ podNodes, podSpans }: AddressRequest, source: AddressSource): (Ipv4Address | undefined)[] {
  if (podSpans === undefined) return podNodes.map((node) => (node === undefined ? undefined : source.next(node)))
  const ofPod: (Ipv4Address | undefined)[] = podNodes.map(() => undefined)
  const networked = podNodes.flatMap((node, pod) => (node === undefined ? [] : [pod]))
  const inOrder = networked.toSorted((a, b) => podSpans[a]!.fromNs - podSpans[b]!.fromNs)
  let holding: number[] = []
  for (const pod of inOrder) {
    const isOver = (other: number): boolean => podSpans[other]!.untilNs <= podSpans[pod]!.fromNs
    for (const other of holding.filter(isOver)) if (ofPod[other] !== undefined) source.release(podNodes[other]!, ofPod[other])
    holding = [...holding.filter((other) => !isOver(other)), ...(Number.isFinite(podSpans[pod]!.untilNs) ? [pod] : [])]
    ofPod[pod] = source.next(podNodes[pod]!)
  }
  return ofPod
}

/** A scheme at work. */
interface AddressSource {
  next(node: number): Ipv4Address | undefined
  /** A node's pod gives its address back. */
  release(node: number, address: Ipv4Address): void
  blocks(node: number): readonly Ipv4Prefix[]
  borrowed(): AddressAssignment['borrowed']
}

function sourceOf(request: AddressRequest): AddressSource {
  const { scheme } = request
  switch (scheme.kind) {
    case 'calico':
      return calicoSource(request, scheme)
    case 'cluster-pool':
      return rangeSource(request, scheme.rangeLength, (ranges, name) => {
        const pool = new RandomScanPool(ranges, fnv1(name))
        return { take: () => pool.take(), release: (address) => pool.release(address) }
      })
    case 'host-local':
      return rangeSource(request, scheme.rangeLength, (ranges) => {
        const pools = ranges.map((range) => new HostLocalPool(range))
        return {
          take: () => firstDefined(pools, (pool) => pool.take()),
          release(address) {
            pools.forEach((pool, index) => {
              if (ipv4PrefixContains(ranges[index]!, address)) pool.release(address)
            })
          },
        }
      })
  }
}

function calicoSource(
  { podCidr, nodeNames, givenBlocks }: AddressRequest,
  { blockLength, blocksPerNode, strictAffinity }: Extract<AddressScheme, { kind: 'calico' }>,
): AddressSource {
  const ipam = new CalicoIpam({ pools: [{ cidr: podCidr, blockLength }], strictAffinity, maxBlocksPerHost: blocksPerNode })
  givenBlocks.forEach((blocks, node) => {
    for (const block of blocks) if (ipv4PrefixCovers(podCidr, block)) ipam.give(nodeNames[node]!, block)
  })
  const numbers = new Map(nodeNames.map((name, node) => [name, node]))
  return {
    next(node) {
      const address = ipam.assign(nodeNames[node]!)
      return typeof address === 'string' ? undefined : address
    },
    release: (_, address) => ipam.release(address),
    blocks: (node) => ipam.blocksOf(nodeNames[node]!).map(({ prefix }) => prefix),
    borrowed: () =>
      nodeNames.flatMap((name) =>
        ipam.blocksOf(name).flatMap(({ borrowed }) =>
          borrowed.map(({ address, host }) => ({ address, node: numbers.get(host)! })),
        ),
      ),
  }
}

/** A node's own addresses. */
interface NodePool {
  take(): Ipv4Address | undefined
  release(address: Ipv4Address): void
}

/** Sources with a range to a node, which it has before anything is assigned. */
function rangeSource(
  { podCidr, nodeNames, givenBlocks }: AddressRequest,
  rangeLength: number,
  poolOf: (ranges: readonly Ipv4Prefix[], name: string) => NodePool,
): AddressSource {
  const ranges = new NodeRanges(podCidr, rangeLength)
  for (const given of givenBlocks.flat()) ranges.occupy(given)
  const nodes = nodeNames.map((name, node) => {
    const given = givenBlocks[node]!
    const own = given.length > 0 ? given : [ranges.take()].filter((range) => range !== undefined)
    return { own, pool: poolOf(own, name) }
  })
  return { next: (node) => nodes[node]!.pool.take(), release: (node, address) => nodes[node]!.pool.release(address), blocks: (node) => nodes[node]!.own, borrowed: () => [] }
}

function firstDefined<Item, Value>(items: readonly Item[], pick: (item: Item) => Value | undefined): Value | undefined {
  for (const item of items) {
    const value = pick(item)
    if (value !== undefined) return value
  }
  return undefined
}

function checkGivenBlocks({ givenBlocks, podCidr }: AddressRequest): Finding[] {
  return givenBlocks.flatMap((blocks, node) =>
    blocks.flatMap((block, index) =>
      ipv4PrefixCovers(podCidr, block)
        ? []
        : [
            {
              code: 'out-of-range' as const,
              path: ['spec', 'nodes', node, 'podBlocks', index],
              message: `The block ${formatIpv4Prefix(block)} is outside the pod CIDR ${formatIpv4Prefix(podCidr)}.`,
            },
          ],
    ),
  )
}

function exhausted({ podCidr, scheme }: AddressRequest, missing: number): Finding {
  return {
    code: 'too-many-replicas',
    path: ['spec', 'cluster', 'podCIDR'],
    message: `${missing} addresses too few: ${howBlocksAreTaken(scheme)} from ${formatIpv4Prefix(podCidr)}.`,
    fix: 'Use a shorter pod CIDR, more nodes, or fewer replicas.',
  }
}

function howBlocksAreTaken(scheme: AddressScheme): string {
  if (scheme.kind !== 'calico') return `each node takes one /${scheme.rangeLength}`
  const limit = Number.isFinite(scheme.blocksPerNode) ? `, at most ${scheme.blocksPerNode} each,` : ''
  return `nodes take blocks of /${scheme.blockLength}${limit}`
}
