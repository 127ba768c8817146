import { readUint16, readUint32 } from './big-endian'
import type { MacAddress } from './headers'
import { ipv4HeaderBytes } from './ipv4-header'
import {
  ARP,
  DONT_FRAGMENT,
  ESP,
  ETHERNET,
  ETHERTYPE,
  FRAGMENT_OFFSET_MASK,
  FRAGMENT_UNIT,
  GENEVE,
  GENEVE_OPTION,
  ICMP,
  ICMPV6,
  IP_PROTOCOL,
  IPV4,
  IPV6,
  MORE_FRAGMENTS,
  NEXT_HEADER,
  TCP,
  UDP,
  VXLAN,
  WIREGUARD,
} from './layout'
import type { GeneveOption, Ipv4Layer, Packet, PacketLayer } from './packet'

/** What a captured packet begins with. */
export type CaptureLink = 'ethernet' | 'raw'

/** Tunnels by their usual UDP port: VXLAN (IANA, Linux), Geneve, WireGuard (its own default, Calico's for IPv6, Cilium's). */
const TUNNEL_PORTS: ReadonlyMap<number, 'vxlan' | 'geneve' | 'wireguard'> = new Map([
  [4789, 'vxlan'],
  [8472, 'vxlan'],
  [6081, 'geneve'],
  [51_820, 'wireguard'],
  [51_821, 'wireguard'],
  [51_871, 'wireguard'],
])

const FLOW_LABEL_MASK = 0xfffff

/** First byte of WireGuard's data messages; its others are handshakes. */
const WIREGUARD_DATA = 4

/**
 * The layers of a packet's bytes: the reverse of `assemblePacket`. What it has no layer for, ciphertext, and a header that
 * is cut off, is payload.
 */
export function parsePacket(bytes: Uint8Array, link: CaptureLink): Packet {
  return link === 'ethernet' ? parseEthernet(bytes) : parseIpv4(bytes)
}

function parseEthernet(bytes: Uint8Array): PacketLayer[] {
  if (bytes.length < ETHERNET.length) return payload(bytes)
  const frame: PacketLayer = {
    layer: 'ethernet',
    destination: readMac(bytes, ETHERNET.destination),
    source: readMac(bytes, ETHERNET.source),
  }
  return [frame, ...parseEtherType(readUint16(bytes, ETHERNET.type), bytes.subarray(ETHERNET.length))]
}

function parseEtherType(type: number, bytes: Uint8Array): PacketLayer[] {
  switch (type) {
    case ETHERTYPE.ipv4:
      return parseIpv4(bytes)
    case ETHERTYPE.ipv6:
      return parseIpv6(bytes)
    case ETHERTYPE.arp:
      return bytes.length < ARP.length ? payload(bytes) : [parseArp(bytes)]
    default:
      return payload(bytes)
  }
}

function parseArp(bytes: Uint8Array): PacketLayer {
  return {
    layer: 'arp',
    operation: readUint16(bytes, ARP.operation) === 1 ? 'request' : 'reply',
    senderMac: readMac(bytes, ARP.senderMac),
    senderAddress: readUint32(bytes, ARP.senderAddress),
    targetMac: readMac(bytes, ARP.targetMac),
    targetAddress: readUint32(bytes, ARP.targetAddress),
  }
}

function parseIpv4(bytes: Uint8Array): PacketLayer[] {
  if (bytes.length < IPV4.length) return payload(bytes)
  const headerBytes = Math.max(IPV4.length, ipv4HeaderBytes(bytes, 0))
  if (bytes.length < headerBytes) return payload(bytes)
  const flags = readUint16(bytes, IPV4.flagsFragment)
  const offset = (flags & FRAGMENT_OFFSET_MASK) * FRAGMENT_UNIT
  const more = (flags & MORE_FRAGMENTS) !== 0
  const protocol = bytes[IPV4.protocol]!
  const isFragment = more || offset > 0
  const ip: Ipv4Layer = {
    layer: 'ipv4',
    source: readUint32(bytes, IPV4.source),
    destination: readUint32(bytes, IPV4.destination),
    ttl: bytes[IPV4.ttl]!,
    dontFragment: (flags & DONT_FRAGMENT) !== 0,
    trafficClass: bytes[IPV4.trafficClass]!,
    identification: readUint16(bytes, IPV4.identification),
    ...(isFragment && { protocol, fragment: { offset, more } }),
    ...(headerBytes > IPV4.length && { options: bytes.slice(IPV4.length, headerBytes) }),
  }
  const inside = bytes.subarray(headerBytes, readUint16(bytes, IPV4.totalLength))
  return [ip, ...(isFragment ? payload(inside) : parseProtocol(protocol, inside))]
}

function parseIpv6(bytes: Uint8Array): PacketLayer[] {
  if (bytes.length < IPV6.length) return payload(bytes)
  const ip: PacketLayer = {
    layer: 'ipv6',
    source: bytes.slice(IPV6.source, IPV6.source + IPV6.addressLength),
    destination: bytes.slice(IPV6.destination, IPV6.destination + IPV6.addressLength),
    hopLimit: bytes[IPV6.hopLimit]!,
    trafficClass: (readUint16(bytes, IPV6.versionAndClass) >>> 4) & 0xff,
    flowLabel: readUint32(bytes, IPV6.versionAndClass) & FLOW_LABEL_MASK,
  }
  const inside = bytes.subarray(IPV6.length, IPV6.length + readUint16(bytes, IPV6.payloadLength))
  return [ip, ...parseProtocol(bytes[IPV6.nextHeader]!, inside)]
}

function parseProtocol(protocol: number, bytes: Uint8Array): PacketLayer[] {
  switch (protocol) {
    case IP_PROTOCOL.ipip:
      return parseIpv4(bytes)
    case IP_PROTOCOL.udp:
      return parseUdp(bytes)
    case IP_PROTOCOL.tcp:
      return parseTcp(bytes)
    case IP_PROTOCOL.icmp:
      if (bytes.length < ICMP.length) return payload(bytes)
      return [
        { layer: 'icmp', type: bytes[ICMP.type]!, code: bytes[ICMP.code]!, rest: readUint32(bytes, ICMP.rest) },
        ...payload(bytes.subarray(ICMP.length)),
      ]
    case NEXT_HEADER.icmpv6:
      if (bytes.length < ICMPV6.length) return payload(bytes)
      return [
        { layer: 'icmpv6', type: bytes[ICMPV6.type]!, code: bytes[ICMPV6.code]!, rest: readUint32(bytes, ICMPV6.rest) },
        ...payload(bytes.subarray(ICMPV6.length)),
      ]
    case IP_PROTOCOL.esp:
      if (bytes.length < ESP.length) return payload(bytes)
      return [
        { layer: 'esp', spi: readUint32(bytes, ESP.spi), sequence: readUint32(bytes, ESP.sequence) },
        ...payload(bytes.subarray(ESP.length)),
      ]
    default:
      return payload(bytes)
  }
}

function parseUdp(bytes: Uint8Array): PacketLayer[] {
  if (bytes.length < UDP.length) return payload(bytes)
  const sourcePort = readUint16(bytes, UDP.sourcePort)
  const destinationPort = readUint16(bytes, UDP.destinationPort)
  const checksum = readUint16(bytes, UDP.checksum) !== 0
  const inside = bytes.subarray(UDP.length)
  return [{ layer: 'udp', sourcePort, destinationPort, checksum }, ...parseTunnel(destinationPort, inside)]
}

function parseTunnel(port: number, bytes: Uint8Array): PacketLayer[] {
  switch (TUNNEL_PORTS.get(port)) {
    case 'vxlan':
      if (bytes.length < VXLAN.length) return payload(bytes)
      return [
        { layer: 'vxlan', networkIdentifier: readUint32(bytes, VXLAN.networkIdentifier) >>> 8 },
        ...parseEthernet(bytes.subarray(VXLAN.length)),
      ]
    case 'geneve':
      return parseGeneve(bytes)
    case 'wireguard': {
      if (bytes[0] !== WIREGUARD_DATA || bytes.length < WIREGUARD.length) return payload(bytes)
      const receiver = readLittleEndian(bytes, WIREGUARD.receiver)
      const counter = readLittleEndian(bytes, WIREGUARD.counter)
      return [{ layer: 'wireguard', receiver, counter, mtu: 0 }, ...payload(bytes.subarray(WIREGUARD.length))]
    }
    case undefined:
      return payload(bytes)
  }
}

function parseGeneve(bytes: Uint8Array): PacketLayer[] {
  if (bytes.length < GENEVE.length + (bytes[GENEVE.optionWords]! & 0x3f) * 4) return payload(bytes)
  const end = GENEVE.length + (bytes[GENEVE.optionWords]! & 0x3f) * 4
  const options: GeneveOption[] = []
  for (let at: number = GENEVE.length; at < end; ) {
    const length = (bytes[at + GENEVE_OPTION.dataWords]! & 0x1f) * 4
    const data = at + GENEVE_OPTION.length
    options.push({
      class: readUint16(bytes, at + GENEVE_OPTION.class),
      type: bytes[at + GENEVE_OPTION.type]!,
      data: bytes.slice(data, data + length),
    })
    at = data + length
  }
  const networkIdentifier = readUint32(bytes, GENEVE.networkIdentifier) >>> 8
  return [{ layer: 'geneve', networkIdentifier, options }, ...parseEthernet(bytes.subarray(end))]
}

function parseTcp(bytes: Uint8Array): PacketLayer[] {
  if (bytes.length < Math.max(TCP.options, (bytes[TCP.dataOffset]! >>> 4) * 4)) return payload(bytes)
  const length = (bytes[TCP.dataOffset]! >>> 4) * 4
  return [
    {
      layer: 'tcp',
      sourcePort: readUint16(bytes, TCP.sourcePort),
      destinationPort: readUint16(bytes, TCP.destinationPort),
      sequence: readUint32(bytes, TCP.sequence),
      acknowledgement: readUint32(bytes, TCP.acknowledgement),
      flags: bytes[TCP.flags]!,
      window: readUint16(bytes, TCP.window),
      options: bytes.slice(TCP.options, length),
    },
    ...payload(bytes.subarray(length)),
  ]
}

function payload(bytes: Uint8Array): PacketLayer[] {
  return bytes.length === 0 ? [] : [{ layer: 'payload', bytes: bytes.slice() }]
}

function readMac(bytes: Uint8Array, at: number): MacAddress {
  return readUint16(bytes, at) * 0x1_0000_0000 + readUint32(bytes, at + 2)
}

function readLittleEndian(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
