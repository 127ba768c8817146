import { describe, expect, it } from 'vitest'
import { bondHash } from '#shared/wire/bond-hash'
import { ETHERNET, IP_PROTOCOL, IPV4, writeEthernet, writeIpv4, writeUdp } from '#shared/wire/index'

const IP = ETHERNET.length

function frame({ source = 0x0a010001, destination = 0x0a010002, sourcePort = 40_000, destinationPort = 5001, mac = 0x020a01000001, nextHop = 0x020a01000002 } = {}): Uint8Array {
  const bytes = new Uint8Array(64)
  writeEthernet(bytes, 0, mac, nextHop)
  writeIpv4(bytes, IP, { source, destination, protocol: IP_PROTOCOL.udp, ttl: 64, dontFragment: true })
  writeUdp(bytes, IP + IPV4.length, sourcePort, destinationPort)
  return bytes
}

const links = (policy: Parameters<typeof bondHash>[0], count: number, vary: (i: number) => Parameters<typeof frame>[0]): Set<number> =>
  new Set(Array.from({ length: 64 }, (_, i) => bondHash(policy, frame(vary(i)), 0, IP) % count))

describe('the hash of a bond', () => {
  it('of layer 2 is the last bytes of both addresses and the type, added up', () => {
    expect(bondHash('layer2', frame(), 0, IP)).toBe(0x01 ^ 0x02 ^ 0x0800)
  })

  it('of layer 2 sends everything for one next hop over one link', () => {
    expect(links('layer2', 2, (i) => ({ sourcePort: 40_000 + i, destination: 0x0a020000 + i })).size).toBe(1)
  })

  it('of layers 2 and 3 tells hosts apart, and not their connections', () => {
    expect(links('layer2+3', 2, (i) => ({ sourcePort: 40_000 + i })).size).toBe(1)
    expect(links('layer2+3', 2, (i) => ({ destination: 0x0a020000 + i })).size).toBe(2)
  })

  it('of layers 3 and 4 tells connections apart, whose even ports lose their lowest bit', () => {
    expect(links('layer3+4', 2, (i) => ({ sourcePort: 40_000 + i })).size).toBe(2)
    // 10.1.0.1 ^ 10.1.0.2 = 0x00000003, ports 0x9c40 1389; swapped 0x8913409c ^ 0x03000000 = 0x8a13409c.
    const hash = 0x8a13409c
    const halves = (hash ^ (hash >>> 16)) >>> 0
    expect(bondHash('layer3+4', frame(), 0, IP)).toBe(((halves ^ (halves >>> 8)) >>> 0) >>> 1)
  })
})
