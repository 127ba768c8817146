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
