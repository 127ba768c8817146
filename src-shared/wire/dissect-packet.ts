import { readUint16, readUint32 } from './big-endian'
import {
  ARP,
  DSCP_SHIFT,
  ESP,
  ETHERNET,
  FRAGMENT_OFFSET_MASK,
  FRAGMENT_UNIT,
  GENEVE,
  GENEVE_OPTION,
  ICMP,
  ICMPV6,
  ICMPV6_TYPE,
  IPV4,
  IPV6,
  TCP,
  UDP,
  VXLAN,
  WIREGUARD,
} from './layout'
import type { PacketLayer } from './packet'
import { headerBytesOf } from './packet-layers'
import { parsePacket, type CaptureLink } from './parse-packet'

/** A header of a packet's bytes, as a reader sees it. */
export interface DissectedHeader {
  readonly layer: PacketLayer['layer']
  /** Where it lies, in bytes from the packet's start. */
  readonly start: number
  readonly length: number
  readonly fields: readonly DissectedField[]
}

/** A field of a header. */
export interface DissectedField {
  /** The name that Wireshark filters by: `ip.ttl`. */
  readonly name: string
  /** The value as Wireshark's command line prints it. */
  readonly value: string
  readonly start: number
  readonly length: number
}

/** Reads the headers of a packet, field by field; a header that is cut off is payload. */
export function dissectPacket(bytes: Uint8Array, link: CaptureLink): DissectedHeader[] {
  let start = 0
  return parsePacket(bytes, link).map((layer) => {
    const header = { layer: layer.layer, start, length: headerBytesOf(layer), fields: fieldsOf(layer, bytes, start) }
    start += header.length
    return header
  })
}

/** Makes fields of a header that begins at `start`. */
class FieldReader {
  private readonly bytes: Uint8Array
  private readonly start: number

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes
    this.start = start
  }

  decimal(name: string, at: number, length: 1 | 2 | 4): DissectedField {
    return this.field(name, at, length, String(this.number(at, length)))
  }

  hex(name: string, at: number, length: 1 | 2 | 4): DissectedField {
    return this.field(name, at, length, hex(this.number(at, length), length * 2))
  }

  mac(name: string, at: number): DissectedField {
    return this.field(name, at, 6, this.octets(at, 6, (octet) => octet.toString(16).padStart(2, '0'), ':'))
  }

  ipv4(name: string, at: number): DissectedField {
    return this.field(name, at, 4, this.octets(at, 4, String, '.'))
  }

  ipv6(name: string, at: number): DissectedField {
    const groups = Array.from({ length: 8 }, (_, group) => this.number(at + group * 2, 2).toString(16))
    return this.field(name, at, IPV6.addressLength, shortestIpv6(groups))
  }

  /** A field of some bits: `value` is made of them. */
  field(name: string, at: number, length: number, value: string): DissectedField {
    return { name, value, start: this.start + at, length }
  }

  number(at: number, length: 1 | 2 | 4): number {
    const from = this.start + at
    if (length === 1) return this.bytes[from]!
    return length === 2 ? readUint16(this.bytes, from) : readUint32(this.bytes, from)
  }

  private octets(at: number, count: number, text: (octet: number) => string, separator: string): string {
    return Array.from(this.bytes.subarray(this.start + at, this.start + at + count), text).join(separator)
  }
}

/** Groups with the longest run of zeros left out, the first of equals, and none of one group (RFC 5952, section 4.2). */
function shortestIpv6(groups: readonly string[]): string {
  const runs = [...groups.map((group) => (group === '0' ? '0' : '-')).join('').matchAll(/0{2,}/gu)]
  const longest = runs.reduce<RegExpExecArray | undefined>((best, run) => (best === undefined || run[0].length > best[0].length ? run : best), undefined)
  if (longest === undefined) return groups.join(':')
  const [before, after] = [groups.slice(0, longest.index), groups.slice(longest.index + longest[0].length)]
  return `${before.join(':')}::${after.join(':')}`
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}

function fieldsOf(layer: PacketLayer, bytes: Uint8Array, start: number): DissectedField[] {
  const read = new FieldReader(bytes, start)
  switch (layer.layer) {
    case 'ethernet':
      return [
        read.mac('eth.dst', ETHERNET.destination),
        read.mac('eth.src', ETHERNET.source),
        read.hex('eth.type', ETHERNET.type, 2),
      ]
    case 'arp':
      return [
        read.decimal('arp.opcode', ARP.operation, 2),
        read.mac('arp.src.hw_mac', ARP.senderMac),
        read.ipv4('arp.src.proto_ipv4', ARP.senderAddress),
        read.mac('arp.dst.hw_mac', ARP.targetMac),
        read.ipv4('arp.dst.proto_ipv4', ARP.targetAddress),
      ]
    case 'ipv4':
      return ipv4Fields(read, layer.options)
    case 'ipv6':
      return [
        read.field('ipv6.tclass', IPV6.versionAndClass, 2, hex((read.number(IPV6.versionAndClass, 4) >>> 20) & 0xff, 2)),
        read.field('ipv6.flow', IPV6.versionAndClass + 1, 3, hex(read.number(IPV6.versionAndClass, 4) & 0xfffff, 6)),
        read.decimal('ipv6.plen', IPV6.payloadLength, 2),
        read.decimal('ipv6.nxt', IPV6.nextHeader, 1),
        read.decimal('ipv6.hlim', IPV6.hopLimit, 1),
        read.ipv6('ipv6.src', IPV6.source),
        read.ipv6('ipv6.dst', IPV6.destination),
      ]
    case 'udp':
      return [
        read.decimal('udp.srcport', UDP.sourcePort, 2),
        read.decimal('udp.dstport', UDP.destinationPort, 2),
        read.decimal('udp.length', UDP.datagramLength, 2),
        read.hex('udp.checksum', UDP.checksum, 2),
      ]
    case 'tcp':
      return tcpFields(read, layer.options)
    case 'icmp':
      return [
        read.decimal('icmp.type', ICMP.type, 1),
        read.decimal('icmp.code', ICMP.code, 1),
        read.hex('icmp.checksum', ICMP.checksum, 2),
        read.hex('icmp.rest', ICMP.rest, 4),
      ]
    case 'icmpv6':
      return [
        read.decimal('icmpv6.type', ICMPV6.type, 1),
        read.decimal('icmpv6.code', ICMPV6.code, 1),
        read.hex('icmpv6.checksum', ICMPV6.checksum, 2),
        ...neighbourFields(read, layer.type),
      ]
    case 'vxlan':
      return [
        read.field('vxlan.flags', VXLAN.flags, 2, hex(read.number(VXLAN.flags, 2), 4)),
        read.field('vxlan.vni', VXLAN.networkIdentifier, 3, String(layer.networkIdentifier)),
      ]
    case 'geneve':
      return geneveFields(read, layer)
    case 'wireguard':
      return [
        read.decimal('wg.type', WIREGUARD.type, 1),
        read.field('wg.receiver', WIREGUARD.receiver, 4, hex(layer.receiver, 8)),
        read.field('wg.counter', WIREGUARD.counter, 8, String(layer.counter)),
      ]
    case 'esp':
      return [read.hex('esp.spi', ESP.spi, 4), read.decimal('esp.sequence', ESP.sequence, 4)]
    case 'payload':
      return []
  }
}

/** Whom neighbour discovery is about; it lies in what follows the header. */
function neighbourFields(read: FieldReader, type: number): DissectedField[] {
  if (type === ICMPV6_TYPE.neighbourSolicitation) return [read.ipv6('icmpv6.nd.ns.target_address', ICMPV6.target)]
  return type === ICMPV6_TYPE.neighbourAdvertisement ? [read.ipv6('icmpv6.nd.na.target_address', ICMPV6.target)] : []
}

function ipv4Fields(read: FieldReader, options: Uint8Array | undefined): DissectedField[] {
  const flags = read.number(IPV4.flagsFragment, 2)
  const trafficClass = read.number(IPV4.trafficClass, 1)
  const flag = (name: string, bit: number) => read.field(name, IPV4.flagsFragment, 1, String((flags >>> bit) & 1))
  const offset = (flags & FRAGMENT_OFFSET_MASK) * FRAGMENT_UNIT
  return [
    read.hex('ip.dsfield', IPV4.trafficClass, 1),
    read.field('ip.dsfield.dscp', IPV4.trafficClass, 1, String(trafficClass >>> DSCP_SHIFT)),
    read.field('ip.dsfield.ecn', IPV4.trafficClass, 1, String(trafficClass & 3)),
    read.decimal('ip.len', IPV4.totalLength, 2),
    read.hex('ip.id', IPV4.identification, 2),
    flag('ip.flags.df', 14),
    flag('ip.flags.mf', 13),
    read.field('ip.frag_offset', IPV4.flagsFragment, 2, String(offset)),
    read.decimal('ip.ttl', IPV4.ttl, 1),
    read.decimal('ip.proto', IPV4.protocol, 1),
    read.hex('ip.checksum', IPV4.checksum, 2),
    read.ipv4('ip.src', IPV4.source),
    read.ipv4('ip.dst', IPV4.destination),
    // What is in it Wireshark tells of few options, and not of those that load balancers make up.
    ...(options === undefined ? [] : [read.field('ip.hdr_len', IPV4.versionAndLength, 1, String(IPV4.length + options.length))]),
  ]
}

/** TCP options with a value that Wireshark names: kind → name, bytes of the value. */
const TCP_OPTIONS: ReadonlyMap<number, { readonly name: string; readonly bytes: 1 | 2 | 4 }> = new Map([
  [2, { name: 'tcp.options.mss_val', bytes: 2 }],
  [3, { name: 'tcp.options.wscale.shift', bytes: 1 }],
  [8, { name: 'tcp.options.timestamp.tsval', bytes: 4 }],
])
const END_OF_OPTIONS = 0
const NO_OPERATION = 1

function tcpFields(read: FieldReader, options: Uint8Array): DissectedField[] {
  const fields = [
    read.decimal('tcp.srcport', TCP.sourcePort, 2),
    read.decimal('tcp.dstport', TCP.destinationPort, 2),
    read.decimal('tcp.seq_raw', TCP.sequence, 4),
    read.decimal('tcp.ack_raw', TCP.acknowledgement, 4),
    read.field('tcp.flags', TCP.dataOffset, 2, hex(read.number(TCP.dataOffset, 2) & 0x0fff, 4)),
    read.decimal('tcp.window_size_value', TCP.window, 2),
    read.hex('tcp.checksum', TCP.checksum, 2),
  ]
  for (let at = 0; at < options.length && options[at] !== END_OF_OPTIONS; ) {
    const option = TCP_OPTIONS.get(options[at]!)
    if (option !== undefined) fields.push(read.decimal(option.name, TCP.options + at + 2, option.bytes))
    at += options[at] === NO_OPERATION ? 1 : Math.max(2, options[at + 1] ?? 2)
  }
  return fields
}

function geneveFields(read: FieldReader, layer: Extract<PacketLayer, { layer: 'geneve' }>): DissectedField[] {
  const fields = [
    read.field('geneve.version', GENEVE.optionWords, 1, String(read.number(GENEVE.optionWords, 1) >>> 6)),
    read.hex('geneve.flags', GENEVE.flags, 1),
    read.hex('geneve.proto_type', GENEVE.protocol, 2),
    read.field('geneve.vni', GENEVE.networkIdentifier, 3, hex(layer.networkIdentifier, 6)),
  ]
  let at: number = GENEVE.length
  for (const { data } of layer.options) {
    fields.push(
      read.hex('geneve.option.class', at + GENEVE_OPTION.class, 2),
      read.hex('geneve.option.type', at + GENEVE_OPTION.type, 1),
    )
    at += GENEVE_OPTION.length + data.length
  }
  return fields
}
