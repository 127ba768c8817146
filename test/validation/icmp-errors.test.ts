/**
 * ICMP errors as Linux sends and limits them: net.ipv4.icmp_ratelimit is a second a peer with a burst of six (net/ipv4/inetpeer.c,
 * inet_peer_xrlim_allow), of all but what path MTU discovery needs (net/ipv4/icmp.c, icmpv4_mask_allow).
 */
import { describe, expect, it } from 'vitest'

import type { SeedResult } from '#shared/metrics/index'
import { formatIpv4Address, ipv4Address } from '#shared/units/index'
import { parsePacket, type Packet } from '#shared/wire/index'

import { captureLab } from '../support/capture-lab'
import { arrived, failureText, runFailure } from '../support/failure-lab'
import { runLab } from '../support/run-lab'

/** Errors that a stack tells a peer in less than a second. */
const BURST = 6

const icmpOf = ({ nodes }: SeedResult, name: string) => nodes.find((node) => node.name === name)!.icmp
/** Packets that no sender made. */
const networkMade = ({ packets, traffic }: SeedResult): number => packets.sent - traffic.reduce((sum, { packetsSent }) => sum + packetsSent, 0)

/** Type, code, ends and what is quoted of an error on the wire. */
function errorIn(packet: Packet) {
  const [, ip, icmp, rest] = packet
  if (ip?.layer !== 'ipv4' || icmp?.layer !== 'icmp' || rest?.layer !== 'payload') return undefined
  const [about, transport] = parsePacket(rest.bytes, 'raw')
  if (about?.layer !== 'ipv4' || transport?.layer !== 'udp') return undefined
  const way = (...ends: number[]): string => ends.map((end) => formatIpv4Address(ipv4Address(end))).join(' > ')
  return { type: icmp.type, code: icmp.code, way: way(ip.source, ip.destination), about: way(about.source, about.destination), port: transport.destinationPort }
}

describe('a node whose VXLAN device has another port', () => {
  const result = runFailure('vxlan-port', 'calico-vxlan')

  it('says so to the node that the packets come from, six times in half a second, and keeps the rest back', () => {
    const [, toOdd, fromOdd] = result.traffic.map(({ packetsSent }) => packetsSent)
    expect(icmpOf(result, 'node-3')).toEqual({ IcmpOutDestUnreachs: BURST, IcmpOutRateLimitHost: toOdd! - BURST, IcmpInDestUnreachs: BURST })
    expect(icmpOf(result, 'node-2')).toEqual({ IcmpOutDestUnreachs: BURST, IcmpOutRateLimitHost: fromOdd! - BURST })
  })

  it('is told of by packets that arrive, and change nothing: the tunnel does not mind', () => {
    expect(icmpOf(result, 'node-1')).toEqual({ IcmpInDestUnreachs: BURST })
    expect(arrived(result)).toEqual({ others: 1, 'to-odd': 0, 'from-odd': 0, nodes: 1 })
    expect(networkMade(result)).toBe(2 * BURST)
  })

  it('shows its errors to whoever captures on the wire, quoting the packet they are about', () => {
    const frames = captureLab(failureText('vxlan-port'), 'calico-vxlan', 'node-1/eth0', 'icmp')
    expect(frames.map(({ isOut }) => isOut)).toEqual(Array.from({ length: BURST }, () => false))
    const [node1, node3] = ['10.1.0.11', '10.1.0.13']
    for (const { packet } of frames) {
      expect(errorIn(packet)).toEqual({ type: 3, code: 3, way: `${node3} > ${node1}`, about: `${node1} > ${node3}`, port: 4789 })
    }
  })
})

describe('packets that go round until they are too old', () => {
  /** The lab of the loop with as few packets as show it. */
  const loop = failureText('service-loop')
    .replace('streams: 4, rate: 15Mbit', 'streams: 4, rate: 200kbit')
    .split('\n').filter((line) => !/name: (clients|others)/.test(line)).join('\n')

  it('are told of by a switch where their time is over there, as often as one peer may be told', () => {
    const result = runLab(loop, 'unprotected').result
    expect(result.nodes.map(({ icmp }) => icmp)).toEqual([undefined, undefined])
    expect(networkMade(result)).toBe(BURST)
    expect(result.drops['ttl-expired']).toBeGreaterThan(BURST)
  })

  it('are told of by the nodes where it is over on them: with one router more on the way', () => {
    const longer = loop
      .replace('- {name: edge, role: spine}', '- {name: edge, role: spine}\n      - {name: middle, role: spine}')
      .replace('- {ends: [tor, edge], rate: 10Gbit}', '- {ends: [tor, middle], rate: 10Gbit}\n      - {ends: [middle, edge], rate: 10Gbit}')
    const byNode = runLab(longer, 'unprotected').result
    const told = byNode.nodes.flatMap(({ icmp }) => icmp?.['IcmpOutTimeExcds'] ?? [])
    expect(told.length).toBeGreaterThan(0)
    expect(told.every((count) => count === BURST)).toBe(true)
    expect(networkMade(byNode)).toBe(BURST * told.length)
    expect(byNode.nodes.reduce((sum, { icmp }) => sum + (icmp?.['IcmpOutTimeExcds'] ?? 0) + (icmp?.['IcmpOutRateLimitHost'] ?? 0), 0)).toBe(byNode.drops['ttl-expired'])
  })
})
