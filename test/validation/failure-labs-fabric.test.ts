/** Labs of resources/labs/failures about hosts' queues, services and the fabric: symptom and counters, as their pages say. */
import type { SeedResult } from '#shared/metrics/index'
import { describe, expect, it } from 'vitest'

import { arrived, failureText, runFailure as run } from '../support/failure-lab'
import { runLab } from '../support/run-lab'

const MICROSECOND = 1e3
const SECOND = 1e9

describe('a core that eight receive queues interrupt', () => {
  it.each(['calico-plain', 'calico-vxlan'])('loses packets in its backlog, where one queue fills none: %s', (variant) => {
    const result = run('backlog-overflow', variant)
    const [eight, one, stream] = result.traffic
    expect(Object.keys(result.drops).toSorted()).toEqual(['backlog-full', 'udp-receive-buffer'])
    expect(result.drops['backlog-full']).toBeGreaterThan(0.1 * eight!.packetsSent)
    // A thousand packets wait before each one.
    expect(eight!.latencyNs!.p50).toBeGreaterThan(50 * one!.latencyNs!.p50)
    expect(one!.latencyNs!.p50).toBeLessThan(200 * MICROSECOND)
    expect(stream!.retransmits).toBeGreaterThan(20)
    // Five polls of 64 packets make a round of 300; one queue with cell and backlog has three.
    expect(result.nodes.filter(({ timeSqueezes = 0 }) => timeSqueezes > 10).map(({ name }) => name)).toEqual(['node-2'])
    expect(result.nodes[2]!.timeSqueezes).toBeUndefined()
  })
})

describe('switches on two tiers that hash alike', () => {
  it('leave half of the links between them idle, and fill the other half', () => {
    const { traffic, links, drops } = run('ecmp-polarisation', 'calico-vxlan')
    const busyBetween = (from: string, to: string): number[] =>
      links.filter(({ ends }) => ends[0].startsWith(from) && ends[1].startsWith(to)).map(({ utilisation }) => utilisation)
    expect(busyBetween('spine-a', 'core')).toEqual([1, 0, 0, 1])
    for (const share of busyBetween('spine-b', 'core')) expect(Math.abs(share - 0.7)).toBeLessThan(0.1)
    const [alike, apart] = traffic.map(({ goodputBps }) => goodputBps)
    expect(alike).toBeLessThan(0.75 * apart!)
    expect(Object.keys(drops)).toEqual(['queue-full'])
    expect(links.filter(({ drops }) => drops > 0).map(({ ends }) => ends[0])).toEqual(['spine-a1', 'spine-a2'])
  })
})

describe('switches that check sources', () => {
  it.each(['cilium-dsr', 'calico-dsr'])('drop what a backend in another rack answers for the node that was asked: %s', (variant) => {
    const { traffic, drops } = run('dsr-blocked', variant)
    const [requests] = traffic
    // Twenty times 25 a second where all are answered.
    expect(requests!.transactionsPerSecond).toBeLessThan(400)
    expect(requests!.transactionsPerSecond).toBeGreaterThan(100)
    expect(Object.keys(drops)).toEqual(['reverse-path'])
    const lost = 20 - requests!.transactionsPerSecond! / 25
    // SYNs come again after 1, 3 and 7 seconds, and each is answered.
    expect(drops['reverse-path']).toBeGreaterThanOrEqual(4 * lost)
    expect(requests!.retransmits).toBeGreaterThanOrEqual(5 * lost)
  })

  it.each(['cilium-snat', 'calico-tunnel'])('have nothing against answers by the node that was asked: %s', (variant) => {
    const { traffic, drops } = run('dsr-blocked', variant)
    expect(traffic[0]).toMatchObject({ transactionsPerSecond: 500, retransmits: 0 })
    expect(drops).toEqual({})
  })

  it('let everything of a route that they know pass when loose', () => {
    const loose = failureText('dsr-blocked').replaceAll('urpf: strict', 'urpf: loose')
    expect(runLab(loose, 'calico-dsr').result.drops).toEqual({})
  })
})

describe('packets to an announced range that no service is in', () => {
  /** Share of the time that links to nodes were busy. */
  const busy = ({ links }: SeedResult): number[] => links.flatMap(({ ends, utilisation }) => (ends[1].startsWith('node') ? [utilisation] : []))

  it('go round between node and switch until they are too old, unless Felix ends them in cali-cidr-block', () => {
    const [unprotected, prevented] = ['unprotected', 'protected'].map((variant) => run('service-loop', variant))
    expect(Object.keys(unprotected!.drops)).toEqual(['ttl-expired'])
    expect(Object.keys(prevented!.drops)).toEqual(['service-loop'])
    for (const share of busy(unprotected!)) expect(share).toBeGreaterThan(0.7)
    for (const share of busy(prevented!)) expect(share).toBeLessThan(0.1)
    const [, , others] = unprotected!.traffic
    expect(prevented!.traffic[2]!.transactionsPerSecond).toBeGreaterThan(2 * others!.transactionsPerSecond!)
  })
})

describe('the change to the eBPF data plane under traffic', () => {
  const shares = (result: SeedResult): number[] => result.nodes.map(({ tracking }) => tracking!.find(({ table }) => table === 'cali_v4_ct')!.made)

  it('costs connections without a tunnel nothing', () => {
    const result = run('ebpf-switch', 'calico-plain')
    expect(result.drops).toEqual({})
    expect(result.traffic.map(({ retransmits = 0 }) => retransmits)).toEqual([0, 0, 0, 0])
    // Five hundred connections a second, of which the programs have those of the last two.
    for (const made of shares(result)) expect(made / 1000).toBeGreaterThan(0.85)
  })

  it('stops what goes through VXLAN while the device is made anew on each node, and nothing else', () => {
    const result = run('ebpf-switch', 'calico-vxlan')
    const [long, near, short, datagrams] = result.traffic
    expect(Object.keys(result.drops)).toEqual(['no-route'])
    // Two nodes, a hundred milliseconds each, 1250 datagrams a second.
    expect(datagrams!.packetsSent - datagrams!.packetsDelivered).toBe(250)
    expect(long!.retransmits).toBeGreaterThan(10)
    expect(near).toMatchObject({ retransmits: 0, packetsDelivered: near!.packetsSent })
    expect(short!.latencyNs!.max / SECOND).toBeCloseTo(1, 1)
    for (const made of shares(result)) expect(made / 1000).toBeGreaterThan(0.85)
  })
})

describe('a pod that asks its own service', () => {
  it('does not reach itself over a bridge that sends nothing back by the same port', () => {
    const { traffic, drops, nodes } = run('hairpin-off', 'flannel-hairpin-off')
    const [own, neighbour] = traffic
    // Three backends; sixty connections at a time, ten a second each where they are answered.
    const share = own!.transactionsPerSecond! / 600
    expect(Math.abs(share - 2 / 3)).toBeLessThan(0.1)
    expect(neighbour!.transactionsPerSecond).toBe(10)
    expect(Object.keys(drops)).toEqual(['hairpin-off'])
    // A SYN and what comes again after 1 and 3 seconds, of each of the sixty that gets itself.
    expect(drops['hairpin-off']).toBe(3 * Math.round(60 * (1 - share)))
    expect(own!.retransmits).toBe(2 * Math.round(60 * (1 - share)))
    // Nothing of them gets as far as the rule that masquerades them.
    expect(nodes[0]!.tracking!.map(({ table }) => table)).toEqual(['nf_conntrack'])
  })

  it.each(['flannel', 'calico', 'cilium'])('reaches itself otherwise: %s', (variant) => {
    const { traffic, drops } = run('hairpin-off', variant)
    expect(traffic[0]).toMatchObject({ transactionsPerSecond: 600, retransmits: 0 })
    expect(drops).toEqual({})
  })
})

describe('a pod whose bandwidth is limited', () => {
  it('loses what would leave after two seconds, and of one socket what fq does not hold', () => {
    const result = run('bandwidth-limit', 'cilium-limited')
    const [many, one, near] = result.traffic
    // 92 bytes of headers on 1200: all of ten megabits.
    expect(many!.goodputBps / 1e7).toBeCloseTo(1200 / 1292, 2)
    expect(many!.latencyNs!.p50 / SECOND).toBeCloseTo(2, 3)
    expect(one!.goodputBps).toBeLessThan(0.1 * many!.goodputBps)
    expect(near!.packetsDelivered).toBe(near!.packetsSent)
    expect(Object.keys(result.drops).toSorted()).toEqual(['edt-horizon', 'flow-limit'])
    expect(result.drops['edt-horizon']).toBeGreaterThan(0.8 * (many!.packetsSent + one!.packetsSent))
  })

  it('is not limited without the bandwidth manager', () => {
    expect(arrived(run('bandwidth-limit', 'cilium-default'))).toEqual({ 'many-sockets': 1, 'one-socket': 1, near: 1 })
  })
})
