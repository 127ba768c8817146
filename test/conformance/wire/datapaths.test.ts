import { crossingsOf, DEFAULT_TTL, walkTrip, type Crossing } from '#main/simulation/cni/common/index'
import { LOCAL_PORTS, assemblePacket, parsePacket, type Ipv4Layer, type Packet } from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

import { connectLab } from '../../support/connect-lab'
import { fixtureFrame } from '../../support/fixture-frame'
import { makeLab } from '../../support/make-lab'

/** The laboratory in which the frames were captured: two nodes on one switch, a block each. */
const laboratory = (cni: string, settings: object, nodes: readonly [string, string]) =>
  makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: [
      { name: 'node-1', address: `${nodes[0]}/24`, podBlocks: ['192.168.1.64/26'], uplinks: [{ switch: 'tor' }] },
      { name: 'node-2', address: `${nodes[1]}/24`, podBlocks: ['192.168.2.0/26'], uplinks: [{ switch: 'tor' }] },
    ],
    cluster: {
      podCIDR: '192.168.0.0/16',
      workloads: [
        { name: 'left', nodes: ['node-1'], replicas: 2 },
        { name: 'right', nodes: ['node-2'], replicas: 2 },
      ],
    },
    variants: [{ name: 'tested', cni, settings }],
  })

const CALICO_NODES = ['10.0.0.11', '10.0.0.12'] as const
const CILIUM_NODES = ['10.0.0.21', '10.0.0.22'] as const
const pool = (ipipMode: string, vxlanMode: string) => ({ ipPool: { ipipMode, vxlanMode } })
const native = { routingMode: 'native', ipv4NativeRoutingCIDR: '192.168.0.0/16', autoDirectNodeRoutes: true }

const LABS = {
  'calico-vxlan': laboratory('calico', pool('Never', 'Always'), CALICO_NODES),
  'calico-ipip': laboratory('calico', pool('Always', 'Never'), CALICO_NODES),
  'calico-bgp': laboratory('calico', pool('Never', 'Never'), CILIUM_NODES),
  'calico-wireguard': laboratory(
    'calico',
    { ...pool('Never', 'Never'), felixConfiguration: { wireguardEnabled: true } },
    CALICO_NODES,
  ),
  'calico-ebpf': laboratory('calico', { ...pool('Never', 'Always'), felixConfiguration: { bpfEnabled: true } }, CALICO_NODES),
  'cilium-vxlan': laboratory('cilium', {}, CILIUM_NODES),
  'cilium-geneve': laboratory('cilium', { tunnelProtocol: 'geneve' }, CALICO_NODES),
  'cilium-native': laboratory('cilium', native, CILIUM_NODES),
  'cilium-ipsec': laboratory('cilium', { ...native, encryption: { enabled: true, type: 'ipsec' } }, CILIUM_NODES),
} as const

type LabName = keyof typeof LABS

/** The devices that a packet from one pod to the other crosses, with the addresses that the lab gives them. */
function walk(lab: LabName, packet: Packet, answers = false): Crossing[] {
  const { network, end } = connectLab(LABS[lab], 'tested')
  const connection = network.connection(end('default/left-1'), end('default/right-1'))!
  const trip = answers ? connection.reverse : connection.forward
  const sent = packet.map((layer, index) => (index === 0 ? { ...layer, ...trip.addresses, ttl: DEFAULT_TTL } : layer))
  const stops = walkTrip(trip, sent as Packet, (onWire) => onWire)
  return crossingsOf(stops, sent as Packet)
}

const frameOf = (name: string): Packet => parsePacket(fixtureFrame(name), 'ethernet')
const isAnswer = (name: string) => /reply|synack|fin2/u.test(name)
const innermost = (packet: Packet): Packet => packet.slice(packet.findLastIndex(({ layer }) => layer === 'ipv4'))
const isTunnel = (packet: Packet) => packet.filter(({ layer }) => layer === 'ipv4').length > 1

/** A packet without what differs from run to run and from laboratory to laboratory. */
function comparable(packet: Packet): unknown[] {
  const outer = isTunnel(packet) ? packet.findIndex(({ layer }) => layer === 'ipv4') : -1
  return packet.map((layer, index) => {
    switch (layer.layer) {
      case 'ethernet':
        return { layer: 'ethernet', source: macKind(layer.source), destination: macKind(layer.destination) }
      case 'ipv4': {
        const isNode = index === outer
        const random = isNode ? { identification: 'random' } : { source: 'pod', destination: 'pod' }
        return { ...layer, ...random }
      }
      case 'udp':
        return index === outer + 1 && layer.sourcePort >= LOCAL_PORTS.first && layer.sourcePort <= LOCAL_PORTS.last
          ? { ...layer, sourcePort: 'by flow hash' }
          : layer
      case 'vxlan':
      case 'geneve':
        return { ...layer, networkIdentifier: layer.networkIdentifier === 4096 ? 4096 : 'identity' }
      default:
        return layer
    }
  })
}

function macKind(mac: number): string {
  if (mac === 0xeeeeeeeeeeee) return 'cali'
  return Math.floor(mac / 2 ** 40) === 0x66 ? 'vtep' : 'own'
}

const onWire: [string, LabName][] = [
  ...['icmp_echo_request', 'icmp_echo_reply', 'tcp_syn', 'tcp_synack', 'tcp_ack', 'tcp_data1398', 'tcp_fin1', 'tcp_fin2'].map(
    (name): [string, LabName] => [`calico.underlay.vxlan_${name}`, 'calico-vxlan'],
  ),
  ...['00', 'b8_EF', '02_ECT0', '01_ECT1', '03_CE', 'ba_EF_ECT0', 'bb_EF_CE', '28_AF11'].map(
    (name): [string, LabName] => [`calico.underlay.tos_${name}`, 'calico-vxlan'],
  ),
  ['calico.underlay.vxlan_icmp_echo_request', 'calico-ebpf'],
  ...['icmp_echo_request_id1234', 'icmp_echo_reply_id56789'].map(
    (name): [string, LabName] => [`cilium.underlay.vxlan_${name}`, 'cilium-vxlan'],
  ),
  ...['udp_32', 'udp_1400', 'udp_1422'].map((name): [string, LabName] => [`cilium.underlay.${name}`, 'cilium-vxlan']),
  ...['icmp_echo_df1', 'udp_32', 'tcp_syn_mss1440', 'tos_02', 'tos_03'].map(
    (name): [string, LabName] => [`ipip.${name}`, 'calico-ipip'],
  ),
  ['geneve.linux.icmp_id1234', 'cilium-geneve'],
  ['native.u1.echo_request', 'calico-bgp'],
  ['native.u1.echo_reply', 'calico-bgp'],
  ['native.u1.echo_request', 'cilium-native'],
]

describe('packets between the nodes', () => {
  it.each(onWire)('%s of %s are the captured ones, field by field', (name, lab) => {
    const expected = frameOf(name)
    const crossings = walk(lab, innermost(expected), isAnswer(name))
    const sent = crossings.find(({ device, direction }) => device === 'eth0' && direction === 'out')!
    expect(comparable(sent.packet)).toEqual(comparable(expected))
  })

  it.each([
    ['wireguard.kernel_size.inner84_mtu1440', 'calico-wireguard', 84],
    ['wireguard.kernel_size.inner1425_mtu1440', 'calico-wireguard', 1425],
    ['esp.aesgcm16.tunnel.inner60', 'cilium-ipsec', 60],
    ['esp.aesgcm16.tunnel.inner53', 'cilium-ipsec', 53],
    ['esp.aesgcm16.tunnel.inner55', 'cilium-ipsec', 55],
  ] as const)('%s of %s have the outer header and the length of the reference', (name, lab, bytes) => {
    const expected = frameOf(name)
    const ip: Ipv4Layer = innermost(frameOf('native.u1.echo_request'))[0] as Ipv4Layer
    const payload = new Uint8Array(bytes - 28)
    const packet: Packet = [ip, { layer: 'icmp', type: 8, code: 0, rest: 0 }, { layer: 'payload', bytes: payload }]
    const crossings = walk(lab, packet)
    const sent = crossings.find(({ device, direction }) => device === 'eth0' && direction === 'out')!.packet
    expect(assemblePacket(sent)).toHaveLength(fixtureFrame(name).length)
    const [, outer, transport] = sent as [unknown, Ipv4Layer, Packet[number]]
    const [, reference, referenceTransport] = expected as [unknown, Ipv4Layer, Packet[number]]
    expect({ ...outer, identification: 0 }).toEqual({ ...reference, identification: 0 })
    if (transport.layer === 'udp') expect(transport).toEqual(referenceTransport)
  })
})

describe('packets on devices inside the nodes', () => {
  it.each([
    ['calico.pod.icmp_echo_request', 'calico-vxlan', 'pod eth0', 'out'],
    ['calico.pod.icmp_echo_request', 'calico-vxlan', 'cali', 'in'],
    ['calico.vxlandev.icmp_echo_request', 'calico-vxlan', 'vxlan.calico', 'out'],
    ['calico.vxlandev.icmp_echo_reply', 'calico-vxlan', 'vxlan.calico', 'in'],
    ['calico.pod.icmp_echo_reply', 'calico-vxlan', 'pod eth0', 'in'],
    ['calico.pod.icmp_echo_request', 'calico-ebpf', 'pod eth0', 'out'],
    ['calico.vxlandev.icmp_echo_request', 'calico-ebpf', 'vxlan.calico', 'out'],
    ['calico.pod.icmp_echo_reply', 'calico-ebpf', 'pod eth0', 'in'],
    ['cilium.pod.icmp_echo_request', 'cilium-vxlan', 'pod eth0', 'out'],
    ['cilium.pod.icmp_echo_reply', 'cilium-vxlan', 'pod eth0', 'in'],
    ['native.p2.echo_request', 'cilium-native', 'pod eth0', 'in'],
  ] as const)('%s of %s on %s (%s) are the captured ones', (name, lab, device, direction) => {
    const expected = frameOf(name)
    const crossings = walk(lab, innermost(expected), isAnswer(name))
    const shown = crossings.find((crossing) => crossing.device === device && crossing.direction === direction)!
    expect(comparable(shown.packet)).toEqual(comparable(expected))
  })

  it('have no link-layer header on tunl0 and WireGuard devices', () => {
    for (const [lab, device] of [
      ['calico-ipip', 'tunl0'],
      ['calico-wireguard', 'wireguard.cali'],
    ] as const) {
      const crossings = walk(lab, innermost(frameOf('native.u1.echo_request')))
      const shown = crossings.filter((crossing) => crossing.device === device)
      expect(shown.map(({ direction, packet }) => [direction, packet[0]!.layer])).toEqual([
        ['out', 'ipv4'],
        ['in', 'ipv4'],
      ])
    }
  })
})
