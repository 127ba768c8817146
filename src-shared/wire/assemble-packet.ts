import { readUint16, writeUint16 } from './big-endian'
import { internetChecksum, writeIpv4Checksum, writeTransportChecksum, writeChecksumOverIpv6 } from './checksum'
import { espBodyBytes, wireguardBodyBytes } from './encrypted-length'
import { ipv4HeaderBytes } from './ipv4-header'
import { ESP, ICMP, IP_PROTOCOL, IPV4, IPV6, UDP, WIREGUARD } from './layout'
import type { Packet, PacketLayer } from './packet'
import { headerBytesOf, layerStarts, writeLayer } from './packet-layers'

/**
 * The bytes of a packet, with every type, protocol, length and checksum. What WireGuard and ESP encrypt is replaced by
 * bytes that are made of it but mean nothing: nobody can read the real ones either.
 * Requires: the layers fit together (IPv4 in Ethernet, a transport in IPv4, …).
 */
export function assemblePacket(packet: Packet): Uint8Array {
  const sizes = layerSizes(packet)
  const bytes = new Uint8Array(sizes[0] ?? 0)
  const starts = layerStarts(packet)
  packet.forEach((layer, index) => writeLayer(bytes, starts[index]!, layer, packet[index + 1]))
  for (let index = packet.length - 1; index >= 0; index--) {
    completeLayer(bytes, starts[index]!, starts[index]! + sizes[index]!, packet[index]!)
  }
  return bytes
}

/** Bytes of each layer with all that is inside it. */
function layerSizes(packet: Packet): number[] {
  let inside = 0
  return packet
    .toReversed()
    .map((layer) => (inside = headerBytesOf(layer) + bodyBytes(layer, inside)))
    .toReversed()
}

function bodyBytes(layer: PacketLayer, inside: number): number {
  if (layer.layer === 'wireguard') return wireguardBodyBytes(inside, layer.mtu)
  return layer.layer === 'esp' ? espBodyBytes(inside) : inside
}

/** Writes what depends on what is inside: lengths, checksums, ciphertext. */
function completeLayer(bytes: Uint8Array, at: number, end: number, layer: PacketLayer): void {
  switch (layer.layer) {
    case 'ipv4':
      writeUint16(bytes, at + IPV4.totalLength, end - at)
      writeIpv4Checksum(bytes, at)
      if (layer.fragment === undefined) completeTransport(bytes, at)
      return
    case 'ipv6':
      writeUint16(bytes, at + IPV6.payloadLength, end - at - IPV6.length)
      writeChecksumOverIpv6(bytes, at)
      return
    case 'udp':
      writeUint16(bytes, at + UDP.datagramLength, end - at)
      // Marks a datagram whose checksum is wanted, until the IP header around it is complete.
      if (layer.checksum) writeUint16(bytes, at + UDP.checksum, 0xffff)
      return
    case 'icmp':
      writeUint16(bytes, at + ICMP.checksum, internetChecksum(bytes, at, end))
      return
    case 'wireguard':
      encrypt(bytes, at + WIREGUARD.length, end, layer.counter)
      return
    case 'esp':
      encrypt(bytes, at + ESP.length, end, layer.sequence)
      return
    case 'ethernet':
    case 'arp':
    case 'tcp':
    case 'icmpv6':
    case 'vxlan':
    case 'geneve':
    case 'payload':
  }
}

function completeTransport(bytes: Uint8Array, ip: number): void {
  const protocol = bytes[ip + IPV4.protocol]
  const wantsChecksum =
    protocol === IP_PROTOCOL.tcp ||
    (protocol === IP_PROTOCOL.udp && readUint16(bytes, ip + ipv4HeaderBytes(bytes, ip) + UDP.checksum) !== 0)
  if (wantsChecksum) writeTransportChecksum(bytes, ip)
}

/** Turns bytes into what looks like a ciphertext: a stream of xorshift32 (Marsaglia 2003) over them. */
function encrypt(bytes: Uint8Array, from: number, to: number, nonce: number): void {
  let state = (nonce ^ 0x9e3779b9) >>> 0 || 1
  for (let at = from; at < to; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at]! ^= state & 0xff
  }
}
