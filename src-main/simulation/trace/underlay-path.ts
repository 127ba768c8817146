import { prefixLookup } from '#shared/lookup/index'
import { hasRouteBack, SOURCE_CHECK, type DropReason, type RunPlan } from '#shared/plan/index'
import { formatIpv4Address, ipv4Address } from '#shared/units/index'
import {
  assemblePacket,
  DONT_FRAGMENT,
  ETHERNET,
  flowHash,
  hashSalt,
  IPV4,
  ipv4HeaderBytes,
  packetFlowHash,
  readUint16,
  readUint32,
  UDP,
  IP_PROTOCOL,
  type Packet,
} from '#shared/wire/index'

import { acrossRouters, elementMac } from '../cni/common/index'

/** A switch that a packet crosses. */
export interface SwitchHop {
  /** Index among the switches. */
  readonly element: number
  /** The element that it sends to, and the port by which. */
  readonly next: number
  readonly port: number
  readonly routes: boolean
  /** The frame that it sends. */
  readonly packet: Packet
}

/** The way between two hosts; `dropped` where and why it ends early. */
export interface UnderlayPath {
  readonly hops: readonly SwitchHop[]
  /** The frame as the other host gets it. */
  readonly arrived: Packet
  readonly dropped?: { readonly element: number; readonly reason: DropReason; readonly because?: string }
}

/** More switches than any way through a fabric has: a longer one is a loop, which a TTL would end. */
const MOST_SWITCHES = 64

/** The way that switches send a frame, with the choices among equal paths that the engine makes for its flow. */
export function underlayPath(plan: RunPlan, from: number, to: number, frame: Packet): UnderlayPath {
  const hops: SwitchHop[] = []
  let packet = frame
  let port = uplinkOf(plan, from, to, assemblePacket(frame))
  while (port >= 0 && hops.length < MOST_SWITCHES) {
    const element = plan.ports.peer[port]!
    if (element >= plan.switchCount) return { hops, arrived: packet }
    const bytes = assemblePacket(packet)
    const route = routeTo(plan, element, destinationOf(bytes), to)
    if (route < 0) return { hops, arrived: packet, dropped: { element, reason: 'no-route' } }
    const next = choosePort(plan, route >> 1, packetFlowHash(bytes, ETHERNET.length, plan.switches.hashSalt[element]!))
    const routes = (route & 1) === 0 || plan.ports.owner[port]! < plan.switchCount
    if (routes && plan.forwarding.onlyBridged?.[route >> 1] === 1) return { hops, arrived: packet, dropped: { element, reason: 'no-route' } }
    if (routes && !isSourceRight(plan, element, port, from, bytes)) {
      return { hops, arrived: packet, dropped: { element, reason: 'reverse-path', because: 'the switch checks sources (urpf), and its route to this one does not lead back to the sender' } }
    }
    if (routes && bytes[ETHERNET.length + IPV4.ttl]! <= 1)
      return { hops, arrived: packet, dropped: { element, reason: 'ttl-expired' } }
    const tooBig = tooBigFor(plan, next, bytes, routes)
    if (tooBig !== undefined) return { hops, arrived: packet, dropped: { element, reason: 'packet-too-big', because: tooBig } }
    const peer = plan.ports.peer[next]!
    if (routes) packet = acrossRouters(packet, 1, { source: elementMac(element), destination: elementMac(peer) })
    hops.push({ element, next: peer, port: next, routes, packet })
    port = next
  }
  return { hops, arrived: packet, dropped: { element: plan.switchCount + from, reason: 'no-route' } }
}

/** Whether a switch takes a frame with such a source from a host; of an address that nodes announce, with the sender's own. */
function isSourceRight(plan: RunPlan, element: number, arrival: number, from: number, bytes: Uint8Array): boolean {
  if (plan.switches.sourceCheck[element] === SOURCE_CHECK.off) return true
  const source = readUint32(bytes, ETHERNET.length + IPV4.source)
  return hasRouteBack(plan, element, arrival, plan.announced?.includes(source) === true ? plan.hosts.address[from]! : source)
}

/** Why a frame does not fit a port's link; undefined where it does. */
function tooBigFor({ ports, switches }: RunPlan, port: number, bytes: Uint8Array, routes: boolean): string | undefined {
  const ipBytes = readUint16(bytes, ETHERNET.length + IPV4.totalLength)
  const mtu = ports.mtuBytes[port]!
  if (ipBytes <= mtu) return undefined
  const size = `${ipBytes} bytes do not fit the link’s MTU of ${mtu}`
  if (!routes) return `${size}, and a bridge tells nobody`
  const isWhole = (readUint16(bytes, ETHERNET.length + IPV4.flagsFragment) & DONT_FRAGMENT) !== 0
  if (!isWhole) return `${size}: the router splits the packet, and a trace follows one; capture a run to see the pieces`
  const source = formatIpv4Address(ipv4Address(readUint32(bytes, ETHERNET.length + IPV4.source)))
  return switches.tellsErrors[ports.owner[port]!] === 0
    ? `${size}, “don’t fragment” is set, and the router keeps quiet about it: a path-MTU black hole`
    : `${size}, and “don’t fragment” is set: the router tells ${source} so (ICMP 3/4, MTU ${mtu})`
}

/** A switch's route to an address: of one that nodes announce, to the node among them that the packet is for. */
function routeTo({ forwarding, hosts, announced = [] }: RunPlan, element: number, destination: number, host: number): number {
  const target = announced.includes(destination) ? hosts.address[host]! : destination
  return prefixLookup(forwarding.tries, forwarding.root[element]!, target)
}

/** The port by which a host sends to another: among equals, by the hash of the outermost header. */
function uplinkOf({ forwarding, hosts, switchCount, ...plan }: RunPlan, from: number, to: number, bytes: Uint8Array): number {
  const element = switchCount + from
  const ip = ETHERNET.length
  const towards = hosts.routesByPacket?.[from] === 1 ? destinationOf(bytes) : hosts.address[to]!
  const route = prefixLookup(forwarding.tries, forwarding.root[element]!, towards)
  if (route < 0) return -1
  const transport = ip + ipv4HeaderBytes(bytes, ip)
  const protocol = bytes[ip + IPV4.protocol]!
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
  const flow = {
    source: readUint32(bytes, ip + IPV4.source),
    destination: readUint32(bytes, ip + IPV4.destination),
    protocol,
    sourcePort: hasPorts ? readUint16(bytes, transport) : 0,
    destinationPort: hasPorts ? readUint16(bytes, transport + UDP.destinationPort) : 0,
  }
  return choosePort({ forwarding, hosts, switchCount, ...plan }, route >> 1, flowHash(flow, hashSalt(element + 1)))
}

function choosePort({ forwarding }: RunPlan, group: number, hash: number): number {
  const first = forwarding.groupFirst[group]!
  const count = forwarding.groupFirst[group + 1]! - first
  return forwarding.groupPorts[first + Math.floor((hash / 0x1_0000_0000) * count)]!
}

function destinationOf(bytes: Uint8Array): number {
  return readUint32(bytes, ETHERNET.length + IPV4.destination)
}
