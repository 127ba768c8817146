import type { Finding } from '#shared/lab/index'
import {
  formatIpv4Prefix,
  ipv4Prefix,
  ipv4PrefixCovers,
  ipv4PrefixesOverlap,
  ipv4PrefixSize,
  nthIpv4Address,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

/** What address management has to know. */
export interface AddressRequest {
  /** Range that all pod addresses come from. */
  readonly podCidr: Ipv4Prefix
  /** Length of the block that a node takes at a time. */
  readonly blockLength: number
  /** How many blocks a node may take. */
  readonly blocksPerNode: number
  /** Addresses at the start of a block that no pod gets, and at its end. */
  readonly reservedAtStart: number
  readonly reservedAtEnd: number
  /** Per node: blocks that the lab gives it. */
  readonly givenBlocks: readonly (readonly Ipv4Prefix[])[]
  /** Per node: how many addresses it hands out itself, before its pods', to devices of its own. */
  readonly nodeAddresses: number
  /** Node of each pod, in the order pods are created. */
  readonly podNodes: readonly number[]
}

/** Addresses by node and pod. */
export interface AddressAssignment {
  /** Per node: its own addresses, in order. */
  readonly ofNode: readonly (readonly Ipv4Address[])[]
  /** Per pod. */
  readonly ofPod: readonly Ipv4Address[]
  /** Per node: its blocks, in the order it took them. */
  readonly blocks: readonly (readonly Ipv4Prefix[])[]
}

/**
 * Hands out addresses: a node takes the next free block of the range when its own are full, and addresses of a block in
 * order. Nodes take their first block in the lab's order, before any pod starts.
 * The finding is that the range has no block left for a pod (`too-many-replicas`), or that a given block is outside it.
 */
export function assignPodAddresses(request: AddressRequest): { assignment: AddressAssignment; findings: Finding[] } {
  const findings = checkGivenBlocks(request)
  const free = new FreeBlocks(request)
  const nodes = request.givenBlocks.map((given) => new NodeAddresses(request, given, free))
  const ofNode = nodes.map((node) => Array.from({ length: request.nodeAddresses }, () => node.next()))
  const ofPod = request.podNodes.map((node) => nodes[node]!.next())
  const missing = [...ofNode.flat(), ...ofPod].filter((address) => address === undefined).length
  if (missing > 0) findings.push(exhausted(request, missing))
  const network = request.podCidr.network
  return {
    assignment: {
      ofNode: ofNode.map((addresses) => addresses.map((address) => address ?? network)),
      ofPod: ofPod.map((address) => address ?? network),
      blocks: nodes.map((node) => node.blocks),
    },
    findings,
  }
}

/** The blocks of the range that no node was given, from the first on. */
class FreeBlocks {
  private readonly request: AddressRequest
  private readonly given: readonly Ipv4Prefix[]
  private nextBlock = 0

  constructor(request: AddressRequest) {
    this.request = request
    this.given = request.givenBlocks.flat()
  }

  take(): Ipv4Prefix | undefined {
    const { podCidr, blockLength } = this.request
    const count = 2 ** Math.max(0, blockLength - podCidr.length)
    while (this.nextBlock < count && blockLength >= podCidr.length) {
      const block = ipv4Prefix(nthIpv4Address(podCidr, this.nextBlock++ * 2 ** (32 - blockLength)), blockLength)
      if (!this.given.some((other) => ipv4PrefixesOverlap(other, block))) return block
    }
    return undefined
  }
}

/** A node's blocks and the next address in them. */
class NodeAddresses {
  readonly blocks: Ipv4Prefix[]
  private readonly request: AddressRequest
  private readonly free: FreeBlocks
  private current = 0
  private ordinal: number

  constructor(request: AddressRequest, given: readonly Ipv4Prefix[], free: FreeBlocks) {
    this.request = request
    this.free = free
    this.ordinal = request.reservedAtStart
    const first = given.length > 0 ? undefined : free.take()
    this.blocks = first === undefined ? [...given] : [first]
  }

  next(): Ipv4Address | undefined {
    for (;;) {
      const block = this.blocks[this.current] ?? this.grow()
      if (block === undefined) return undefined
      if (this.ordinal < ipv4PrefixSize(block) - this.request.reservedAtEnd)
        return nthIpv4Address(block, this.ordinal++)
      this.current++
      this.ordinal = this.request.reservedAtStart
    }
  }

  private grow(): Ipv4Prefix | undefined {
    if (this.blocks.length >= this.request.blocksPerNode) return undefined
    const block = this.free.take()
    if (block !== undefined) this.blocks.push(block)
    return block
  }
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

function exhausted({ podCidr, blockLength, blocksPerNode }: AddressRequest, missing: number): Finding {
  const limit = Number.isFinite(blocksPerNode) ? `, at most ${blocksPerNode} to a node` : ''
  return {
    code: 'too-many-replicas',
    path: ['spec', 'cluster', 'podCIDR'],
    message: `${missing} addresses too few: nodes take blocks of /${blockLength} from ${formatIpv4Prefix(podCidr)}${limit}.`,
    fix: 'Use a shorter pod CIDR, more nodes, or fewer replicas.',
  }
}
