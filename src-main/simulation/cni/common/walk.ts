import {
  flowHash,
  IP_PROTOCOL,
  tunnelSourcePort,
  type EthernetLayer,
  type Ipv4Layer,
  type Packet,
  type PacketLayer,
} from '#shared/wire/index'

import type { Translation, Trip, TripSide } from './cni-model'
import type { FrameAddresses } from './device'
import { changesOf, type Change, type Path, type Step } from './path'
import type { Tunnel } from './tunnel'

/** TTL that Linux gives packets (net.ipv4.ip_default_ttl). */
export const DEFAULT_TTL = 64
/** Identification that the outer header of a tunnel begins with; Linux counts from a random number. */
const FIRST_OUTER_IDENTIFICATION = 1
/** ECN codepoint "congestion experienced", and what an outer header has in its place (RFC 6040, section 4.1). */
const CONGESTION_EXPERIENCED = 3
const ECT_0 = 2
const ECN_MASK = 3

/** A frame that nobody looks at. */
const NO_ADDRESSES: EthernetLayer = { layer: 'ethernet', source: 0, destination: 0 }

/** A step, and the packet behind it. */
export interface Stop {
  readonly side: TripSide
  /** Index of the pass on its side. */
  readonly pass: number
  readonly step: Step
  readonly packet: Packet
}

/**
 * What a packet looks like behind every step of a trip. `packet` is what the sender's socket makes: an IPv4 header and
 * what is in it. `onWire` says what becomes of it between the hosts (routers decrement TTLs and write new frames).
 */
export function walkTrip(trip: Trip, packet: Packet, onWire: (packet: Packet) => Packet): Stop[] {
  const walker = new Walker(trip, packet)
  const sending = walker.along('sender', trip.transmit)
  if (trip.receive === undefined) return sending
  walker.packet = onWire(walker.packet)
  return [...sending, ...walker.along('receiver', trip.receive)]
}

/** The packet as it leaves the sender's NIC, or on one host as it reaches the other socket. */
export function packetOnWire(trip: Trip, packet: Packet): Packet {
  const walker = new Walker(trip, packet)
  walker.along('sender', trip.transmit)
  return walker.packet
}

/** What routers between two hosts make of a packet: a TTL less each, and the last one's frame. */
export function acrossRouters(packet: Packet, routers: number, frame: FrameAddresses): Packet {
  if (routers === 0) return packet
  const routed = withIp(packet, (ip) => ({ ...ip, ttl: ip.ttl - routers }))
  return [{ layer: 'ethernet', source: frame.source, destination: frame.destination }, ...withoutFrame(routed)]
}

class Walker {
  packet: Packet
  private readonly trip: Trip
  private nextTunnel = 0
  private nextTranslation = 0

  constructor(trip: Trip, packet: Packet) {
    this.trip = trip
    this.packet = packet
  }

  along(side: TripSide, path: Path): Stop[] {
    return path.flatMap(({ steps }, pass) =>
      steps.map((step) => {
        for (const change of changesOf(step)) this.apply(change, side, step.leavesBy ?? step.device)
        return { side, pass, step, packet: this.packet }
      }),
    )
  }

  private apply(change: Change, side: TripSide, device: string): void {
    switch (change) {
      case 'address':
        this.packet = framed(this.packet, this.trip, side, device)
        return
      case 'decrement':
        this.packet = withIp(this.packet, (ip) => ({ ...ip, ttl: ip.ttl - 1 }))
        return
      case 'translate':
        this.translate()
        return
      case 'option':
        this.packet = withIp(this.packet, (ip) => ({ ...ip, ...(this.trip.ipOption !== undefined && { options: this.trip.ipOption }) }))
        return
      case 'encapsulate':
        this.encapsulate(side, device)
        return
      case 'decapsulate':
        this.packet = decapsulated(this.packet)
    }
  }

  private translate(): void {
    const translation = this.trip.translations[this.nextTranslation++]
    if (translation === undefined) throw new Error('A path translates more often than its trip has translations')
    this.packet = translated(this.packet, translation)
  }

  private encapsulate(side: TripSide, device: string): void {
    const tunnel = this.trip.tunnels[this.nextTunnel++]
    if (tunnel === undefined) throw new Error('A path encapsulates more often than its trip has tunnels')
    const carriesFrames = tunnel.kind === 'vxlan' || tunnel.kind === 'geneve'
    const isFrame = this.packet[0]?.layer === 'ethernet'
    if (carriesFrames && !isFrame) this.packet = framed(this.packet, this.trip, side, device)
    if (isByProgram(tunnel)) {
      // The outer header is a copy of the inner one as it came; the inner one is forwarded.
      const came = [NO_ADDRESSES, ...withoutFrame(this.packet)]
      this.packet = [...outerLayers(tunnel, came), ...withIp(came, (ip) => ({ ...ip, ttl: ip.ttl - 1 }))]
      return
    }
    const inner = carriesFrames ? this.packet : withoutFrame(this.packet)
    this.packet = [...outerLayers(tunnel, inner), ...inner]
  }
}

/** The packet in a frame of a device: a new one, or none. */
function framed(packet: Packet, trip: Trip, side: TripSide, device: string): Packet {
  const inner = withoutFrame(packet)
  const addresses = trip.frames(side, device)
  if (addresses === undefined) return inner
  const frame: EthernetLayer = { layer: 'ethernet', source: addresses.source, destination: addresses.destination }
  return [frame, ...inner]
}

function withoutFrame(packet: Packet): Packet {
  return packet[0]?.layer === 'ethernet' ? packet.slice(1) : packet
}

/** Changes the outermost IP header. */
function withIp(packet: Packet, change: (ip: Ipv4Layer) => Ipv4Layer): Packet {
  const index = packet.findIndex(({ layer }) => layer === 'ipv4')
  return packet.map((layer, at) => (at === index ? change(layer as Ipv4Layer) : layer))
}

/** The packet with what a translation names. */
function translated(packet: Packet, { source, destination, sourcePort, destinationPort }: Translation): Packet {
  const changed = withIp(packet, (ip) => ({ ...ip, source: source ?? ip.source, destination: destination ?? ip.destination }))
  return changed.map((layer) =>
    layer.layer === 'tcp' || layer.layer === 'udp'
      ? { ...layer, sourcePort: sourcePort ?? layer.sourcePort, destinationPort: destinationPort ?? layer.destinationPort }
      : layer,
  )
}

/** The outer headers of a tunnel around `inner`: addresses, TTL, "don't fragment", ECN and source port. */
function outerLayers(tunnel: Tunnel, inner: Packet): PacketLayer[] {
  const innerIp = inner.find((layer): layer is Ipv4Layer => layer.layer === 'ipv4')!
  const copies = tunnel.kind === 'ipip' || isByProgram(tunnel)
  const ip: Ipv4Layer = {
    layer: 'ipv4',
    source: tunnel.source,
    destination: tunnel.destination,
    ttl: copies ? innerIp.ttl : DEFAULT_TTL,
    dontFragment: copies && innerIp.dontFragment,
    trafficClass: outerTrafficClass(innerIp.trafficClass),
    identification: FIRST_OUTER_IDENTIFICATION,
  }
  switch (tunnel.kind) {
    case 'ipip':
      return [ip]
    case 'vxlan':
    case 'geneve': {
      const { kind, networkIdentifier, port, checksum } = tunnel
      const sourcePort = tunnelSourcePort(innerFlowHash(inner))
      const udp: PacketLayer = { layer: 'udp', sourcePort, destinationPort: port, checksum }
      if (kind === 'vxlan') return [ip, udp, { layer: 'vxlan', networkIdentifier }]
      return [ip, udp, { layer: 'geneve', networkIdentifier, options: tunnel.options }]
    }
    case 'wireguard': {
      const { port, receiver, mtu } = tunnel
      const udp: PacketLayer = { layer: 'udp', sourcePort: port, destinationPort: port, checksum: true }
      return [ip, udp, { layer: 'wireguard', receiver, counter: 0, mtu }]
    }
    case 'esp':
      return [ip, { layer: 'esp', spi: tunnel.spi, sequence: 1 }]
  }
}

function isByProgram(tunnel: Tunnel): boolean {
  return tunnel.kind === 'vxlan' && tunnel.byProgram === true
}

/** The outer traffic class: no DSCP, the inner ECN, but never "congestion experienced" (ip_tunnel_ecn_encap). */
export function outerTrafficClass(inner: number): number {
  const ecn = inner & ECN_MASK
  return ecn === CONGESTION_EXPERIENCED ? ECT_0 : ecn
}

/**
 * The hash of the flow inside: of addresses and protocol, and of ports where the transport has them. The kernel does not
 * look into what is encrypted (net/core/flow_dissector.c).
 */
function innerFlowHash(packet: Packet): number {
  const encrypted = packet.findIndex(({ layer }) => layer === 'esp')
  const transport = encrypted < 0 ? packet.findLastIndex(({ layer }) => layer === 'ipv4') + 1 : encrypted
  const ip = packet[transport - 1] as Ipv4Layer
  const flow = packet[transport]
  const hasPorts = flow?.layer === 'tcp' || flow?.layer === 'udp'
  const isKnown = hasPorts || flow?.layer === 'icmp' || flow?.layer === 'esp'
  return flowHash({
    source: ip.source,
    destination: ip.destination,
    protocol: isKnown ? IP_PROTOCOL[flow.layer] : 0,
    sourcePort: hasPorts ? flow.sourcePort : 0,
    destinationPort: hasPorts ? flow.destinationPort : 0,
  })
}

/**
 * The packet without its outermost tunnel: the inner frame of VXLAN and Geneve, the inner IP packet of IPIP and WireGuard.
 * What ESP carried keeps the frame it came in (net/xfrm/xfrm_input.c, skb_mac_header_rebuild).
 */
function decapsulated(packet: Packet): Packet {
  const outerIp = packet.findIndex(({ layer }) => layer === 'ipv4')
  if (packet[outerIp + 1]?.layer === 'ipv4') return packet.slice(outerIp + 1)
  const header = packet.findIndex(({ layer }, index) => index > outerIp && TUNNEL_LAYERS.has(layer))
  const inside = packet.slice(header + 1)
  return packet[header]?.layer === 'esp' ? [...packet.slice(0, outerIp), ...inside] : inside
}

const TUNNEL_LAYERS: ReadonlySet<PacketLayer['layer']> = new Set(['vxlan', 'geneve', 'wireguard', 'esp'])
