import { describe, expect, it } from 'vitest'

import { READY, ruleCount, rulesTried, type Backend, type Service } from '#main/simulation/services/index'
import type { Ipv4Address } from '#shared/units/index'

const backendOf = (pod: number): Backend => ({ pod, port: 80, conditions: READY, zones: undefined, nodes: undefined })

const service = (name: string, backends: number, more: Partial<Service> = {}): Service => ({
  reference: `default/${name}`, labels: {}, type: 'ClusterIP', address: 1 as Ipv4Address, externalAddresses: [],
  hasAffinity: false, affinitySeconds: 10_800, isLocal: false, isExternalLocal: false, healthCheckNodePort: undefined, hasSourceRanges: false, distribution: undefined,
  ports: [{ port: 80, protocol: 'TCP', nodePort: undefined, backends: Array.from({ length: backends }, (_, pod) => backendOf(pod)) }],
  ...more,
})

describe('kube-proxy', () => {
  it('has 2 + 3 n rules for a service port with n endpoints, 320,000 for 10,000 services of ten', () => {
    expect(ruleCount('iptables', [service('a', 4)])).toBe(14)
    const many = Array.from({ length: 10_000 }, (_, index) => service(`s${index}`, 10))
    expect(ruleCount('iptables', many)).toBe(320_000)
  })

  it('has a rule more for each endpoint with affinity, and none for headless services', () => {
    expect(ruleCount('iptables', [service('a', 4, { hasAffinity: true })])).toBe(18)
    expect(ruleCount('iptables', [service('a', 4, { address: undefined })])).toBe(0)
  })

  it('tries the rules of services before, then of backends before', () => {
    const services = [service('a', 1), service('b', 1), service('c', 3)]
    const [port] = services[2]!.ports
    const asked = (backend: Backend | undefined) => ({ service: services[2]!, port: port!, kind: 'cluster' as const, usable: port!.backends, backend })
    expect(port!.backends.map((backend) => rulesTried('iptables', services, asked(backend)))).toEqual([7, 8, 9])
    expect(rulesTried('nftables', services, asked(port!.backends[2]))).toBe(3)
  })

  it('tries all addresses and the node ports before for a node port, then what is for outside traffic', () => {
    const [first, second] = [service('a', 1), service('b', 2, { externalAddresses: [7 as Ipv4Address] })]
    const ports = second.ports.map((port) => ({ ...port, nodePort: 30_080 }))
    const services = [first, { ...second, ports }]
    const asked = (kind: 'external' | 'node-port') => ({ service: services[1]!, port: ports[0]!, kind, usable: ports[0]!.backends, backend: ports[0]!.backends[0] })
    // Three addresses in KUBE-SERVICES, of which the outside one is last; KUBE-EXT; KUBE-SVC; KUBE-SEP.
    expect(rulesTried('iptables', services, asked('external'))).toBe(3 + 3 + 2 + 2)
    expect(rulesTried('iptables', services, asked('node-port'))).toBe(3 + 1 + 1 + 3 + 2 + 2)
  })
})

describe('the rules of kube-proxy on a node', () => {
  const withPort = (endpoints: number, nodePort: number | undefined, more: Partial<Service> = {}): Service => {
    const base = service('s', endpoints, more)
    return { ...base, ports: base.ports.map((port) => ({ ...port, nodePort })) }
  }
  const external = (count: number) => Array.from({ length: count }, (_, index) => (0xc0000200 + index) as Ipv4Address)

  // KUBE-SERVICES 1, KUBE-SVC 1 + n, KUBE-SEP 2 n (3 n with affinity); KUBE-NODEPORTS 1 and KUBE-EXT 2; 1 for each outside address.
  it.each([
    ['no endpoint', withPort(0, undefined), { iptables: 2, nftables: 3, ipvs: 2 }],
    ['one endpoint', withPort(1, undefined), { iptables: 5, nftables: 6, ipvs: 3 }],
    ['ten endpoints', withPort(10, undefined), { iptables: 32, nftables: 33, ipvs: 12 }],
    ['ten endpoints and affinity', withPort(10, undefined, { hasAffinity: true }), { iptables: 42, nftables: 33, ipvs: 12 }],
    ['a node port', withPort(10, 30_080), { iptables: 32 + 3, nftables: 33 + 3, ipvs: 24 }],
    ['an outside address', withPort(10, undefined, { externalAddresses: external(1) }), { iptables: 32 + 3, nftables: 33 + 3, ipvs: 24 }],
    ['a node port and two outside addresses', withPort(10, 30_080, { externalAddresses: external(2) }), { iptables: 32 + 2 + 3, nftables: 33 + 2 + 3, ipvs: 48 }],
    ['no address', withPort(10, undefined, { address: undefined }), { iptables: 0, nftables: 0, ipvs: 0 }],
  ])('of a service with %s', (_, one, expected) => {
    const counts = Object.fromEntries((['iptables', 'nftables', 'ipvs'] as const).map((mode) => [mode, ruleCount(mode, [one])]))
    expect(counts).toEqual(expected)
  })

  it.each(['iptables', 'nftables', 'ipvs'] as const)('grow with services and with endpoints, each by itself, in mode %s', (mode) => {
    const count = (services: number, endpoints: number) => ruleCount(mode, Array.from({ length: services }, (_, index) => service(`s${index}`, endpoints)))
    for (const [services, endpoints] of [[1, 1], [7, 3], [100, 25]] as const) {
      expect(count(services, endpoints)).toBe(services * count(1, endpoints))
      expect(count(1, endpoints) - count(1, 0)).toBe(endpoints * (count(1, 1) - count(1, 0)))
    }
  })

  it.each([
    ['iptables', 1000 + 1 + 25 + 2],
    ['nftables', 3],
    ['ipvs', 3],
  ] as const)('are tried one after the other only with iptables: %s', (mode, tried) => {
    const services = Array.from({ length: 1000 }, (_, index) => service(`s${index}`, 25))
    const last = services.at(-1)!
    const [port] = last.ports
    expect(rulesTried(mode, services, { service: last, port: port!, kind: 'cluster', usable: port!.backends, backend: port!.backends.at(-1) })).toBe(tried)
  })
})
