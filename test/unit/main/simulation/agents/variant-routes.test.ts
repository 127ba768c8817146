import { buildControlPlane, routesOfVariant } from '#main/simulation/agents/index'
import { reflectedPlane } from '#main/simulation/agents/reflected-plane'
import { prefixOfKey, type FibEntry } from '#main/simulation/bgp/index'
import { buildTopology } from '#main/simulation/topology/index'
import { formatIpv4Address, formatIpv4Prefix, nanos } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

import { makeLab } from '../../../../support/make-lab'

/** Two racks with two nodes each, one pod on every node. */
function twoRacks(variant: object, more: { fabric?: object; nodes?: object[] } = {}) {
  const node = (name: string, tor: string, index: number) => ({ name, uplinks: [{ switch: tor }], ...more.nodes?.[index] })
  return makeLab({
    fabric: more.fabric ?? {
      switches: [{ name: 'tor-a' }, { name: 'tor-b' }, { name: 'spine', role: 'spine' }],
      links: [{ ends: ['tor-a', 'spine'] }, { ends: ['tor-b', 'spine'] }],
    },
    nodes: [node('node1', 'tor-a', 0), node('node2', 'tor-a', 1), node('node3', 'tor-b', 2), node('node4', 'tor-b', 3)],
    cluster: { workloads: [{ name: 'web', replicas: 4, nodes: ['node1', 'node2', 'node3', 'node4'] }] },
    variants: [{ name: 'v', ...variant }],
  })
}

function fibs(lab: ReturnType<typeof makeLab>, atNs = 0): Record<string, Record<string, string[]>> {
  const { nodes } = routesOfVariant(lab, lab.variants[0]!, atNs, 1)
  const text = (entry: FibEntry) => (entry.kind === 'via' ? entry.gateways.map(formatIpv4Address) : [entry.kind])
  return Object.fromEntries(
    nodes.map(({ name, fib }) => [
      name,
      Object.fromEntries(Array.from(fib, ([key, entry]) => [formatIpv4Prefix(prefixOfKey(key)), text(entry)])),
    ]),
  )
}

/** Blocks that Calico gives these nodes. */
const BLOCK = { node1: '10.244.166.128/26', node2: '10.244.104.0/26', node3: '10.244.135.0/26', node4: '10.244.3.64/26' }

it.each([{ cni: 'calico' }, { cni: 'cilium' }, { cni: 'flannel' }])('lead to a node’s pods, and not to those on its own network: $cni', (variant) => {
  const lab = twoRacks(variant)
  const hosted = { ...lab, cluster: { ...lab.cluster, workloads: lab.cluster.workloads.map((workload) => ({ ...workload, hostNetwork: true })) } }
  const podRows = (of: typeof lab): string[] => Object.keys(fibs(of)['node1']!).filter((prefix) => prefix.endsWith('/32'))
  expect(podRows(lab)).toHaveLength(podRows(hosted).length + 1)
})

describe('routes of Calico', () => {
  it('with IPIP lead to the other nodes themselves, whatever lies between', () => {
    const { node1 } = fibs(twoRacks({ cni: 'calico' }))
    expect(node1).toMatchObject({
      [BLOCK.node1]: ['blackhole'],
      [BLOCK.node2]: ['10.1.0.12'],
      [BLOCK.node3]: ['10.2.0.11'],
      '10.1.0.0/24': ['connected'],
      '0.0.0.0/0': ['10.1.0.1'],
    })
  })

  it('without encapsulation go through the default gateway to other racks', () => {
    const { node1 } = fibs(twoRacks({ cni: 'calico', settings: { ipPool: { ipipMode: 'Never' } } }))
    expect(node1).toMatchObject({ [BLOCK.node2]: ['10.1.0.12'], [BLOCK.node3]: ['10.1.0.1'] })
  })

  it('with VXLAN are Felix’s and lead to tunnel addresses, with CrossSubnet in the own subnet to nodes', () => {
    const { node1 } = fibs(twoRacks({ cni: 'calico', settings: { ipPool: { vxlanMode: 'CrossSubnet' } } }))
    expect(node1).toMatchObject({ [BLOCK.node2]: ['10.1.0.12'], [BLOCK.node3]: ['10.244.135.0'] })
  })

  it('with route reflectors are those of a full mesh, over fewer sessions', () => {
    const reflector = { labels: { 'projectcalico.org/RouteReflectorClusterID': '244.0.0.1', rr: 'yes' } }
    const lab = twoRacks(
      {
        cni: 'calico',
        settings: {
          bgpConfiguration: { nodeToNodeMeshEnabled: false },
          bgpPeers: [{ nodeSelector: 'all()', peerSelector: "rr == 'yes'" }],
        },
      },
      { nodes: [reflector] },
    )
    expect(fibs(lab)).toEqual(fibs(twoRacks({ cni: 'calico' })))
    const { nodes } = routesOfVariant(lab, lab.variants[0]!, 0, 1)
    expect(nodes.reduce((sum, { messages }) => sum + messages.OPEN, 0)).toBe(6)
  })

  it('peered with the racks’ switches come from there, and the fabric knows the blocks', () => {
    const lab = twoRacks(
      {
        cni: 'calico',
        settings: {
          ipPool: { ipipMode: 'Never' },
          bgpConfiguration: { nodeToNodeMeshEnabled: false },
          bgpPeers: [
            { nodeSelector: "rack == 'a'", peerIP: '10.1.0.1', asNumber: 65_001, numAllowedLocalASNumbers: 1 },
            { nodeSelector: "rack == 'b'", peerIP: '10.2.0.1', asNumber: 65_002, numAllowedLocalASNumbers: 1 },
          ],
        },
      },
      {
        fabric: {
          switches: [{ name: 'tor-a', asn: 65_001 }, { name: 'tor-b', asn: 65_002 }, { name: 'spine', role: 'spine', asn: 65_000 }],
          links: [{ ends: ['tor-a', 'spine'] }, { ends: ['tor-b', 'spine'] }],
        },
        nodes: ['a', 'a', 'b', 'b'].map((rack) => ({ labels: { rack } })),
      },
    )
    const { node1, spine } = fibs(lab)
    expect(node1).toMatchObject({ [BLOCK.node2]: ['10.1.0.12'], [BLOCK.node3]: ['10.1.0.1'] })
    expect(Object.keys(spine!)).toEqual(expect.arrayContaining(Object.values(BLOCK)))
  })

  it('pass the filters that a peering names: the first rule that matches decides', () => {
    const filtered = (rules: object) => {
      const lab = twoRacks({
        cni: 'calico',
        settings: {
          bgpConfiguration: { nodeToNodeMeshEnabled: false },
          bgpPeers: [{ nodeSelector: 'all()', peerSelector: 'all()', filters: ['mine'] }],
          bgpFilters: [{ name: 'mine', ...rules }],
        },
      })
      return Object.keys(fibs(lab)['node1']!)
    }
    const reject = { action: 'Reject', cidr: BLOCK.node2, matchOperator: 'Equal' }
    expect(filtered({})).toEqual(expect.arrayContaining([BLOCK.node2, BLOCK.node3]))
    expect(filtered({ importV4: [reject] })).not.toContain(BLOCK.node2)
    expect(filtered({ exportV4: [reject] })).toContain(BLOCK.node3)
    expect(filtered({ exportV4: [reject] })).not.toContain(BLOCK.node2)
    expect(filtered({ exportV4: [{ action: 'Accept' }, reject] })).toContain(BLOCK.node2)
    const long = { action: 'Reject', cidr: '10.244.0.0/16', matchOperator: 'In', prefixLength: { min: 27 } }
    expect(filtered({ importV4: [long] })).toContain(BLOCK.node2)
    expect(filtered({ importV4: [{ ...long, prefixLength: { min: 26 } }] })).not.toContain(BLOCK.node2)
    // A node's own blocks are not what neighbours told it.
    expect(filtered({ exportV4: [{ action: 'Reject', source: 'RemotePeers' }] })).toContain(BLOCK.node2)
  })

  it('bear the communities that their prefixes are advertised with', () => {
    const lab = twoRacks({
      cni: 'calico',
      settings: {
        bgpConfiguration: {
          communities: [{ name: 'low', value: '65000:200' }],
          prefixAdvertisements: [{ cidr: BLOCK.node2, communities: ['low', '65000:300'] }],
        },
      },
    })
    const { nodes } = routesOfVariant(lab, lab.variants[0]!, 0, 1)
    const told = nodes[0]!.rib.filter(({ routes }) => routes[0]!.kind === 'bgp').map(({ key, routes }) => [formatIpv4Prefix(prefixOfKey(key)), routes[0]!.attributes.communities])
    expect(Object.fromEntries(told)).toEqual({ [BLOCK.node2]: [65_000 * 65_536 + 200, 65_000 * 65_536 + 300], [BLOCK.node3]: [], [BLOCK.node4]: [] })
  })

  it('are withdrawn when BFD misses its packets, long before the hold time', () => {
    const withBfd = (failureDetectionMode: string) => {
      const lab = twoRacks(
        { cni: 'calico', settings: { bgpConfiguration: { nodeToNodeMeshEnabled: false }, bgpPeers: [{ nodeSelector: 'all()', peerSelector: 'all()', failureDetectionMode }] } },
      )
      const silent = { ...lab, faults: [{ kind: 'link-silent', at: nanos(1e9), link: ['node2', 'tor-a'] } as const] }
      return (seconds: number) => Object.keys(fibs(silent, seconds * 1e9)['node1']!).includes(BLOCK.node2)
    }
    // BIRD's 100 ms five times.
    const fast = withBfd('BFDIfDirectlyConnected')
    expect([fast(1.4), fast(1.6)]).toEqual([true, false])
    expect(withBfd('None')(10)).toBe(true)
  })

  it('are watched by BFD between nodes that are near by the interfaces that their sessions use', () => {
    const fabric = {
      switches: [{ name: 'tor-a' }, { name: 'tor-b' }, { name: 'spine', role: 'spine' }, { name: 'storage' }],
      links: [{ ends: ['tor-a', 'spine'] }, { ends: ['tor-b', 'spine'] }],
    }
    const uplinks = (tor: string, address: string) => ({ uplinks: [{ switch: tor }, { switch: 'storage', address }] })
    const nodes = [uplinks('tor-a', '10.9.0.11/24'), {}, uplinks('tor-b', '10.9.0.13')]
    const named = [{ name: 'node1', bgp: { ipv4Address: '10.9.0.11/24' } }, { name: 'node3', bgp: { ipv4Address: '10.9.0.13/24' } }]
    const peersOfNode1 = (ofCalico: object[]) => {
      const bgpPeers = [{ nodeSelector: 'all()', peerSelector: 'all()', failureDetectionMode: 'BFDIfDirectlyConnected' }]
      const lab = twoRacks({ cni: 'calico', settings: { bgpConfiguration: { nodeToNodeMeshEnabled: false }, bgpPeers, nodes: ofCalico } }, { fabric, nodes })
      const { speakers } = buildControlPlane(lab, lab.variants[0]!, buildTopology(lab).topology, 1)
      return Object.fromEntries(speakers!.configs[0]!.peers.map(({ address, bfd }) => [formatIpv4Address(address), bfd]))
    }
    const bfd = { intervalSeconds: 0.1, multiplier: 5 }
    expect(peersOfNode1([])).toMatchObject({ '10.1.0.12': bfd, '10.2.0.11': undefined, '10.2.0.12': undefined })
    // Between racks, but near by their second interfaces.
    expect(peersOfNode1(named)).toMatchObject({ '10.1.0.12': bfd, '10.9.0.13': bfd, '10.2.0.12': undefined })
  })

  it('of a full mesh of thousands are refused with the arithmetic', () => {
    const lab = makeLab({
      fabric: { switches: [{ name: 'tor' }] },
      nodes: Array.from({ length: 400 }, (_, index) => ({
        name: `node-${index}`,
        uplinks: [{ switch: 'tor' }],
        ...(index === 0 && { address: '10.1.0.11/22' }),
      })),
      variants: [{ name: 'v', cni: 'calico' }],
    })
    expect(() => routesOfVariant(lab, lab.variants[0]!, 0, 1)).toThrow(/400 nodes have 79,800 BGP sessions/u)
  })
})

describe('routes of other plugins', () => {
  it('of Cilium’s tunnel lead to the node’s own router, natively to the nodes of the subnet', () => {
    const tunnel = fibs(twoRacks({ cni: 'cilium' }))['node1']!
    expect(tunnel['10.244.1.0/24']).toEqual(tunnel['10.244.3.0/24'])
    expect(tunnel['10.244.1.0/24']![0]).toMatch(/^10\.244\.0\./u)
    const settings = { routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true }
    const native = fibs(twoRacks({ cni: 'cilium', settings }))['node1']!
    expect([native['10.244.1.0/24'], native['10.244.2.0/24']]).toEqual([['10.1.0.12'], undefined])
  })

  it('of Flannel’s host-gw lead to nodes, of its VXLAN to the other range’s device', () => {
    expect(fibs(twoRacks({ cni: 'flannel', settings: { Backend: { Type: 'host-gw' } } }))['node1']!['10.244.1.0/24']).toEqual(['10.1.0.12'])
    expect(fibs(twoRacks({ cni: 'flannel' }))['node1']!['10.244.2.0/24']).toEqual(['10.244.2.0'])
  })

  it('of the host network are those of the host', () => {
    expect(fibs(twoRacks({ cni: 'none' }))['node1']).toEqual({ '10.1.0.0/24': ['connected'], '0.0.0.0/0': ['10.1.0.1'] })
  })
})

describe('many nodes with reflectors', () => {
  const cluster = (nodes: number) =>
    makeLab({
      fabric: { switches: [{ name: 'tor' }] },
      nodes: Array.from({ length: nodes }, (_, index) => ({
        name: `node-${index}`,
        uplinks: [{ switch: 'tor' }],
        ...(index === 0 && { address: '10.1.0.11/19' }),
        ...(index < 2 && { labels: { 'projectcalico.org/RouteReflectorClusterID': '244.0.0.1', rr: 'yes' } }),
      })),
      cluster: { podCIDR: '10.128.0.0/9' },
      variants: [
        {
          name: 'v',
          cni: 'calico',
          settings: {
            bgpConfiguration: { nodeToNodeMeshEnabled: false },
            bgpPeers: [{ nodeSelector: 'all()', peerSelector: "rr == 'yes'" }],
          },
        },
      ],
    })
  it('are not simulated path by path, and come to the same', () => {
    const small = cluster(40)
    const plane = buildControlPlane(small, small.variants[0]!, buildTopology(small).topology, 1)
    const reflected = reflectedPlane(plane.speakers!.configs, 0, 1)!
    const { nodes } = routesOfVariant(small, small.variants[0]!, 0, 1)
    nodes.forEach(({ fib, messages }, node) => {
      expect(reflected.rows(node)).toEqual(fib)
      expect(reflected.messages(node)).toEqual(messages)
    })
  })

  it('are thousands', () => {
    const lab = cluster(1600)
    const { nodes } = routesOfVariant(lab, lab.variants[0]!, 0, 1, ['node-0', 'node-1599'])
    expect(nodes.map(({ fib }) => fib.size)).toEqual([1602, 1602])
    expect(nodes.map(({ messages }) => messages.UPDATE)).toEqual([1598 * 1599 + 1599 + 1599, 4])
  })
})
