import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  chooseBackend,
  usableBackends,
  type Backend,
  type BackendPlaces,
  type Service,
  type ServicePort,
  type Vantage,
} from '#main/simulation/services/index'
import type { Pod } from '#main/simulation/kubernetes/index'
import type { Ipv4Address } from '#shared/units/index'

const ZONES = ['a', 'b', undefined] as const
const NODES = 4

/** Nodes with zones, and a port with endpoints that have conditions and hints, as EndpointSlices may say them. */
const cluster = fc
  .record({
    zones: fc.array(fc.constantFrom(...ZONES), { minLength: NODES, maxLength: NODES }),
    endpoints: fc.array(
      fc.record({
        node: fc.nat(NODES - 1),
        ready: fc.boolean(),
        serving: fc.boolean(),
        terminating: fc.boolean(),
        zones: fc.option(fc.subarray(['a', 'b'], { minLength: 1 }), { nil: undefined, freq: 6 }),
        nodes: fc.option(fc.subarray(['n0', 'n1', 'n2', 'n3'], { minLength: 1 }), { nil: undefined, freq: 1 }),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ zones, endpoints }) => {
    const pods = endpoints.map(({ node }, index): Pod => ({
      reference: `default/web-${index}`, workload: 'default/web', namespace: 'default', labels: {}, serviceAccount: 'default', ports: [], hostNetwork: false, node,
    }))
    const backends = endpoints.map(({ ready, serving, terminating, zones: hints, nodes }, pod): Backend => ({
      pod, port: 80, conditions: { ready, serving, terminating }, zones: hints, nodes,
    }))
    const port: ServicePort = { port: 80, protocol: 'TCP', nodePort: undefined, backends }
    const places: BackendPlaces = { pods, nodeNames: ['n0', 'n1', 'n2', 'n3'], zones }
    return { port, places, endpoints }
  })

type Made = typeof cluster extends fc.Arbitrary<infer Value> ? Value : never

const vantage = fc.record({ node: fc.nat(NODES - 1), isLocal: fc.boolean(), usesHints: fc.boolean() })

/** The same by reading the objects: for each endpoint, whether any rule speaks against it. */
function naive({ port, places, endpoints }: Made, { node, isLocal, usesHints }: Vantage): Set<number> {
  const here = (pod: number) => !isLocal || endpoints[pod]!.node === node
  const all = port.backends.map(({ pod }) => pod)
  const someReady = all.some((pod) => here(pod) && endpoints[pod]!.ready)
  const answers = (pod: number): boolean => {
    const { ready, serving, terminating } = endpoints[pod]!
    return here(pod) && (someReady ? ready : serving && terminating)
  }
  const candidates = all.filter(answers)
  if (isLocal || !usesHints || !someReady) return new Set(candidates)
  const name = places.nodeNames[node]!
  const zone = places.zones[node]
  const hasNodeHints = candidates.every((pod) => endpoints[pod]!.nodes !== undefined)
  const forNode = candidates.filter((pod) => endpoints[pod]!.nodes?.includes(name))
  if (hasNodeHints && forNode.length > 0) return new Set(forNode)
  const hasZoneHints = candidates.every((pod) => endpoints[pod]!.zones !== undefined)
  const forZone = candidates.filter((pod) => zone !== undefined && endpoints[pod]!.zones?.includes(zone))
  return new Set(hasZoneHints && forZone.length > 0 ? forZone : candidates)
}

const service = (hasAffinity: boolean): Service => ({
  reference: 'default/web', labels: {}, type: 'ClusterIP', address: 1 as Ipv4Address, externalAddresses: [], ports: [], hasAffinity,
  affinitySeconds: 10_800, isLocal: false, isExternalLocal: false, healthCheckNodePort: undefined, hasSourceRanges: false, distribution: undefined,
})

describe('the backends of a service', () => {
  it('that a connection may get are those that a reading of its endpoints finds', () => {
    fc.assert(
      fc.property(cluster, vantage, (made, from) => {
        const found = new Set(usableBackends(made.port, made.places, from).map(({ pod }) => pod))
        expect(found).toEqual(naive(made, from))
      }),
      { numRuns: 2000 },
    )
  })

  it('get equal shares of connections, whatever these are called', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.string(), (count, name) => {
        const backends = Array.from({ length: count }, (_, pod): Backend => ({
          pod, port: 80, conditions: { ready: true, serving: true, terminating: false }, zones: undefined, nodes: undefined,
        }))
        const connections = 200 * count
        const shares = Array.from({ length: count }, () => 0)
        for (let key = 0; key < connections; key++) {
          shares[chooseBackend(service(false), backends, { node: 0, host: 0, pod: 0, key: `${name} ${key}` })!.pod]!++
        }
        // Chi squared of equal shares: count − 1 degrees of freedom; beyond six standard deviations nothing is by chance.
        const chiSquared = shares.reduce((sum, share) => sum + (share - 200) ** 2 / 200, 0)
        expect(chiSquared).toBeLessThan(count - 1 + 6 * Math.sqrt(2 * (count - 1)) + 12)
      }),
      { numRuns: 60 },
    )
  })

  it('with affinity are one for each client and node that remembers it, and clients spread', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10 }), fc.array(fc.string(), { minLength: 2, maxLength: 20 }), (count, keys) => {
        const backends = Array.from({ length: count }, (_, pod): Backend => ({
          pod, port: 80, conditions: { ready: true, serving: true, terminating: false }, zones: undefined, nodes: undefined,
        }))
        const of = (pod: number, key: string) => chooseBackend(service(true), backends, { node: 1, host: 2, pod, key })!.pod
        expect(new Set(keys.map((key) => of(3, key))).size).toBe(1)
        expect(new Set(Array.from({ length: 40 * count }, (_, pod) => of(pod, ''))).size).toBe(count)
      }),
      { numRuns: 100 },
    )
  })
})
