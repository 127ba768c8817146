import { tracePacket, type TraceRequest } from '#main/simulation/trace/index'
import type { Trace, TraceHop } from '#shared/contract/trace'
import { describe, expect, it } from 'vitest'

import { datapathLab } from '../../../../support/datapath-lab'

const lab = datapathLab()
const ping = { from: 'default/client-0', to: 'default/far-0', protocol: 'icmp' } as const

function trace(variant: string, more: Partial<TraceRequest> = {}): Trace {
  const result = tracePacket(lab, { variant, ...ping, ...more })
  if ('trace' in result) return result.trace
  throw new Error(JSON.stringify(result))
}

/** Values of a field in all headers of a hop, outermost first. */
const fieldOf = (hop: TraceHop | undefined, name: string) => hop!.headers.flatMap(({ fields }) => fields[name] ?? [])
const onWire = (hops: readonly TraceHop[]) => hops.find(({ stage }) => stage === 'nic-transmit')

describe('the replies of an echo', () => {
  it.each(['calico-vxlan', 'cilium-vxlan', 'calico-bgp', 'flannel-vxlan'])('with %s may be split and have an identification of their own', (variant) => {
    const { hops } = trace(variant, { to: 'default/near-0' })
    const [reply] = hops.filter(({ direction }) => direction === 'answer')
    expect(fieldOf(hops[0], 'ip.flags.df')).toEqual(['1'])
    expect(fieldOf(reply, 'ip.flags.df')).toEqual(['0'])
    expect(fieldOf(reply, 'ip.id')).not.toEqual(['0x0000'])
  })

  it('keep the class of service of the request; answers of TCP have none', () => {
    const answer = (protocol: 'icmp' | 'tcp') => trace('calico-vxlan', { protocol, trafficClass: 0xb8 }).hops.find(({ direction }) => direction === 'answer')
    expect(fieldOf(answer('icmp'), 'ip.dsfield')).toEqual(['0xb8'])
    expect(fieldOf(answer('tcp'), 'ip.dsfield')).toEqual(['0x00'])
  })
})

describe('outside a tunnel', () => {
  /** Outer byte by inner byte, as measured with Linux 6.18: no DSCP, ECN as it is but congestion as ECT(0). */
  const OUTER = { 0x00: '0x00', 0x28: '0x00', 0xb8: '0x00', 0x01: '0x01', 0x02: '0x02', 0x03: '0x02', 0xba: '0x02', 0xbb: '0x02' }
  const cases = ['calico-vxlan', 'calico-ipip', 'cilium-vxlan', 'cilium-geneve', 'flannel-vxlan', 'calico-wireguard'].flatMap((variant) =>
    Object.entries(OUTER).map(([inner, outer]) => [variant, Number(inner), outer] as const),
  )
  it.each(cases)('%s shows of %i the byte %s', (variant, inner, outer) => {
    expect(fieldOf(onWire(trace(variant, { trafficClass: inner }).hops), 'ip.dsfield')[0]).toBe(outer)
  })

  it('only IPIP has the TTL and “don’t fragment” of what is inside', () => {
    const outerOf = (variant: string, more: Partial<TraceRequest>) => {
      const wire = onWire(trace(variant, more).hops)
      return [fieldOf(wire, 'ip.ttl')[0], fieldOf(wire, 'ip.flags.df')[0]]
    }
    expect(outerOf('calico-ipip', { ttl: 9 })).toEqual(['8', '1'])
    expect(outerOf('calico-ipip', { dontFragment: false })).toEqual(['63', '0'])
    for (const variant of ['calico-vxlan', 'cilium-geneve', 'calico-wireguard']) {
      expect(outerOf(variant, { ttl: 9 })).toEqual(['64', '0'])
    }
  })
})

describe('a packet whose TTL runs out', () => {
  it('ends on its own node, which says so from its own address', () => {
    const { verdict, reason, hops } = trace('calico-vxlan', { ttl: 1 })
    expect([verdict, reason]).toEqual(['dropped', 'ttl-expired'])
    const drop = hops.find(({ counter }) => counter !== undefined)!
    expect([drop.node, drop.stage, fieldOf(drop, 'ip.ttl')]).toEqual(['node-1', 'ip-forward', ['1']])
    const told = hops.at(-1)!
    expect([told.direction, told.stage]).toEqual(['answer', 'icmp-receive'])
    expect(fieldOf(told, 'icmp.type')).toEqual(['11'])
    expect(fieldOf(told, 'ip.ttl')[0]).toBe('64')
    expect(fieldOf(told, 'ip.dsfield')[0]).toBe('0xc0')
    expect(fieldOf(told, 'ip.flags.df')[0]).toBe('0')
    expect(fieldOf(told, 'ip.src')[0]).toBe('10.1.0.11')
  })

  it('or on the other node, whose error comes back by the tunnel from the tunnel’s address', () => {
    const { hops } = trace('calico-vxlan', { ttl: 2 })
    expect(hops.find(({ counter }) => counter !== undefined)!.node).toBe('node-2')
    const answers = hops.filter(({ direction }) => direction === 'answer')
    expect(onWire(answers)!.headers.map(({ layer }) => layer)).toContain('vxlan')
    const told = hops.at(-1)!
    expect(fieldOf(told, 'ip.ttl')[0]).toBe('63')
    const [tunnelAddress] = fieldOf(told, 'ip.src')
    expect(tunnelAddress).toMatch(/^10\.244\./u)
    // 20 bytes of IPv4, 8 of ICMP, and the packet of 84 as a whole.
    expect(told.hex.length / 2).toBe(14 + 112)
  })

  it('without a word where programs of Cilium forward', () => {
    const { hops, reason } = trace('cilium-vxlan', { ttl: 1 })
    expect(reason).toBe('ttl-expired')
    expect(hops.every(({ direction }) => direction === 'request')).toBe(true)
    expect(hops.at(-1)!.node).toBe('node-2')
  })
})

describe('a packet that is too big', () => {
  it('for its route is refused at the socket', () => {
    const { reason, hops } = trace('calico-vxlan', { protocol: 'udp', payloadBytes: 1423 })
    expect(reason).toBe('packet-too-big')
    expect(hops).toHaveLength(1)
    expect(hops[0]!.decidedBy).toContain('EMSGSIZE')
    expect(trace('calico-vxlan', { protocol: 'udp', payloadBytes: 1422 }).verdict).toBe('delivered')
  })

  it.each([
    [{ protocol: 'udp', payloadBytes: 2000, dontFragment: false }, /pieces/u],
    [{ protocol: 'tcp', payloadBytes: 10 }, /carries no payload/u],
  ] as const)('or of no use is refused: %o', (more, message) => {
    expect(tracePacket(lab, { variant: 'calico-vxlan', ...ping, ...more })).toEqual({ refused: expect.stringMatching(message) as unknown })
  })
})

describe('a hop', () => {
  it('says on which core it runs, what its price is from and that nothing waits in an idle network', () => {
    const { hops } = trace('calico-wireguard')
    const of = (stage: string) => hops.find((hop) => hop.stage === stage)!
    expect(of('nic-receive').core).toMatch(/^\d, which rx-\d interrupts$/u)
    expect(of('wireguard-encrypt').core).toContain('cores take turns')
    expect(of('wireguard-transmit').core).toContain('serves this peer')
    expect(of('icmp-transmit').core).toBe('its thread’s')
    for (const hop of hops.filter(({ context }) => context !== 'switch')) {
      expect(hop.costSource).toMatch(/\w/u)
      expect(hop.waitNs).toBe(0)
    }
  })

  it('says what its tables answer: nothing to the first packet, something to its answer', () => {
    const { hops } = trace('calico-vxlan')
    const resultOf = (direction: string) => hops.find((hop) => hop.stage === 'nf-conntrack' && hop.direction === direction)!.reads![0]!.result
    expect([resultOf('request'), resultOf('answer')]).toEqual(['nothing: an entry is made', 'found'])
    expect(hops.find(({ stage }) => stage === 'vxlan-encapsulate')!.reads![0]!.result).toMatch(/^node 10\.\d\.0\.\d/u)
  })

  it.each([
    // Eight cores of kube-proxy's 32,768; a 0.25 % share of 32 GiB, as Cilium divides it.
    ['calico-vxlan', 'nf_conntrack', 262_144],
    ['calico-ebpf-vxlan', 'cali_v4_ct', 512_000],
    ['cilium-vxlan', 'cilium_ct4_global', 301_401],
  ])('says how many connections the node’s table holds: %s', (variant, table, capacity) => {
    const reads = trace(variant).hops.flatMap((hop) => hop.reads ?? [])
    expect(reads.find((read) => read.table === table)!.capacity).toBe(capacity)
  })
})

describe('a link that carries less than the packet needs', () => {
  const narrow = (answersIcmp: boolean) => {
    const wide = datapathLab()
    const links = wide.fabric.links.map((link) => ({ ...link, mtu: 1400 }))
    const switches = wide.fabric.switches.map((each) => ({ ...each, icmpErrors: answersIcmp }))
    return { ...wide, fabric: { ...wide.fabric, links, switches } }
  }
  const ended = (variant: string, answersIcmp: boolean) => {
    const result = tracePacket(narrow(answersIcmp), { variant, from: 'node/node-1', to: 'node/node-2', protocol: 'udp', payloadBytes: 1422 })
    if (!('trace' in result)) throw new Error(JSON.stringify(result))
    const last = result.trace.hops.at(-1)!
    return [result.trace.reason, last.node, last.decidedBy]
  }

  it('ends it at the router, which tells the sender the MTU, or is a black hole', () => {
    expect(ended('host', true)).toEqual(['packet-too-big', 'tor-a', expect.stringContaining('tells 10.1.0.11 so (ICMP 3/4, MTU 1400)') as unknown])
    expect(ended('host', false)).toEqual(['packet-too-big', 'tor-a', expect.stringContaining('black hole') as unknown])
  })
})
