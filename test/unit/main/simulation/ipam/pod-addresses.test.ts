import { assignPodAddresses, type AddressRequest } from '#main/simulation/ipam/index'
import { formatIpv4Address, formatIpv4Prefix, parseIpv4Prefix, type Ipv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

function prefix(text: string): Ipv4Prefix {
  const result = parseIpv4Prefix(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const calico = {
  scheme: { kind: 'calico', blockLength: 26, blocksPerNode: 20, strictAffinity: false },
  podCidr: prefix('10.244.0.0/16'),
  nodeNames: ['node1', 'node2'],
  nodeAddresses: 1,
  givenBlocks: [[], []],
  podNodes: [],
} as const satisfies AddressRequest
const cilium: AddressRequest = { ...calico, scheme: { kind: 'cluster-pool', rangeLength: 24 }, nodeAddresses: 2 }
const flannel: AddressRequest = { ...calico, scheme: { kind: 'host-local', rangeLength: 24 }, nodeAddresses: 0 }

/** Nodes of so many pods, all on the first. */
const onFirstNode = (pods: number): number[] => Array.from({ length: pods }, () => 0)

function assign(request: AddressRequest) {
  const { assignment, findings } = assignPodAddresses(request)
  return {
    nodes: assignment.ofNode.map((addresses) => addresses.map(formatIpv4Address)),
    pods: assignment.ofPod.map((address) => address && formatIpv4Address(address)),
    blocks: assignment.blocks.map((blocks) => blocks.map(formatIpv4Prefix)),
    borrowed: assignment.borrowed.map(({ address }) => formatIpv4Address(address)),
    codes: findings.map(({ code }) => code),
  }
}

it('pods on their node’s network get no address, and keep none from others', () => {
  const podNodes = [0, undefined, 0]
  expect(assign({ ...calico, podNodes }).pods).toEqual(['10.244.166.129', undefined, '10.244.166.130'])
  expect(assign({ ...flannel, podNodes }).pods).toEqual(['10.244.0.2', undefined, '10.244.0.3'])
  expect(assign({ ...cilium, podNodes: [...onFirstNode(252), undefined] }).codes).toEqual([])
})

describe('addresses by Calico’s rules', () => {
  it('begin with the tunnel’s, in the block that the node’s name leads to', () => {
    expect(assign({ ...calico, podNodes: [0, 1, 0] })).toEqual({
      nodes: [['10.244.166.128'], ['10.244.104.0']],
      pods: ['10.244.166.129', '10.244.104.1', '10.244.166.130'],
      blocks: [['10.244.166.128/26'], ['10.244.104.0/26']],
      borrowed: [],
      codes: [],
    })
  })

  it('go on in the next block when one is full: 63 pods and the tunnel in the first', () => {
    const { pods, blocks } = assign({ ...calico, podNodes: onFirstNode(64) })
    expect([pods[62], pods[63]]).toEqual(['10.244.166.191', '10.244.166.192'])
    expect(blocks[0]).toEqual(['10.244.166.128/26', '10.244.166.192/26'])
  })

  it('end with the blocks a node may have', () => {
    const request: AddressRequest = { ...calico, scheme: { ...calico.scheme, blocksPerNode: 2 } }
    expect(assign({ ...request, podNodes: onFirstNode(127) }).codes).toEqual([])
    expect(assign({ ...request, podNodes: onFirstNode(128) }).codes).toEqual(['too-many-replicas'])
  })

  it('are borrowed from another node’s block when none is left, unless affinity is strict', () => {
    const request: AddressRequest = { ...calico, podCidr: prefix('10.0.0.0/25'), podNodes: onFirstNode(64) }
    expect(assign(request)).toMatchObject({ codes: [], borrowed: [assign(request).pods[63]] })
    const strict: AddressRequest = { ...request, scheme: { ...calico.scheme, strictAffinity: true } }
    expect(assign(strict)).toMatchObject({ codes: ['too-many-replicas'], borrowed: [] })
  })

  it('come from the blocks that the lab gives, which no other node gets', () => {
    const request: AddressRequest = {
      ...calico,
      givenBlocks: [[], [prefix('10.244.166.128/26'), prefix('10.244.9.0/26')]],
      podNodes: [0, 1],
    }
    expect(assign(request)).toMatchObject({ pods: ['10.244.166.193', '10.244.166.129'], codes: [] })
  })
})

describe('addresses by Cilium’s rules', () => {
  it('come from a range for every node, in a scattered order, without the ends of the range', () => {
    const { nodes, pods, blocks } = assign({ ...cilium, podNodes: onFirstNode(252) })
    const last = [...nodes[0]!, ...pods].map((address) => Number(address?.split('.')[3]))
    expect(blocks).toEqual([['10.244.0.0/24'], ['10.244.1.0/24']])
    expect(last.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 254 }, (_, index) => index + 1))
    expect(last).not.toEqual(last.toSorted((a, b) => a - b))
  })

  it('are 252 pods to a node', () => {
    expect(assign({ ...cilium, podNodes: onFirstNode(253) }).codes).toEqual(['too-many-replicas'])
  })

  it('need a pod CIDR that holds a range for every node', () => {
    expect(assign({ ...cilium, podCidr: prefix('10.244.0.0/24') }).codes).toEqual(['too-many-replicas'])
    expect(assign({ ...cilium, podCidr: prefix('10.244.0.0/28') }).codes).toEqual(['too-many-replicas'])
  })
})

it('host-local hands out addresses in turn, from the one after the gateway', () => {
  expect(assign({ ...flannel, podNodes: [0, 1, 0] }).pods).toEqual(['10.244.0.2', '10.244.1.2', '10.244.0.3'])
  expect(assign({ ...flannel, podNodes: onFirstNode(253) }).codes).toEqual([])
  expect(assign({ ...flannel, podNodes: onFirstNode(254) }).codes).toEqual(['too-many-replicas'])
})

it('a block outside the pod CIDR is a finding', () => {
  expect(assign({ ...calico, givenBlocks: [[prefix('10.9.0.0/26')], []] }).codes).toEqual(['out-of-range'])
})

describe('addresses that come back', () => {
  const gone = { fromNs: 0, untilNs: 10 }
  const later = { fromNs: 10, untilNs: Infinity }
  const givenBlocks = [[prefix('10.244.0.0/29')], []]

  it.each([
    ['Cilium’s rules', { ...cilium, givenBlocks }, 4],
    ['host-local', { ...flannel, givenBlocks }, 5],
    ['Calico’s rules', { ...calico, givenBlocks, nodeAddresses: 0, scheme: { ...calico.scheme, blockLength: 29, blocksPerNode: 1, strictAffinity: true } }, 8],
  ] as const)('are given again where no other is left: %s', (_, request, fitting) => {
    const podNodes = onFirstNode(fitting + 1)
    const stays = { fromNs: 0, untilNs: Infinity }
    const podSpans = podNodes.map((_node, pod) => (pod === 1 ? gone : pod === fitting ? later : stays))
    expect(assign({ ...request, podNodes }).codes).toEqual(['too-many-replicas'])
    const { pods, codes } = assign({ ...request, podNodes, podSpans })
    expect(codes).toEqual([])
    expect(pods[fitting]).toBe(pods[1])
    expect(new Set(pods).size).toBe(fitting)
  })
})
