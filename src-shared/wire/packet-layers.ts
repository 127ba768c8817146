import { writeIpv4Options } from './ipv4-header'
import { readUint16, writeUint16, writeUint32 } from './big-endian'
import { writeEthernet, writeIpv4, writeMac, writeUdp, writeVxlan } from './headers'
import {
  ARP,
  ESP,
  ETHERNET,
  ETHERTYPE,
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
import type { ArpLayer, GeneveLayer, Ipv6Layer, Packet, PacketLayer, TcpLayer } from './packet'

/** TCP's header without options. */
const BARE_TCP = TCP.options

/** Where each layer begins, in bytes from the packet's start. */
export function layerStarts(packet: Packet): number[] {
  let at = 0
  return packet.map((layer) => {
    const start = at
    at += headerBytesOf(layer)
    return start
  })
}

/** Bytes of a layer's own header; of a payload all of it. */
export function headerBytesOf(layer: PacketLayer): number {
  switch (layer.layer) {
    case 'ethernet':
      return ETHERNET.length
    case 'arp':
      return ARP.length
    case 'ipv4':
      return IPV4.length + (layer.options?.length ?? 0)
    case 'ipv6':
      return IPV6.length
    case 'udp':
      return UDP.length
    case 'tcp':
      return BARE_TCP + layer.options.length
    case 'icmp':
      return ICMP.length
    case 'icmpv6':
      return ICMPV6.length
    case 'vxlan':
      return VXLAN.length
    case 'geneve':
      return GENEVE.length + geneveOptionBytes(layer)
    case 'wireguard':
      return WIREGUARD.length
    case 'esp':
      return ESP.length
    case 'payload':
      return layer.bytes.length
  }
}

function geneveOptionBytes({ options }: GeneveLayer): number {
  return options.reduce((sum, { data }) => sum + GENEVE_OPTION.length + data.length, 0)
}

/**
 * Writes a layer's own header; `next` is what is inside it. Lengths and checksums are left zero.
 * Requires: the bytes are zero.
 */
export function writeLayer(bytes: Uint8Array, at: number, layer: PacketLayer, next: PacketLayer | undefined): void {
  switch (layer.layer) {
    case 'ethernet':
      writeEthernet(bytes, at, layer.source, layer.destination, etherTypeOf(next))
      return
    case 'arp':
      writeArp(bytes, at, layer)
      return
    case 'ipv4':
      writeIpv4(bytes, at, { ...layer, protocol: layer.protocol ?? protocolOf(next) })
      bytes[at + IPV4.trafficClass] = layer.trafficClass
      writeUint16(bytes, at + IPV4.identification, layer.identification)
      if (layer.fragment !== undefined) writeFragment(bytes, at, layer.fragment)
      if (layer.options !== undefined) writeIpv4Options(bytes, at, layer.options)
      return
    case 'ipv6':
      writeIpv6(bytes, at, layer, next)
      return
    case 'udp':
      writeUdp(bytes, at, layer.sourcePort, layer.destinationPort)
      return
    case 'tcp':
      writeTcpLayer(bytes, at, layer)
      return
    case 'icmp':
      bytes[at + ICMP.type] = layer.type
      bytes[at + ICMP.code] = layer.code
      writeUint32(bytes, at + ICMP.rest, layer.rest)
      return
    case 'icmpv6':
      bytes[at + ICMPV6.type] = layer.type
      bytes[at + ICMPV6.code] = layer.code
      writeUint32(bytes, at + ICMPV6.rest, layer.rest)
      return
    case 'vxlan':
      writeVxlan(bytes, at, layer.networkIdentifier)
      return
    case 'geneve':
      writeGeneve(bytes, at, layer)
      return
    case 'wireguard':
      // Type 4: data (messages.h, MESSAGE_DATA).
      bytes[at + WIREGUARD.type] = 4
      writeLittleEndian(bytes, at + WIREGUARD.receiver, layer.receiver)
      writeLittleEndian(bytes, at + WIREGUARD.counter, layer.counter)
      return
    case 'esp':
      writeUint32(bytes, at + ESP.spi, layer.spi)
      writeUint32(bytes, at + ESP.sequence, layer.sequence)
      // The vector is the sequence number (Linux crypto/seqiv.c without its salt).
      writeUint32(bytes, at + ESP.vector + 4, layer.sequence)
      return
    case 'payload':
      bytes.set(layer.bytes, at)
  }
}

function etherTypeOf(next: PacketLayer | undefined): number {
  return next?.layer === 'arp' || next?.layer === 'ipv6' ? ETHERTYPE[next.layer] : ETHERTYPE.ipv4
}

function writeFragment(bytes: Uint8Array, ip: number, { offset, more }: { offset: number; more: boolean }): void {
  const flags = readUint16(bytes, ip + IPV4.flagsFragment)
  writeUint16(bytes, ip + IPV4.flagsFragment, flags | (more ? MORE_FRAGMENTS : 0) | (offset / FRAGMENT_UNIT))
}

function writeIpv6(bytes: Uint8Array, at: number, layer: Ipv6Layer, next: PacketLayer | undefined): void {
  writeUint32(bytes, at + IPV6.versionAndClass, 0x60000000 + layer.trafficClass * 0x100000 + (layer.flowLabel ?? 0))
  bytes[at + IPV6.nextHeader] = protocolOf(next)
  bytes[at + IPV6.hopLimit] = layer.hopLimit
  bytes.set(layer.source, at + IPV6.source)
  bytes.set(layer.destination, at + IPV6.destination)
}

function protocolOf(next: PacketLayer | undefined): number {
  switch (next?.layer) {
    case 'ipv4':
      return IP_PROTOCOL.ipip
    case 'udp':
    case 'tcp':
    case 'icmp':
    case 'esp':
      return IP_PROTOCOL[next.layer]
    case 'icmpv6':
      return NEXT_HEADER.icmpv6
    default:
      throw new Error(`No IP packet carries ${next?.layer ?? 'nothing'}`)
  }
}

function writeArp(bytes: Uint8Array, at: number, arp: ArpLayer): void {
  writeUint16(bytes, at + ARP.hardware, 1)
  writeUint16(bytes, at + ARP.protocol, ETHERTYPE.ipv4)
  writeUint16(bytes, at + ARP.lengths, 0x0604)
  writeUint16(bytes, at + ARP.operation, arp.operation === 'request' ? 1 : 2)
  writeMac(bytes, at + ARP.senderMac, arp.senderMac)
  writeUint32(bytes, at + ARP.senderAddress, arp.senderAddress)
  writeMac(bytes, at + ARP.targetMac, arp.targetMac)
  writeUint32(bytes, at + ARP.targetAddress, arp.targetAddress)
}

function writeTcpLayer(bytes: Uint8Array, at: number, tcp: TcpLayer): void {
  writeUint16(bytes, at + TCP.sourcePort, tcp.sourcePort)
  writeUint16(bytes, at + TCP.destinationPort, tcp.destinationPort)
  writeUint32(bytes, at + TCP.sequence, tcp.sequence)
  writeUint32(bytes, at + TCP.acknowledgement, tcp.acknowledgement)
  bytes[at + TCP.dataOffset] = ((BARE_TCP + tcp.options.length) / 4) << 4
  bytes[at + TCP.flags] = tcp.flags
  writeUint16(bytes, at + TCP.window, tcp.window)
  bytes.set(tcp.options, at + TCP.options)
}

function writeGeneve(bytes: Uint8Array, at: number, geneve: GeneveLayer): void {
  bytes[at + GENEVE.optionWords] = geneveOptionBytes(geneve) / 4
  // The C bit says that an option is critical (RFC 8926, section 3.4); Linux leaves it clear for options of a program.
  writeUint16(bytes, at + GENEVE.protocol, ETHERTYPE.ethernet)
  writeUint32(bytes, at + GENEVE.networkIdentifier, geneve.networkIdentifier * 0x100)
  let option = at + GENEVE.length
  for (const { class: optionClass, type, data } of geneve.options) {
    writeUint16(bytes, option + GENEVE_OPTION.class, optionClass)
    bytes[option + GENEVE_OPTION.type] = type
    bytes[option + GENEVE_OPTION.dataWords] = data.length / 4
    bytes.set(data, option + GENEVE_OPTION.length)
    option += GENEVE_OPTION.length + data.length
  }
}

function writeLittleEndian(bytes: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 4; index++) bytes[at + index] = value >>> (8 * index)
}
