import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { makeLab, nodesOn } from '../../support/make-lab'
import { pairsOf } from '../../support/pairs-of'

const NODES = [0, 1, 2]
/** So many connections that no pair of three nodes and three backends' nodes is left out by chance (one in a billion). */
const STREAMS = 200

const cases = fc.record({
  internal: fc.constantFrom('Cluster', 'Local'),
  external: fc.constantFrom('Cluster', 'Local'),
  distribution: fc.constantFrom(undefined, 'PreferClose', 'PreferSameNode'),
  zones: fc.array(fc.constantFrom('a', 'b'), { minLength: NODES.length, maxLength: NODES.length }),
  /** Nodes of the pods. */
  pods: fc.array(fc.constantFrom(...NODES), { minLength: 1, maxLength: 4 }),
  from: fc.constantFrom('pod', 'client'),
  to: fc.constantFrom('service', 'node-port', 'announced'),
  node: fc.constantFrom(...NODES),
})

type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never

function labOf({ internal, external, distribution, zones, pods, from, to, node }: Case) {
  return makeLab({
    fabric: { switches: [{ name: 'tor' }, { name: 'spine', role: 'spine' }], links: [{ ends: ['tor', 'spine'] }] },
    nodes: nodesOn(['tor'], NODES.length).map((each, index) => ({ ...each, labels: { 'topology.kubernetes.io/zone': zones[index] } })),
    external: [{ name: 'client', address: '203.0.113.10', attach: 'spine' }],
    cluster: {
      workloads: [
        { name: 'client', nodes: [`node-${node + 1}`] },
        ...pods.map((place, index) => ({ name: `web-${index}`, labels: { app: 'web' }, ports: [{ port: 8080 }], nodes: [`node-${place + 1}`] })),
      ],
      manifests: [
        {
          apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' },
          spec: {
            type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }],
            internalTrafficPolicy: internal, externalTrafficPolicy: external, ...(distribution !== undefined && { trafficDistribution: distribution }),
          },
          status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
        },
      ],
    },
    variants: [{ name: 'calico', cni: 'calico' }],
    traffic: [
      {
        name: 'ask', kind: 'tcp-rr', streams: STREAMS,
        from: from === 'pod' ? { pod: 'default/client-0' } : { external: 'client' },
        to: to === 'node-port' ? { node: `node-${node + 1}`, port: 30_080 } : { service: 'default/web', port: 80 },
      },
    ],
  })
}

/** Nodes of the backends that connections may reach, by node where they arrive; undefined where the pair set is refused. */
function naive({ internal, external, distribution, zones, pods, from, to, node }: Case): Set<string> {
  const preferred = (at: number): number[] => {
    if (distribution === 'PreferSameNode' && pods.includes(at)) return pods.filter((place) => place === at)
    const near = distribution === undefined ? [] : pods.filter((place) => zones[place] === zones[at])
    return near.length > 0 ? near : pods
  }
  const through = (entry: number, places: readonly number[]) => places.map((place) => `${entry} ${place}`)
  if (from === 'pod') {
    // The node port is one of the pod's own node: kube-proxy looks at no policy for traffic from inside.
    const isLocal = internal === 'Local' && to !== 'node-port'
    return new Set(through(node, isLocal ? pods.filter((place) => place === node) : preferred(node)))
  }
  const here = (entry: number) => (external === 'Local' ? pods.filter((place) => place === entry) : preferred(entry))
  if (to === 'node-port') return new Set(through(node, here(node)))
  return new Set(NODES.filter((entry) => external === 'Cluster' || pods.includes(entry)).flatMap((entry) => through(entry, here(entry))))
}

describe('traffic policies', () => {
  it('lead connections to the backends that a reading of the objects allows, by nodes that may announce the service', () => {
    fc.assert(
      fc.property(cases, (made) => {
        const expected = naive(made)
        const found = () => new Set(pairsOf(labOf(made)).flatMap(({ server, client, service }) => (service?.backend === undefined ? [] : [`${service.entry ?? client.host} ${server.host}`])))
        if (expected.size === 0 && made.from === 'pod') expect(found).toThrow('has no endpoint for a client on its node')
        else expect(found()).toEqual(expected)
      }),
      { numRuns: 80 },
    )
  })
})
