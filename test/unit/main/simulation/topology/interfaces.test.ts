import { describe, expect, it } from 'vitest'

import { buildAdjacency, buildTopology, compileRouting, findAttachment, interfaceOf, interfacesOf, interfaceTowards } from '#main/simulation/topology/index'
import { tracePacket } from '#main/simulation/trace/index'
import { parseLab } from '#shared/lab/index'
import { prefixLookup } from '#shared/lookup/index'
import { formatIpv4Address, ipv4Address } from '#shared/units/index'

/** A node with two interfaces, one in its switch's subnet, one in a far switch's; both switches hang on a spine. */
function labOf(uplink: object = { address: '10.9.0.11/24' }, manifests: readonly object[] = []) {
  const content = {
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'interfaces' },
    spec: {
      fabric: {
        switches: [{ name: 'front' }, { name: 'storage' }, { name: 'far' }, { name: 'spine', role: 'spine' }],
        links: ['front', 'storage', 'far'].map((name) => ({ ends: [name, 'spine'] })),
      },
      nodes: [
        { name: 'two', uplinks: [{ switch: 'front' }, { switch: 'storage', ...uplink }] },
        { name: 'near', uplinks: [{ switch: 'storage' }] },
        { name: 'far', uplinks: [{ switch: 'far' }] },
      ],
      cluster: { workloads: [{ name: 'a', nodes: ['two'] }, { name: 'b', nodes: ['near'] }, { name: 'c', nodes: ['far'] }], manifests },
      variants: [{ name: 'host', cni: 'none' }, { name: 'calico', cni: 'calico', settings: { ipPool: { ipipMode: 'CrossSubnet' } } }],
    },
  }
  return parseLab(JSON.stringify(content))
}

/** The devices and nodes that a ping's question crosses on its hosts' own interfaces, and its outer addresses. */
function ping(lab: NonNullable<ReturnType<typeof labOf>['lab']>, variant: string, from: string, to: string) {
  const result = tracePacket(lab, { variant, from, to, protocol: 'icmp' })
  if (!('trace' in result)) throw new Error(JSON.stringify(result))
  const { hops, verdict } = result.trace
  const crossed = (direction: string): string[] =>
    hops.filter((hop) => hop.direction === direction && hop.stage.startsWith('nic-')).map(({ node, device }) => `${node} ${device}`)
  return { verdict, there: crossed('request'), back: crossed('answer') }
}

describe('an uplink with an address', () => {
  it('is an interface of its own, in its switch’s subnet, which takes what goes there and to its address', () => {
    const { lab, problems } = labOf()
    expect(problems).toEqual([])
    const [two, near] = buildTopology(lab!).topology.hosts
    expect(interfacesOf(two!).map(({ device, address }) => `${device} ${formatIpv4Address(address)}`)).toEqual(['eth0 10.1.0.11', 'eth1 10.9.0.11'])
    expect(formatIpv4Address(near!.address)).toBe('10.9.0.12')
    expect(interfaceTowards(two!, near!.address).device).toBe('eth1')
    expect(interfaceTowards(two!, ipv4Address(0xcb_00_71_0a)).device).toBe('eth0')
    expect(interfaceOf(two!, ipv4Address(0x0a_09_00_0b)).device).toBe('eth1')
  })

  it('is left by what goes into its subnet, and by nothing else', () => {
    const { lab } = labOf()
    expect(ping(lab!, 'host', 'node/two', 'node/near')).toEqual({
      verdict: 'delivered',
      there: ['two eth1', 'near eth0'],
      back: ['near eth0', 'two eth1'],
    })
    expect(ping(lab!, 'host', 'node/two', 'node/far').there).toEqual(['two eth0', 'far eth0'])
  })

  it('leaves its subnet to the default route while its link is down', () => {
    const { lab } = labOf()
    const { topology } = buildTopology(lab!)
    const links = topology.links.map((link) => (link.interfaceNumber === undefined ? link : { ...link, standby: true as const }))
    const left = { ...topology, links, adjacency: buildAdjacency(topology.switches.length + topology.hosts.length, links) }
    const { tries, root, groupFirst, groupPorts } = compileRouting(left, findAttachment(left))
    const group = prefixLookup(tries, root[topology.switches.length]!, topology.hosts[1]!.address) >> 1
    const ports = groupPorts.subarray(groupFirst[group], groupFirst[group + 1])
    expect(Array.from(ports, (port) => topology.switches[topology.adjacency.peer[port]!]!.name)).toEqual(['front'])
  })

  it('carries pods’ packets, plain or in a tunnel, where Calico’s Node has its address', () => {
    const node = { apiVersion: 'projectcalico.org/v3', kind: 'Node', metadata: { name: 'two' }, spec: { bgp: { ipv4Address: '10.9.0.11/24' } } }
    const { lab, problems } = labOf(undefined, [node])
    expect(problems).toEqual([])
    expect(ping(lab!, 'calico', 'default/b-0', 'default/a-0')).toMatchObject({ verdict: 'delivered', there: ['near eth0', 'two eth1'], back: ['two eth1', 'near eth0'] })
    expect(ping(lab!, 'calico', 'default/c-0', 'default/a-0').there).toEqual(['far eth0', 'two eth1'])
  })

  it('has an address of its switch’s subnet that nobody else has, and is no node’s first', () => {
    const codes = (uplink: object) => labOf(uplink).problems.map(({ code, path }) => [code, path])
    const at = 'spec.nodes[0].uplinks[1].address'
    expect(codes({ address: '10.9.0.1/24' })).toEqual([['address-outside-subnet', at]])
    expect(codes({ switch: 'spine', address: '10.9.0.11/24' })).toEqual([['not-applicable', at]])
    expect(codes({ address: '10.244.0.11/24' })).toEqual([['overlapping-cidrs', at]])
  })
})
