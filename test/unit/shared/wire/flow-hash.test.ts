import { flowHash, IP_PROTOCOL, packetFlowHash, rssHash, tunnelSourcePort, writeIpv4, writeUdp } from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

const address = (text: string): number => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

/** Microsoft, "Verifying the RSS hash calculation": source, destination, hash of addresses, hash with ports. */
const verificationSuite = [
  ['66.9.149.187', 2794, '161.142.100.80', 1766, 0x323e8fc2, 0x51ccc178],
  ['199.92.111.2', 14230, '65.69.140.83', 4739, 0xd718262a, 0xc626b0ea],
  ['24.19.198.95', 12898, '12.22.207.184', 38024, 0xd2d0a5de, 0x5c2b394a],
  ['38.27.205.30', 48228, '209.142.163.6', 2217, 0x82989176, 0xafc7327f],
  ['153.39.163.191', 44251, '202.188.127.2', 1303, 0x5d1809c5, 0x10e828a2],
] as const

describe('the RSS hash', () => {
  it.each(verificationSuite)(
    'of %s:%d to %s:%d is that of the verification suite',
    (from, fromPort, to, toPort, two, four) => {
      const flow = { source: address(from), destination: address(to), protocol: 6 }
      expect(rssHash({ ...flow, sourcePort: 0, destinationPort: 0 })).toBe(two)
      expect(rssHash({ ...flow, sourcePort: fromPort, destinationPort: toPort })).toBe(four)
    },
  )
})

describe('the flow hash', () => {
  const flows = Array.from({ length: 4000 }, (_, index) => ({
    source: 0x0af40101,
    destination: 0x0af40201,
    protocol: 6,
    sourcePort: 32768 + index,
    destinationPort: 8080,
  }))

  it('of a packet’s bytes is that of the flow they show, without ports where the protocol has none', () => {
    const bytes = new Uint8Array(40)
    const flow = { source: 0x0a000001, destination: 0x0a000002, sourcePort: 40_000, destinationPort: 53 }
    const fields = { source: flow.source, destination: flow.destination, ttl: 64, dontFragment: false }
    writeUdp(bytes, 20, flow.sourcePort, flow.destinationPort)
    writeIpv4(bytes, 0, { ...fields, protocol: IP_PROTOCOL.udp })
    expect(packetFlowHash(bytes, 0, 3)).toBe(flowHash({ ...flow, protocol: IP_PROTOCOL.udp }, 3))
    writeIpv4(bytes, 0, { ...fields, protocol: IP_PROTOCOL.ipip })
    expect(packetFlowHash(bytes, 0, 3)).toBe(flowHash({ ...flow, protocol: IP_PROTOCOL.ipip, sourcePort: 0, destinationPort: 0 }, 3))
  })

  it('spreads connections that differ only in a port evenly over paths', () => {
    const counts = [0, 0, 0, 0]
    for (const flow of flows) counts[flowHash(flow) % 4]!++
    // 4000 flows, expectation 1000, standard deviation 27: five deviations either way.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(137)
  })

  it('with another salt chooses independently', () => {
    const both = flows.filter((flow) => flowHash(flow, 1) % 2 === 0 && flowHash(flow, 2) % 2 === 0).length
    expect(Math.abs(both - 1000)).toBeLessThan(137)
  })

  it('gives tunnels ports in the range that Linux uses, nearly all distinct', () => {
    const ports = flows.slice(0, 400).map((flow) => tunnelSourcePort(flowHash(flow)))
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(32768)
    expect(Math.max(...ports)).toBeLessThanOrEqual(60999)
    expect(new Set(ports).size).toBeGreaterThan(380)
  })
})
