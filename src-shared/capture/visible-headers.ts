import { IP_PROTOCOL, type Packet, type PacketLayer } from '../wire/index'
import type { FilteredHeader } from './matches-filter'

/** The headers of a frame that a filter looks at: every IPv4 header, with what is in it. */
export function visibleHeaders(packet: Packet): FilteredHeader[] {
  return packet.flatMap((layer, index) => {
    if (layer.layer !== 'ipv4') return []
    const inside = packet[index + 1]
    const hasPorts = inside?.layer === 'tcp' || inside?.layer === 'udp'
    return {
      protocol: layer.protocol ?? protocolOf(inside),
      source: layer.source,
      destination: layer.destination,
      sourcePort: hasPorts ? inside.sourcePort : NO_PORT,
      destinationPort: hasPorts ? inside.destinationPort : NO_PORT,
    }
  })
}

const NO_PORT = -1
const UNKNOWN_PROTOCOL = -1

function protocolOf(layer: PacketLayer | undefined): number {
  switch (layer?.layer) {
    case 'tcp':
    case 'udp':
    case 'icmp':
    case 'esp':
      return IP_PROTOCOL[layer.layer]
    case 'ipv4':
      return IP_PROTOCOL.ipip
    default:
      return UNKNOWN_PROTOCOL
  }
}
