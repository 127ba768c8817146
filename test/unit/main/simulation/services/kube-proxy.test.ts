import { describe, expect, it } from 'vitest'

import { ruleCount, rulesTried, type Service } from '#main/simulation/services/index'
import type { Ipv4Address } from '#shared/units/index'

const service = (name: string, backends: number, more: Partial<Service> = {}): Service => ({
  reference: `default/${name}`, labels: {}, address: 1 as Ipv4Address, hasAffinity: false, isLocal: false,
  ports: [{ port: 80, protocol: 'TCP', backends: Array.from({ length: backends }, (_, pod) => ({ pod, port: 80 })) }],
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
    const tried = port!.backends.map((backend) => rulesTried('iptables', services, services[2]!, port!, backend))
    expect(tried).toEqual([7, 8, 9])
    expect(rulesTried('nftables', services, services[2]!, port!, port!.backends[2]!)).toBe(3)
  })
})
