import { assignPodAddresses, type AddressRequest } from '#main/simulation/ipam/index'
import { formatIpv4Address, formatIpv4Prefix, parseIpv4Prefix, type Ipv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

function prefix(text: string): Ipv4Prefix {
  const result = parseIpv4Prefix(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Calico's rules: blocks of /26, all addresses used, the tunnel's first. */
const calico: AddressRequest = {
  podCidr: prefix('10.244.0.0/16'),
  blockLength: 26,
  blocksPerNode: 20,
  reservedAtStart: 0,
  reservedAtEnd: 0,
  nodeAddresses: 1,
  givenBlocks: [[], []],
  podNodes: [],
}
/** Cilium's: a /24 per node, neither network nor broadcast address, two addresses of the node's own. */
const cilium = { ...calico, blockLength: 24, blocksPerNode: 1, reservedAtStart: 1, reservedAtEnd: 1, nodeAddresses: 2 }

/** Nodes of so many pods, all on the first. */
const onFirstNode = (pods: number): number[] => Array.from({ length: pods }, () => 0)

function assign(request: AddressRequest) {
  const { assignment, findings } = assignPodAddresses(request)
  return {
    nodes: assignment.ofNode.map((addresses) => addresses.map(formatIpv4Address)),
    pods: assignment.ofPod.map(formatIpv4Address),
    blocks: assignment.blocks.map((blocks) => blocks.map(formatIpv4Prefix)),
    codes: findings.map(({ code }) => code),
  }
}

describe('addresses by Calico’s rules', () => {
  it('begin with the tunnel’s, block by block', () => {
    expect(assign({ ...calico, podNodes: [0, 1, 0] })).toEqual({
      nodes: [['10.244.0.0'], ['10.244.0.64']],
      pods: ['10.244.0.1', '10.244.0.65', '10.244.0.2'],
      blocks: [['10.244.0.0/26'], ['10.244.0.64/26']],
      codes: [],
    })
  })

  it('go on in a new block when one is full: 63 pods and the tunnel in the first', () => {
    const { pods, blocks } = assign({ ...calico, podNodes: onFirstNode(64) })
    expect([pods[62], pods[63]]).toEqual(['10.244.0.63', '10.244.0.128'])
    expect(blocks[0]).toEqual(['10.244.0.0/26', '10.244.0.128/26'])
  })

  it('end with the blocks a node may have', () => {
    const request = { ...calico, blocksPerNode: 2 }
    expect(assign({ ...request, podNodes: onFirstNode(127) }).codes).toEqual([])
    expect(assign({ ...request, podNodes: onFirstNode(128) }).codes).toEqual(['too-many-replicas'])
  })

  it('come from the blocks that the lab gives, which no other node gets', () => {
    const request = {
      ...calico,
      givenBlocks: [[], [prefix('10.244.0.0/26'), prefix('10.244.9.0/26')]],
      podNodes: [0, 1],
    }
    expect(assign(request)).toMatchObject({ pods: ['10.244.0.65', '10.244.0.1'], codes: [] })
  })
})

describe('addresses by Cilium’s rules', () => {
  it('leave out the ends of the block and the node’s own', () => {
    const { nodes, pods, blocks } = assign({ ...cilium, podNodes: [1, 1] })
    expect(nodes[1]).toEqual(['10.244.1.1', '10.244.1.2'])
    expect(pods).toEqual(['10.244.1.3', '10.244.1.4'])
    expect(blocks[1]).toEqual(['10.244.1.0/24'])
  })

  it('are 252 pods to a node', () => {
    expect(assign({ ...cilium, podNodes: onFirstNode(252) }).codes).toEqual([])
    expect(assign({ ...cilium, podNodes: onFirstNode(253) }).codes).toEqual(['too-many-replicas'])
  })

  it('need a pod CIDR that holds a block for every node', () => {
    expect(assign({ ...cilium, podCidr: prefix('10.244.0.0/24') }).codes).toEqual(['too-many-replicas'])
    expect(assign({ ...cilium, podCidr: prefix('10.244.0.0/28') }).codes).toEqual(['too-many-replicas'])
  })
})

it('a block outside the pod CIDR is a finding', () => {
  expect(assign({ ...calico, givenBlocks: [[prefix('10.9.0.0/26')], []] }).codes).toEqual(['out-of-range'])
})
