import { crossingsOf, DEFAULT_TTL, walkTrip, type Stop, type Trip } from '#main/simulation/cni/common/index'
import type { Ipv4Layer, Packet } from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

import { connectLab } from '../../../../support/connect-lab'
import { DATAPATH_VARIANTS, datapathLab } from '../../../../support/datapath-lab'

const VARIANTS = DATAPATH_VARIANTS.map(({ name }) => name)
const PAIRS = [
  ['default/client-0', 'default/far-0'],
  ['default/client-0', 'default/near-0'],
  ['node-1', 'default/far-0'],
  ['node-1', 'default/near-0'],
  ['default/client-0', 'node-1'],
  ['default/client-0', 'node-2'],
  ['default/client-0', 'outside'],
  ['node-1', 'node-2'],
] as const
const lab = datapathLab()

const sent = ({ addresses }: Trip): Packet => [
  { layer: 'ipv4', ...addresses, ttl: DEFAULT_TTL, dontFragment: true, trafficClass: 0, identification: 7 },
  { layer: 'udp', sourcePort: 40_000, destinationPort: 8080, checksum: true },
  { layer: 'payload', bytes: new Uint8Array(64) },
]
const walk = (trip: Trip): Stop[] => walkTrip(trip, sent(trip), (packet) => packet)
const ipOf = (packet: Packet) => packet.find((layer): layer is Ipv4Layer => layer.layer === 'ipv4')!

function tripsOf(variant: string) {
  const { network, end } = connectLab(lab, variant)
  return PAIRS.flatMap(([client, server]) => {
    const connection = network.connection(end(client), end(server))!
    return [
      { network, trip: connection.forward, back: connection.reverse },
      { network, trip: connection.reverse, back: connection.forward },
    ]
  })
}

describe.each(VARIANTS)('every way with %s', (variant) => {
  it('delivers what was sent, without any tunnel, where the answer comes from', () => {
    for (const { trip, back } of tripsOf(variant)) {
      const delivered = walk(trip).at(-1)!.packet.filter(({ layer }) => layer !== 'ethernet')
      expect(delivered.map(({ layer }) => layer)).toEqual(['ipv4', 'udp', 'payload'])
      expect(ipOf(delivered).destination).toBe(back.addresses.source)
      expect(ipOf(delivered).source).toBe(back.addresses.destination)
    }
  })

  it('crosses devices that the plugin names, each with its own kind of frame', () => {
    for (const { network, trip } of tripsOf(variant)) {
      const crossings = crossingsOf(walk(trip), sent(trip))
      expect(crossings.length).toBeGreaterThanOrEqual(2)
      for (const { device, packet } of crossings) {
        const { linkType } = network.devices[device]!
        expect([device, packet[0]!.layer]).toEqual([device, linkType === 'raw' ? 'ipv4' : 'ethernet'])
      }
    }
  })
})

describe('the TTL of what is delivered', () => {
  const ttl = (variant: string, to: string) => {
    const { network, end } = connectLab(lab, variant)
    const { forward } = network.connection(end('default/client-0'), end(to))!
    return ipOf(walk(forward).at(-1)!.packet).ttl
  }
  const tunnelsOfCilium = ['cilium-vxlan', 'cilium-geneve', 'cilium-vxlan-ebpf', 'cilium-vxlan-netkit', 'cilium-vxlan-wireguard']

  it.each(VARIANTS.filter((name) => name !== 'host'))('with %s is what the kernel and its programs leave of 64', (variant) => {
    const far = variant.startsWith('cilium-vxlan') || tunnelsOfCilium.includes(variant) ? 63 : 62
    expect(ttl(variant, 'default/far-0')).toBe(far)
    // A bridge does not route.
    expect(ttl(variant, 'default/near-0')).toBe(variant.startsWith('flannel') ? 64 : 63)
  })
})
