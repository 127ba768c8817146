import { describe, expect, it } from 'vitest'

import { fieldErrorText } from '#main/simulation/kubernetes/field-reader'
import { errorsOf, loadBalancerAddresses } from '#main/simulation/objects/index'
import { formatIpv4Address } from '#shared/units/index'

function object(kind: string, name: string, spec: object, metadata: object = {}, apiVersion = 'cilium.io/v2') {
  return { apiVersion, kind, metadata: { name, ...metadata }, spec }
}

function service(name: string, metadata: object = {}, spec: object = {}) {
  return object('Service', name, { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec }, metadata, 'v1')
}

/** Addresses by service. */
function given(...manifests: readonly object[]): Record<string, string[]> {
  return Object.fromEntries(Array.from(loadBalancerAddresses(manifests), ([name, addresses]) => [name, addresses.map(formatIpv4Address)]))
}

describe('addresses of Cilium’s pools', () => {
  const pool = (blocks: readonly object[], more: object = {}): object => object('CiliumLoadBalancerIPPool', 'p', { blocks, ...more }, {}, 'cilium.io/v2alpha1')

  it('go to services in order, the lowest first', () => {
    expect(given(pool([{ start: '20.0.0.9', stop: '20.0.0.9' }, { cidr: '20.0.1.0/30' }]), service('a'), service('b'), service('c'))).toEqual({
      'default/a': ['20.0.0.9'], 'default/b': ['20.0.1.0'], 'default/c': ['20.0.1.1'],
    })
  })

  it('leave the ends of a range out where the pool says so', () => {
    const names = ['a', 'b', 'c'].map((name) => service(name))
    expect(given(pool([{ cidr: '20.0.1.0/30' }], { allowFirstLastIPs: 'No' }), ...names)).toEqual({ 'default/a': ['20.0.1.1'], 'default/b': ['20.0.1.2'] })
  })

  it('go to the services that the pool selects, by their labels, name or namespace', () => {
    const serviceSelector = { matchLabels: { 'io.kubernetes.service.namespace': 'shop', tier: 'web' } }
    const selected = service('a', { namespace: 'shop', labels: { tier: 'web' } })
    expect(given(pool([{ cidr: '20.0.0.0/24' }], { serviceSelector }), service('other', { labels: { tier: 'web' } }), selected)).toEqual({ 'shop/a': ['20.0.0.0'] })
  })

  it('are those that a service asks for, where a pool has them and nobody else does', () => {
    const annotations = { 'lbipam.cilium.io/ips': '20.0.0.7, 20.0.0.8, 30.0.0.1' }
    expect(given(pool([{ cidr: '20.0.0.0/24' }]), service('first', {}, { loadBalancerIP: '20.0.0.8' }), service('a', { annotations }))).toEqual({
      'default/first': ['20.0.0.8'], 'default/a': ['20.0.0.7'],
    })
  })

  it('are not for other types, classes of others, or from a pool that is disabled', () => {
    const blocks = [{ cidr: '20.0.0.0/24' }]
    expect(given(pool(blocks), service('n', {}, { type: 'NodePort' }), service('m', {}, { loadBalancerClass: 'metallb' }))).toEqual({})
    expect(given(pool(blocks, { disabled: true }), service('a'))).toEqual({})
  })
})

describe('Cilium’s objects', () => {
  const words = (kind: string, spec: object): string[] => errorsOf(object(kind, 'x', spec)).map(fieldErrorText)

  it.each([
    ['CiliumLoadBalancerIPPool', { blocks: [{ cidr: '10.0.0.0/24' }], serviceSelector: { matchLabels: { a: 'b' } } }],
    ['CiliumBGPClusterConfig', { nodeSelector: { matchLabels: { bgp: 'yes' } }, bgpInstances: [{ name: 'i', localASN: 65_001, peers: [{ name: 'tor', peerASN: 65_000, peerAddress: '10.0.0.1', peerConfigRef: { name: 'c' } }] }] }],
    ['CiliumBGPPeerConfig', { timers: { holdTimeSeconds: 9, keepAliveTimeSeconds: 3 }, families: [{ afi: 'ipv4', safi: 'unicast', advertisements: { matchLabels: { advertise: 'bgp' } } }] }],
    ['CiliumBGPAdvertisement', { advertisements: [{ advertisementType: 'PodCIDR' }, { advertisementType: 'Service', service: { addresses: ['ClusterIP'] }, selector: {} }] }],
    ['CiliumBGPNodeConfigOverride', { bgpInstances: [{ name: 'i', localASN: 65_010, peers: [{ name: 'tor', localAddress: '10.0.0.2' }] }] }],
    ['CiliumBGPPeeringPolicy', { nodeSelector: {}, virtualRouters: [{ localASN: 65_001, exportPodCIDR: true, neighbors: [{ peerAddress: '10.0.0.1/32', peerASN: 65_000 }] }] }],
  ])('are taken as documented: %s', (kind, spec) => {
    expect(words(kind, spec)).toEqual([])
  })

  it.each([
    ['CiliumLoadBalancerIPPool', { blocks: [{}] }, 'spec.blocks[0]: Invalid value: "": must have either cidr or start'],
    ['CiliumLoadBalancerIPPool', { blocks: [{ cidr: 'x' }] }, 'spec.blocks[0].cidr: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ['CiliumBGPClusterConfig', { bgpInstances: [{ localASN: -1 }] }, 'spec.bgpInstances[0].name: Required value'],
    ['CiliumBGPPeerConfig', { timers: { holdTimeSeconds: 2 } }, 'spec.timers.holdTimeSeconds: Invalid value: 2: spec.timers.holdTimeSeconds in body should be greater than or equal to 3'],
    ['CiliumBGPPeerConfig', { timers: { holdTimeSeconds: 9, keepAliveTimeSeconds: 10 } }, 'spec.timers: Invalid value: "": keepAliveTimeSeconds can not be larger than holdTimeSeconds'],
    ['CiliumBGPAdvertisement', { advertisements: [{ advertisementType: 'Pods' }] }, 'spec.advertisements[0].advertisementType: Unsupported value: "Pods": supported values: "PodCIDR", "CiliumPodIPPool", "Service", "Interface"'],
    ['CiliumBGPAdvertisement', { advertisements: [{ advertisementType: 'Service' }] }, 'spec.advertisements[0]: Invalid value: "": service field is required for the "Service" advertisementType'],
    ['CiliumBGPPeeringPolicy', { virtualRouters: [{ localASN: 1, neighbors: [{ peerAddress: '10.0.0.1', peerASN: 2 }] }] }, 'spec.virtualRouters[0].neighbors[0].peerAddress: Invalid value: "10.0.0.1": must be a prefix like 10.0.0.1/32'],
  ])('are refused with the field: %s %o', (kind, spec, expected) => {
    expect(words(kind, spec)).toContain(expected)
  })
})
