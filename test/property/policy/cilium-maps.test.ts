import fc from 'fast-check'
import { expect, it } from 'vitest'

import { ciliumPolicySet } from '#main/simulation/policy/cilium/index'
import { MapEntries } from '#main/simulation/policy/cilium/map-entries'
import { mapVerdict } from '#main/simulation/policy/cilium/policy-maps'
import { compilePolicies } from '#main/simulation/policy/compile-policies'
import { readPolicies } from '#main/simulation/policy/dialects'
import { EndpointIndex } from '#main/simulation/policy/endpoints'
import type { PolicySet } from '#main/simulation/policy/policy-set'
import { protocolNumber } from '#main/simulation/policy/protocols'
import { verdictOf } from '#main/simulation/policy/verdict'

import { ciliumObject, ciliumPolicies } from '../../support/policy/naive-cilium'
import { networkPolicy } from '../../support/policy/naive-kubernetes'
import { WISHES, worldCluster } from '../../support/policy/world'

const cluster = worldCluster()
const numberOf = new Map(cluster.endpoints.map(({ reference }, number) => [reference, number]))

/** The policies of some objects, and the ends that they are about. */
function policySetOf(policies: readonly Parameters<typeof ciliumObject>[0][], kubernetes: readonly object[]): [EndpointIndex, PolicySet] {
  const objects = readPolicies([...policies.map(ciliumObject), ...kubernetes] as never[], 'cilium')
  const index = new EndpointIndex(cluster)
  return [index, ciliumPolicySet(index, { ...objects, policies: objects.ciliumPolicies }, 'default')]
}

it('A policy map with all its entries says what the policies say', () => {
  fc.assert(
    fc.property(ciliumPolicies, fc.array(networkPolicy, { maxLength: 2 }), (policies, kubernetes) => {
      const [index, set] = policySetOf(policies, kubernetes)
      const [compiled, maps] = [compilePolicies(cluster, set), new MapEntries(index, set)]
      for (const { from, to, protocol, port } of WISHES) {
        const [source, target] = [numberOf.get(from.reference)!, numberOf.get(to.reference)!]
        const verdict = verdictOf(compiled, { from: source, to: target, protocol, port })
        const asked = (own: number, peer: number, direction: 'ingress' | 'egress') =>
          mapVerdict(maps.of(own), maps.identityOf(own, peer), direction, {
            peer, protocol: protocolNumber(protocol), destinationPort: port, sourcePort: -1, icmpType: -1, icmpCode: -1,
          })
        const both = [asked(source, target, 'egress'), asked(target, source, 'ingress')]
        expect([from.reference, to.reference, protocol, port, ...both]).toEqual([
          from.reference, to.reference, protocol, port, verdict.egress.verdict, verdict.ingress.verdict,
        ])
      }
    }),
    { numRuns: 60 },
  )
})

/** What the map of the pod x/a says about a connection from an end to its port 80, under one clusterwide policy of pods a. */
function mapOfPodA(from: string, spec: object): 'allow' | 'deny' {
  const object = {
    apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name: 'p' },
    spec: { endpointSelector: { matchLabels: { app: 'a' } }, enableDefaultDeny: { ingress: false }, ...spec },
  }
  const objects = readPolicies([object] as never[], 'cilium')
  const index = new EndpointIndex(cluster)
  const maps = new MapEntries(index, ciliumPolicySet(index, { ...objects, policies: objects.ciliumPolicies }, 'default'))
  const [own, peer] = [numberOf.get('x/a')!, numberOf.get(from)!]
  const packet = { peer, protocol: protocolNumber('TCP'), destinationPort: 80, sourcePort: -1, icmpType: -1, icmpCode: -1 }
  return mapVerdict(maps.of(own), maps.identityOf(own, peer), 'ingress', packet)
}

it('A policy map denies those outside whom a rule picks by their label', () => {
  expect(mapOfPodA('external/near', { ingressDeny: [{ fromEndpoints: [{ matchLabels: { 'reserved:world': '' } }] }] })).toBe('deny')
})

it('A policy map leaves it to the proxy which requests a rule without default deny refuses', () => {
  const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }]
  expect(mapOfPodA('x/b', { ingress: [{ toPorts }] })).toBe('allow')
})

it('Endpoints of a node with equal keys have equal entries', () => {
  fc.assert(
    fc.property(ciliumPolicies, fc.array(networkPolicy, { maxLength: 2 }), (policies, kubernetes) => {
      const maps = new MapEntries(...policySetOf(policies, kubernetes))
      const known = new Map<string, readonly object[]>()
      for (const [own, { kind, node }] of cluster.endpoints.entries()) {
        if (kind !== 'pod') continue
        const key = `${node} ${maps.keyOf(own)}`
        const entries = maps.of(own)
        expect(entries).toEqual(known.get(key) ?? entries)
        known.set(key, entries)
      }
    }),
    { numRuns: 100 },
  )
})
