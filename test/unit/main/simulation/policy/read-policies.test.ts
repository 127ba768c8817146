import { describe, expect, it } from 'vitest'

import { readPolicies } from '#main/simulation/policy/index'

function ciliumPolicy(spec: object) {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name: 'p' }, spec }
}

describe('objects that a dialect does not use', () => {
  it('are those of another plugin, and Cilium’s policies of nodes', () => {
    const tier = { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 't' } }
    const { unused, ciliumPolicies } = readPolicies([tier, ciliumPolicy({ nodeSelector: {}, ingress: [{}] }), ciliumPolicy({ endpointSelector: {}, ingress: [{}] })], 'cilium')
    expect(unused).toEqual([
      { object: 'Tier t', reason: 'only Calico reads Tier' },
      { object: 'CiliumClusterwideNetworkPolicy p', reason: 'policies of nodes need the host firewall, which is off' },
    ])
    expect(ciliumPolicies).toHaveLength(2)
  })
})

describe('objects that are refused', () => {
  it('come with all that is wrong, the field of each, and themselves', () => {
    const object = {
      apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'P', namespace: 'a' },
      spec: { podSelector: {}, ingress: [{ from: [{}], ports: [{ port: 0 }] }], foo: 1 },
    }
    const [refused] = readPolicies([object], 'kubernetes').refused
    expect(refused!.given).toBe(object)
    expect(refused!.errors.map(({ field, kind }) => `${field}: ${kind}`)).toEqual([
      'metadata.name: Invalid value',
      'spec.ingress[0].from[0]: Required value',
      'spec.ingress[0].ports[0].port: Invalid value',
      'spec.foo: unknown field',
    ])
  })
})
