import { tracePacket } from '#main/simulation/trace/index'
import type { Trace, TraceHop } from '#shared/contract/trace'
import { describe, expect, it } from 'vitest'

import { datapathLab } from '../../support/datapath-lab'

/** What the rules say of a mode's packets between nodes: headers on the wire, how often the inner TTL is lowered, the tunnel. */
interface Mode {
  readonly wire: readonly string[]
  /** Decrements on the way from pod to pod: of another node, and of the same. */
  readonly decrements: readonly [number, number]
  readonly port?: number
  /** Fixed network identifier; `identity`: of the source. */
  readonly vni?: number | 'identity'
  /** Whether the outer UDP header has a checksum. */
  readonly hasChecksum?: boolean
  readonly inheritsTtl?: true
}

const inner = ['ethernet', 'ipv4', 'tcp']
const overUdp = (kind: string) => ['ethernet', 'ipv4', 'udp', kind]
const calicoVxlan: Mode = { wire: [...overUdp('vxlan'), ...inner], decrements: [2, 1], port: 4789, vni: 4096, hasChecksum: true }
const ciliumTunnel = (kind: 'vxlan' | 'geneve'): Mode => ({
  wire: [...overUdp(kind), ...inner], decrements: [1, 1], port: kind === 'vxlan' ? 8472 : 6081, vni: 'identity', hasChecksum: false,
})
const ipip: Mode = { wire: ['ethernet', 'ipv4', 'ipv4', 'tcp'], decrements: [2, 1], inheritsTtl: true }
const native: Mode = { wire: inner, decrements: [2, 1] }
const wireguard = (port: number): Mode => ({ wire: [...overUdp('wireguard'), 'payload'], decrements: [2, 1], port, hasChecksum: true })

const MODES: Readonly<Record<string, Mode>> = {
  'calico-ipip': ipip,
  'calico-ipip-cross-subnet': ipip,
  'calico-vxlan': calicoVxlan,
  'calico-vxlan-cross-subnet': calicoVxlan,
  'calico-nftables-vxlan': calicoVxlan,
  'calico-ebpf-ipip': ipip,
  'calico-ebpf-vxlan': calicoVxlan,
  'calico-wireguard': wireguard(51_820),
  'calico-ebpf-wireguard': wireguard(51_820),
  'cilium-vxlan': ciliumTunnel('vxlan'),
  'cilium-vxlan-ebpf': ciliumTunnel('vxlan'),
  'cilium-vxlan-netkit': ciliumTunnel('vxlan'),
  'cilium-geneve': ciliumTunnel('geneve'),
  'cilium-native': native,
  'cilium-native-ebpf': native,
  'cilium-native-netkit': native,
  'cilium-native-wireguard': wireguard(51_871),
  'cilium-vxlan-wireguard': { ...wireguard(51_871), decrements: [1, 1] },
  'cilium-native-ipsec': { wire: ['ethernet', 'ipv4', 'esp', 'payload'], decrements: [2, 1] },
  'flannel-vxlan': { ...calicoVxlan, decrements: [2, 0], port: 8472, vni: 1 },
}
/** Routers between the nodes: two of racks, one spine. */
const ROUTERS = 3
const SENT_TTL = 64

const plain = datapathLab()
/** Pods with labels of their own have identities of their own. */
const workloads = plain.cluster.workloads.map((workload) => ({ ...workload, labels: { app: workload.name } }))
const lab = { ...plain, cluster: { ...plain.cluster, workloads } }
function trace(variant: string, from: string, to: string, protocol: 'tcp' | 'udp' | 'icmp' = 'tcp'): Trace {
  const result = tracePacket(lab, { variant, from, to, protocol })
  if ('trace' in result) return result.trace
  throw new Error(JSON.stringify(result))
}
const fields = (hop: TraceHop | undefined, name: string) => hop!.headers.flatMap(({ fields: each }) => each[name] ?? [])
const wireOf = ({ hops }: Trace, direction: string) => hops.find((hop) => hop.direction === direction && hop.stage === 'nic-transmit')
const arrived = ({ hops }: Trace, direction: string) => hops.findLast((hop) => hop.direction === direction)
const isTunnelled = ({ wire }: Mode) => wire.length > inner.length

describe.each(Object.entries(MODES))('%s', (variant, mode) => {
  const far = trace(variant, 'default/client-0', 'default/far-0')

  it('has these headers on the wire, there and back, and never between pods of a node', () => {
    for (const direction of ['request', 'answer']) expect(wireOf(far, direction)!.headers.map(({ layer }) => layer)).toEqual(mode.wire)
    const near = trace(variant, 'default/client-0', 'default/near-0')
    expect(near.hops.every(({ headers }) => headers.filter(({ layer }) => layer === 'ipv4').length === 1)).toBe(true)
  })

  it('lowers the TTL as often as its nodes forward, and as routers see it', () => {
    for (const protocol of ['tcp', 'udp', 'icmp'] as const) {
      const there = trace(variant, 'default/client-0', 'default/far-0', protocol)
      const seen = isTunnelled(mode) ? 0 : ROUTERS
      expect(fields(arrived(there, 'request'), 'ip.ttl')).toEqual([String(SENT_TTL - mode.decrements[0] - seen)])
      expect(fields(arrived(there, 'answer'), 'ip.ttl')).toEqual([String(SENT_TTL - mode.decrements[0] - seen)])
      const near = trace(variant, 'default/client-0', 'default/near-0', protocol)
      expect(fields(arrived(near, 'request'), 'ip.ttl')).toEqual([String(SENT_TTL - mode.decrements[1])])
    }
  })

  it('begins the outer header as its tunnel does', () => {
    const wire = wireOf(far, 'request')
    const expectedTtl = isTunnelled(mode) && mode.inheritsTtl !== true ? SENT_TTL : SENT_TTL - 1
    expect(fields(wire, 'ip.ttl')[0]).toBe(String(expectedTtl))
    expect(fields(wire, 'ip.flags.df')[0]).toBe(isTunnelled(mode) && mode.inheritsTtl !== true ? '0' : '1')
    expect(fields(wire, 'ip.dsfield')[0]).toBe('0x00')
    if (isTunnelled(mode)) expect(fields(wire, 'ip.src')[0]).toBe('10.1.0.11')
    expect(fields(wire, 'ip.id')[0]).not.toBe('0x0000')
  })

  it('lowers what a node sends once, on the pod’s node', () => {
    const fromNode = trace(variant, 'node/node-1', 'default/far-0')
    const wire = wireOf(fromNode, 'request')!
    const encapsulated = wire.headers.filter(({ layer }) => layer === 'ipv4').length > 1
    expect(fields(wire, 'ip.ttl').at(-1)).toBe(String(SENT_TTL))
    // A pool without encapsulation, which only pods' packets leave encrypted: no router knows it here.
    if (variant.startsWith('calico') && variant.endsWith('wireguard')) {
      expect(fromNode.reason).toBe('no-route')
      return
    }
    expect(fields(arrived(fromNode, 'request'), 'ip.ttl')).toEqual([String(SENT_TTL - 1 - (encapsulated ? 0 : ROUTERS))])
  })

  it('translates what leaves the cluster to the node’s address, and back', () => {
    const out = trace(variant, 'default/client-0', 'external/outside')
    expect(fields(wireOf(out, 'request'), 'ip.src')).toEqual(['10.1.0.11'])
    expect(fields(wireOf(out, 'request'), 'ip.ttl')).toEqual([String(SENT_TTL - 1)])
    const [pod] = fields(out.hops[0], 'ip.src')
    expect(fields(arrived(out, 'answer'), 'ip.dst')).toEqual([pod])
  })
})

describe.each(Object.entries(MODES).filter(([, { port }]) => port !== undefined))('the UDP tunnel of %s', (variant, mode) => {
  const far = trace(variant, 'default/client-0', 'default/far-0')

  it('has its port, checksum, source port by the flow and network identifier', () => {
    const [request, answer] = ['request', 'answer'].map((direction) => wireOf(far, direction))
    expect(fields(request, 'udp.dstport')[0]).toBe(String(mode.port))
    expect(fields(request, 'udp.checksum')[0] === '0x0000').toBe(mode.hasChecksum === false)
    const sourcePort = Number(fields(request, 'udp.srcport')[0])
    if (mode.vni === undefined) expect(sourcePort).toBe(mode.port)
    else {
      expect(sourcePort).toBeGreaterThanOrEqual(32_768)
      expect(sourcePort).toBeLessThanOrEqual(60_999)
      expect(Number(fields(wireOf(trace(variant, 'default/client-0', 'default/far-0'), 'request'), 'udp.srcport')[0])).toBe(sourcePort)
      const pings = trace(variant, 'default/client-0', 'default/far-0', 'icmp')
      expect(fields(wireOf(pings, 'request'), 'udp.srcport')[0]).not.toBe(String(sourcePort))
    }
    const identifiers = [request, answer].map((hop) => Number([...fields(hop, 'vxlan.vni'), ...fields(hop, 'geneve.vni')][0]))
    if (mode.vni === 'identity') expect(identifiers[0]).not.toBe(identifiers[1])
    else if (mode.vni !== undefined) expect(identifiers).toEqual([mode.vni, mode.vni])
  })
})
