import { formatIpv4Address, ipv4Address } from '../units/index'
import { ICMP_MESSAGE, TCP_FLAG, type Ipv4Layer, type Packet, type PacketLayer } from '../wire/index'

/** A frame in a line of a list. */
export interface FrameSummary {
  readonly source: string
  readonly destination: string
  /** Headers from the outermost IP header on, `IPv4` left out: `VXLAN · TCP`. */
  readonly protocol: string
  readonly info: string
}

/**
 * Says what is in a frame. The addresses are those of the innermost header that can be read: who talks to whom; the
 * protocol says in what it is carried.
 */
export function frameSummary(packet: Packet): FrameSummary {
  const at = packet.findLastIndex(({ layer }) => layer === 'ipv4')
  if (at < 0) return unaddressed(packet)
  const ip = packet[at] as Ipv4Layer
  const inside = packet[at + 1]
  return {
    source: addressText(ip.source),
    destination: addressText(ip.destination),
    protocol: protocolsOf(packet).join(' · '),
    info: ip.fragment === undefined ? infoOf(inside, packet) : `fragment from byte ${ip.fragment.offset}${ip.fragment.more ? ', more follow' : ', the last'}`,
  }
}

const NAMES: Partial<Record<PacketLayer['layer'], string>> = {
  udp: 'UDP', tcp: 'TCP', icmp: 'ICMP', icmpv6: 'ICMPv6', vxlan: 'VXLAN', geneve: 'Geneve', wireguard: 'WireGuard', esp: 'ESP', arp: 'ARP', ipv6: 'IPv6',
}

/** What carries what, outermost first: a tunnel's UDP goes without saying. */
function protocolsOf(packet: Packet): string[] {
  const names = packet.flatMap(({ layer }, index) => {
    const next = packet[index + 1]?.layer
    if (layer === 'ipv4') return next === 'ipv4' ? ['IPIP'] : []
    if (layer === 'udp' && (next === 'vxlan' || next === 'geneve' || next === 'wireguard')) return []
    return NAMES[layer] ?? []
  })
  return names.length === 0 ? ['IPv4'] : names
}

const FLAGS = [['SYN', TCP_FLAG.syn], ['FIN', TCP_FLAG.fin], ['RST', TCP_FLAG.reset], ['ACK', TCP_FLAG.acknowledgement], ['ECE', TCP_FLAG.ece], ['CWR', TCP_FLAG.cwr]] as const

function infoOf(layer: PacketLayer | undefined, packet: Packet): string {
  const payload = packet.at(-1)?.layer === 'payload' ? (packet.at(-1) as Extract<PacketLayer, { layer: 'payload' }>).bytes.length : 0
  switch (layer?.layer) {
    case 'tcp': {
      const flags = FLAGS.flatMap(([name, bit]) => ((layer.flags & bit) === 0 ? [] : name)).join(' ')
      return `${layer.sourcePort} → ${layer.destinationPort} [${flags}] seq ${layer.sequence} ack ${layer.acknowledgement}`
    }
    case 'udp':
      return packet.some(({ layer: name }) => name === 'wireguard') ? 'encrypted' : `${layer.sourcePort} → ${layer.destinationPort}`
    case 'icmp':
      return icmpInfo(layer)
    case 'esp':
      return `encrypted, SPI ${layer.spi}, sequence ${layer.sequence}`
    default:
      return `${payload} bytes`
  }
}

function icmpInfo({ type, code, rest }: Extract<PacketLayer, { layer: 'icmp' }>): string {
  const { echoRequest, echoReply, fragmentationNeeded, timeExceeded } = ICMP_MESSAGE
  if (type === echoRequest.type || type === echoReply.type) return `echo ${type === echoRequest.type ? 'request' : 'reply'}, number ${rest & 0xffff}`
  if (type === fragmentationNeeded.type && code === fragmentationNeeded.code) return `too big: the next link carries ${rest & 0xffff} bytes`
  return type === timeExceeded.type ? 'time exceeded' : `type ${type}, code ${code}`
}

function unaddressed(packet: Packet): FrameSummary {
  const arp = packet.find((layer) => layer.layer === 'arp')
  if (arp?.layer !== 'arp') return { source: '', destination: '', protocol: protocolsOf(packet).join(' · '), info: '' }
  const [sender, target] = [addressText(arp.senderAddress), addressText(arp.targetAddress)]
  return { source: sender, destination: target, protocol: 'ARP', info: arp.operation === 'request' ? `who has ${target}?` : `${sender} is here` }
}

function addressText(address: number): string {
  return formatIpv4Address(ipv4Address(address))
}
