import { describe, expect, it } from 'vitest'

import type { EndPair } from '#main/simulation/plan/end-pair'
import { tracePacket } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'
import type { Lab } from '#shared/lab/index'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'

import { DATAPATH_VARIANTS } from '../../../../support/datapath-lab'
import { makeLab, nodesOn } from '../../../../support/make-lab'
import { directoryOf, pairsOf } from '../../../../support/pairs-of'
import { planOf } from '../../../../support/plan-of'

const service = (spec: object = {}) => ({
  apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }], ...spec },
  status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
})

function labOf(spec: object, more: { from?: object; to?: object; kind?: string; variants?: object[]; hostNetwork?: boolean; streams?: number; replicas?: number } = {}): Lab {
  const { from = { external: 'client' }, to = { service: 'default/web', port: 80 }, kind = 'tcp-crr', variants = DATAPATH_VARIANTS } = more
  return makeLab({
    fabric: { switches: [{ name: 'tor' }, { name: 'spine', role: 'spine' }], links: [{ ends: ['tor', 'spine'] }] },
    nodes: nodesOn(['tor'], 4),
    external: [{ name: 'client', address: '203.0.113.10', attach: 'spine' }],
    cluster: {
      workloads: [
        { name: 'client', nodes: ['node-1'] },
        { name: 'web', labels: { app: 'web' }, replicas: more.replicas ?? 2, ports: [{ name: 'http', port: 8080 }], nodes: ['node-2', 'node-3'], ...(more.hostNetwork === true && { hostNetwork: true }) },
      ],
      manifests: [service(spec)],
    },
    variants,
    traffic: [{ name: 'ask', kind, from, to, streams: more.streams ?? 4 }],
    run: { duration: '2ms', warmup: '0ms' },
  })
}

function run(lab: Lab, variant: string): SeedResult {
  return runTask({ plan: planOf(lab, variant), seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0).result
}

function traced(lab: Lab, variant: string, to: { to: string; port?: number }): Trace {
  const result = tracePacket(lab, { variant, from: 'external/client', protocol: 'tcp', ...to })
  if (!('trace' in result)) throw new Error(JSON.stringify(result))
  return result.trace
}

/** The innermost source address of a direction's last packet. */
function sourceOf({ hops }: Trace, wanted: string): string | undefined {
  return hops.findLast(({ direction }) => direction === wanted)!.headers.flatMap(({ fields }) => fields['ip.src'] ?? []).at(-1)
}

describe('services asked from outside', () => {
  it.each(DATAPATH_VARIANTS.map((variant) => [variant.name, variant] as const))('answer at an announced address and at node ports with %s', (name, variant) => {
    for (const to of [{ service: 'default/web', port: 80 }, { node: 'node-4', port: 30080 }]) {
      const { traffic, drops, packets } = run(labOf({}, { to, variants: [variant] }), name)
      expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(0)
      expect(drops).toEqual({})
      expect(packets.sent).toBe(packets.delivered + packets.inFlight)
    }
  })

  it('are translated where they arrive, and leave under the node’s address and a port of its own', () => {
    const trace = traced(labOf({}), 'calico-ipip', { to: 'node/node-4', port: 30080 })
    const changes = (direction: string) => trace.hops.flatMap((hop) => (hop.direction === direction && hop.change?.includes('→') === true ? [`${hop.node} ${hop.stage}: ${hop.change}`] : []))
    expect(changes('request').filter((change) => change.includes('nf-nat'))).toMatchInlineSnapshot(`
      [
        "node-4 nf-nat: destination 10.1.0.14:30080 → 10.244.139.65:8080",
        "node-4 nf-nat: source 203.0.113.10:40000 → 10.244.217.64:50000",
      ]
    `)
    expect(changes('answer').filter((change) => change.includes('nf-nat'))).toMatchInlineSnapshot(`
      [
        "node-4 nf-nat: destination 10.244.217.64:50000 → 203.0.113.10:40000",
        "node-4 nf-nat: source 10.244.139.65:8080 → 10.1.0.14:30080",
      ]
    `)
    expect(trace.hops.find(({ stage }) => stage === 'nf-service')?.decidedBy).toMatch(/^Service default\/web, node port 10.1.0.14:30080: default\/web-\d:8080, one of 2, drawn with equal chances$/u)
  })

  it('keep the client’s address with externalTrafficPolicy Local, and reach the node’s own endpoints only', () => {
    const lab = labOf({ externalTrafficPolicy: 'Local' })
    const announced = pairsOf(lab)
    expect(new Set(announced.map(({ service: asked }) => asked?.entry))).toEqual(new Set([1, 2]))
    for (const { server, service: asked } of announced) expect(server.host).toBe(asked?.entry)
    const trace = traced(lab, 'calico-ipip', { to: 'node/node-2', port: 30080 })
    const arrived = trace.hops.findLast(({ direction, node }) => direction === 'request' && node === 'node-2')!
    expect(arrived.headers.flatMap(({ fields }) => fields['ip.src'] ?? [])).toEqual(['203.0.113.10'])
  })

  it('are dropped with externalTrafficPolicy Local where the node has no endpoint', () => {
    const lab = labOf({ externalTrafficPolicy: 'Local' }, { to: { node: 'node-4', port: 30080 } })
    const { traffic, drops } = run(lab, 'calico-ipip')
    expect(drops['no-local-endpoint']).toBeGreaterThan(0)
    expect(traffic[0]!.transactionsPerSecond).toBe(0)
    const trace = traced(lab, 'calico-ipip', { to: 'node/node-4', port: 30080 })
    expect(trace).toMatchObject({ verdict: 'dropped', reason: 'no-local-endpoint' })
    expect(trace.hops.at(-1)).toMatchObject({ node: 'node-4', stage: 'nf-input' })
  })

  it.each([
    ['snat', {}, true], ['dsr', { mode: 'dsr' }, false], ['hybrid', { mode: 'hybrid' }, false],
    ['geneve', { mode: 'dsr', dsrDispatch: 'geneve' }, false],
  ] as const)('are handed on by Cilium’s programs: %s', (_, loadBalancer, masquerades) => {
    const settings = { kubeProxyReplacement: true, routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true, bpf: { masquerade: true }, loadBalancer }
    const lab = labOf({}, { to: { node: 'node-4', port: 30080 }, variants: [{ name: 'cilium', cni: 'cilium', settings }] })
    const { traffic, drops } = run(lab, 'cilium')
    expect(drops).toEqual({})
    expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(0)
    const trace = traced(lab, 'cilium', { to: 'node/node-4', port: 30080 })
    expect(trace.hops.some(({ direction, node }) => direction === 'answer' && node === 'node-4')).toBe(masquerades)
    // The pod sees the client unless the node puts itself in its place; the client gets answers from where it asked.
    expect(sourceOf(trace, 'request')).toBe(masquerades ? '10.1.0.14' : '203.0.113.10')
    expect(sourceOf(trace, 'answer')).toBe('10.1.0.14')
  })

  it.each(['native', 'tunnel'])('are handed on in the driver with acceleration, where no capture sees them: %s routing', (routingMode) => {
    const native = routingMode === 'native' ? { ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true } : {}
    const settings = { kubeProxyReplacement: true, routingMode, ...native, bpf: { masquerade: true } }
    const variants = ['disabled', 'native'].map((acceleration) => ({ name: acceleration, cni: 'cilium', settings: { ...settings, loadBalancer: { acceleration } } }))
    const lab = labOf({}, { to: { node: 'node-4', port: 30080 }, variants })
    const busy = (variant: string) => {
      const { traffic, drops, nodes } = run(lab, variant)
      expect(drops).toEqual({})
      expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(0)
      return nodes.find(({ name }) => name === 'node-4')!.busyCores / traffic[0]!.transactionsPerSecond!
    }
    expect(busy('native')).toBeLessThan(0.8 * busy('disabled'))
    const { verdict, hops } = traced(lab, 'native', { to: 'node/node-4', port: 30080 })
    expect(verdict).toBe('delivered')
    expect(hops.filter(({ direction, node, captured }) => direction === 'request' && node === 'node-4' && captured !== undefined)).toEqual([])
  })

  it('get the backend of Cilium’s table where that is told to go by Maglev, whichever node they arrive at', () => {
    const settings = { kubeProxyReplacement: true, loadBalancer: { algorithm: 'maglev' }, maglev: { tableSize: 251 } }
    const lab = labOf({}, { variants: [{ name: 'cilium', cni: 'cilium', settings }] })
    const answeredBy = (node: string) => traced(lab, 'cilium', { to: `node/${node}`, port: 30080 }).hops.findLast(({ direction }) => direction === 'request')!.node
    expect(new Set(['node-1', 'node-2', 'node-3', 'node-4'].map(answeredBy)).size).toBe(1)
    const spread = pairsOf(labOf({}, { variants: [{ name: 'cilium', cni: 'cilium', settings }], streams: 400 })).map(({ server }) => server.host)
    // Binomial: 200 of 400 expected, standard deviation 10.
    expect(Math.abs(spread.filter((host) => host === 1).length - 200)).toBeLessThan(60)
  })

  it.each([['maglev', 0.9, 1], ['random', 0.2, 0.5]])('keep their backends, as far as the algorithm lets them, when another one leaves: %s', (algorithm, least, most) => {
    const settings = { kubeProxyReplacement: true, loadBalancer: { algorithm }, maglev: { tableSize: 1021 } }
    const lab = labOf({}, { variants: [{ name: 'cilium', cni: 'cilium', settings }], streams: 1, replicas: 4 })
    const directory = directoryOf(lab)
    const [{ service: asked, client }] = pairsOf(lab) as [EndPair]
    const [leaving, ...staying] = asked!.usable
    const stays = Array.from({ length: 400 }, (_, connection) => {
      const [before, after] = [asked!.usable, staying].map((usable) => directory.choose(asked!, usable, { client, key: `connection ${connection}` }))
      return before === leaving ? [] : [before === after]
    }).flat()
    // A random choice anew meets the same one of three by chance.
    const share = stays.filter(Boolean).length / stays.length
    expect(share).toBeGreaterThan(least)
    expect(share).toBeLessThanOrEqual(most)
  })

  it('bring the service’s address along for the backend’s node to answer: in an IPv4 option, or in Geneve', () => {
    const settings = (loadBalancer: object) => ({ kubeProxyReplacement: true, routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', autoDirectNodeRoutes: true, bpf: { masquerade: true }, loadBalancer })
    const sent = (loadBalancer: object): string => {
      const lab = labOf({}, { variants: [{ name: 'cilium', cni: 'cilium', settings: settings(loadBalancer) }] })
      const { hops } = traced(lab, 'cilium', { to: 'node/node-4', port: 30080 })
      return hops.find(({ direction, node, stage }) => direction === 'request' && node === 'node-4' && stage === 'nic-transmit')!.hex
    }
    // Type 0x9a, 8 bytes; port 30080 = 0x7580 and address 10.1.0.14 with their bytes turned round, as little-endian nodes write them.
    const option = sent({ mode: 'dsr' })
    expect(option.slice(28, 30)).toBe('47')
    expect(option.slice(28 + 40, 28 + 56)).toBe('9a0880750e00010a')
    expect(sent({ mode: 'dsr', dsrDispatch: 'geneve' })).toContain('014b81020a01000e75800000')
  })

  it.each(['Tunnel', 'DSR'])('are handed on by Calico’s programs: %s', (bpfExternalServiceMode) => {
    const settings = { felixConfiguration: { bpfEnabled: true, bpfExternalServiceMode } }
    const lab = labOf({}, { to: { node: 'node-4', port: 30080 }, variants: [{ name: 'calico', cni: 'calico', settings }] })
    const { traffic, drops } = run(lab, 'calico')
    expect(drops).toEqual({})
    expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(0)
    const trace = traced(lab, 'calico', { to: 'node/node-4', port: 30080 })
    expect(trace.hops.some(({ direction, node }) => direction === 'answer' && node === 'node-4')).toBe(bpfExternalServiceMode === 'Tunnel')
    expect([sourceOf(trace, 'request'), sourceOf(trace, 'answer')]).toEqual(['203.0.113.10', '10.1.0.14'])
    expect(trace.hops.find(({ stage }) => stage === 'bpf-service')).toMatchObject({ node: 'node-4', decidedBy: expect.stringContaining('node port 10.1.0.14:30080') as unknown })
  })

  it('have no address there unless one is announced, and say which node port they have', () => {
    expect(() => planOf(labOf({ type: 'NodePort' }, { variants: [{ name: 'a', cni: 'calico' }] }), 'a')).toThrow('port 30080, which every node has for it')
  })
})
