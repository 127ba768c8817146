import { TRANSPORT_BYTES, type TemplateTable } from '#shared/plan/index'
import {
  headerBytesOf,
  ICMP_MESSAGE,
  IPV4,
  layerStarts,
  TCP,
  writeLayer,
  writeTcp,
  type Packet,
  type PacketLayer,
} from '#shared/wire/index'

import { acrossRouters, DEFAULT_TTL, packetOnWire, tunnelBytes, walkTrip, type Trip } from '../cni/common/index'
import { starts } from './starts'

/** What a template is made of. */
export interface TemplateRequest {
  readonly trip: Trip
  readonly transport: Transport
  readonly sourcePort: number
  readonly destinationPort: number
  /** What enters the trip, where that is not what a socket makes: a packet that a node forwards. */
  readonly packet?: Packet
}

/** Where headers begin, in bytes from the frame's start. Without encapsulation outer = inner. */
interface HeaderOffsets {
  readonly outerIp: number
  /** −1 where the outer header is not UDP. */
  readonly outerUdp: number
  readonly innerIp: number
  readonly transport: number
}

/** Transports that have templates; an ICMP flow is echo requests one way and replies the other. */
export type Transport = keyof typeof TRANSPORT_BYTES

/**
 * Bytes that templates have at most (`TemplateTable`). What the longest, a SYN in Geneve with an option, has more is the end of
 * the time that it echoes, which is none.
 */
const MOST_BYTES = 126

/** Bytes of the outermost IP packet beyond the payload, when a packet fills the MTU of its sender's route. */
export function headerBytes({ tunnels, mtuBytes, ipOption }: Trip, transport: Transport): number {
  return tunnelBytes(tunnels, mtuBytes) + IPV4.length + (ipOption?.length ?? 0) + TRANSPORT_BYTES[transport]
}

/** Collects header templates: bytes as they leave the sender's NIC, from the Ethernet header to the transport's. */
export class TemplateBuilder {
  private readonly templates: { bytes: Uint8Array; offsets: HeaderOffsets }[] = []

  /** Adds a template and returns its number. */
  add(request: TemplateRequest): number {
    this.templates.push(buildTemplate(request))
    return this.templates.length - 1
  }

  /** Whether two templates have the same bytes. */
  areAlike(one: number, other: number): boolean {
    const [a, b] = [this.templates[one]!.bytes, this.templates[other]!.bytes]
    return a.length === b.length && a.every((byte, at) => byte === b[at])
  }

  /** The columns of the plan. */
  finish(): TemplateTable {
    const first = starts(this.templates.map(({ bytes }) => bytes.length))
    const all = new Uint8Array(first[this.templates.length]!)
    this.templates.forEach(({ bytes }, index) => all.set(bytes, first[index]))
    const offsets = (pick: (offsets: HeaderOffsets) => number) =>
      Int32Array.from(this.templates, (each) => pick(each.offsets))
    return {
      count: this.templates.length,
      bytes: all,
      first,
      outerIp: offsets(({ outerIp }) => outerIp),
      outerUdp: offsets(({ outerUdp }) => outerUdp),
      innerIp: offsets(({ innerIp }) => innerIp),
      transport: offsets(({ transport }) => transport),
    }
  }
}

/**
 * Writes one template. Lengths, identifications, checksums, sequence numbers and a tunnel's source port by flow hash are
 * left zero. Headers that encryption hides are left out, except the innermost, in which the engine keeps its books.
 */
export function buildTemplate(request: TemplateRequest): { bytes: Uint8Array; offsets: HeaderOffsets } {
  const packet = packetOnWire(request.trip, request.packet ?? socketPacket(request))
  const layers = withoutHidden(packet)
  // Around an encrypted packet the tunnel's port does not depend on the flow: the template has it.
  const hashesFlow = !packet.some(({ layer }) => layer === 'esp')
  const starts = layerStarts(layers)
  const bytes = new Uint8Array(starts.at(-1)! + headerBytesOf(layers.at(-1)!))
  layers.forEach((layer, index) => writeLayer(bytes, starts[index]!, blank(layer, layers[index + 1], hashesFlow), layers[index + 1]))
  const startOf = (index: number) => (index < 0 ? -1 : starts[index]!)
  const transport = layers.length - 1
  const outerUdp = layers.findIndex(({ layer }, index) => layer === 'udp' && index < transport)
  const offsets = {
    outerIp: startOf(layers.findIndex(({ layer }) => layer === 'ipv4')),
    outerUdp: startOf(outerUdp),
    innerIp: startOf(layers.findLastIndex(({ layer }) => layer === 'ipv4')),
    transport: startOf(transport),
  }
  if (request.transport === 'tcp') writeTcp(bytes, offsets.transport, request.sourcePort, request.destinationPort)
  return { bytes: bytes.subarray(0, MOST_BYTES), offsets }
}

/** The packet that a trip ends with on its other host, `routers` routers from the first. */
export function packetBehind(request: TemplateRequest, routers: number): Packet {
  const anyFrame = { source: 0, destination: 0 }
  const stops = walkTrip(request.trip, request.packet ?? socketPacket(request), (packet) => acrossRouters(packet, routers, anyFrame))
  return stops.at(-1)!.packet
}

/**
 * What the sender's socket makes: Linux sets "don't fragment" on TCP, and on datagrams that fit (IP_PMTUDISC_WANT), but not
 * on the replies of an echo (net/ipv4/icmp.c, icmp_sk_init).
 */
function socketPacket(request: TemplateRequest): Packet {
  const { addresses } = request.trip
  const transport = transportLayer(request)
  const dontFragment = !(transport.layer === 'icmp' && transport.type === ICMP_MESSAGE.echoReply.type)
  return [{ layer: 'ipv4', ...addresses, ttl: DEFAULT_TTL, dontFragment, trafficClass: 0, identification: 0 }, transport]
}

function transportLayer({ transport, sourcePort, destinationPort }: TemplateRequest): PacketLayer {
  switch (transport) {
    case 'tcp': {
      const options = new Uint8Array(TCP.length - TCP.options)
      return {
        layer: 'tcp',
        sourcePort,
        destinationPort,
        sequence: 0,
        acknowledgement: 0,
        flags: 0,
        window: 0,
        options,
      }
    }
    case 'udp':
      return { layer: 'udp', sourcePort, destinationPort, checksum: true }
    case 'icmp':
      // The end whose port is known is the one that answers.
      return { layer: 'icmp', ...(sourcePort === 0 ? ICMP_MESSAGE.echoRequest : ICMP_MESSAGE.echoReply), rest: 0 }
  }
}

/** A layer without what is filled in later: identifications, and source ports that a flow's hash gives. */
function blank(layer: PacketLayer, next: PacketLayer | undefined, hashesFlow: boolean): PacketLayer {
  if (layer.layer === 'ipv4') return { ...layer, identification: 0 }
  const isHashed = hashesFlow && layer.layer === 'udp' && (next?.layer === 'vxlan' || next?.layer === 'geneve')
  return isHashed ? { ...layer, sourcePort: 0 } : layer
}

const TUNNEL_LAYERS: ReadonlySet<PacketLayer['layer']> = new Set(['vxlan', 'geneve', 'wireguard', 'esp'])

/** An encrypted packet with its outermost tunnel's headers and the innermost packet's only. */
function withoutHidden(packet: Packet): Packet {
  if (!packet.some(({ layer }) => layer === 'wireguard' || layer === 'esp')) return packet
  const tunnel = packet.findIndex(({ layer }) => TUNNEL_LAYERS.has(layer))
  const innermost = packet.findLastIndex(({ layer }) => layer === 'ipv4')
  return [...packet.slice(0, tunnel + 1), ...packet.slice(innermost)]
}
