/**
 * Switches and routers: the work on real header bytes that a forwarding element does for every packet. Inside a subnet it
 * bridges; otherwise it checks and rewrites the IPv4 header, finds the longest matching prefix and one of its equal next
 * hops, and sends.
 */

import { prefixLookup } from '#shared/lookup/index'
import { dropReasonId, hasRouteBack, SOURCE_CHECK, type ForwardingTable, type PortTable, type RowEnds, type RunPlan } from '#shared/plan/index'
import {
  DONT_FRAGMENT,
  ETHERNET,
  internetChecksum,
  IPV4,
  ipv4HeaderBytes,
  isBareIpv4,
  isIpv4ChecksumRight,
  packetFlowHash,
  readUint16,
  readUint32,
  writeUint16,
  writeUint32,
} from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import { headerAt, PACKET_FLAG, type PacketPool, wordAt } from '../packet-pool'
import type { Fragmenter } from '../ip/fragmenter'
import type { ErrorMessage } from '../ip/error-bytes'
import { fragmentationNeeded, type InternetErrors, TIME_EXCEEDED } from '../ip/internet-errors'
import { lowerTimeToLive } from '../ip/time-to-live'
import type { Links } from './links'

const NONE = -1
const NO_ROUTE = dropReasonId('no-route')
const TTL_EXPIRED = dropReasonId('ttl-expired')
const TOO_BIG = dropReasonId('packet-too-big')
const REVERSE_PATH = dropReasonId('reverse-path')
/** First four bytes of the locally administered addresses that elements show on the wire. */
const ELEMENT_MAC = 0x02000000

export class Switches {
  private forwarding: ForwardingTable
  private readonly ports: PortTable
  private readonly pool: PacketPool
  private readonly links: Links
  private readonly accounts: Accounts
  private readonly fragmenter: Fragmenter
  private readonly errors: InternetErrors
  private readonly tellsErrors: Uint8Array
  private readonly sourceCheck: Uint8Array
  /** What says where sources are: the plan, with the forwarding table that holds. */
  private sources: Pick<RunPlan, 'forwarding' | 'ports' | 'hosts' | 'switches' | 'switchCount'>
  private readonly switchCount: number
  /** Addresses that nodes announce for services. */
  private readonly announced: ReadonlySet<number>
  private readonly hostAddress: Uint32Array
  private readonly ends: RowEnds
  /** Salt of each element's flow hash. */
  private readonly salts: Int32Array

  constructor(
    plan: Pick<RunPlan, 'forwarding' | 'ports' | 'switches' | 'switchCount' | 'hosts' | 'announced'>,
    parts: { pool: PacketPool; links: Links; accounts: Accounts; fragmenter: Fragmenter; errors: InternetErrors; ends: RowEnds },
  ) {
    this.forwarding = plan.forwarding
    this.ports = plan.ports
    this.switchCount = plan.switchCount
    this.announced = new Set(plan.announced)
    this.hostAddress = plan.hosts.address
    this.ends = parts.ends
    this.pool = parts.pool
    this.links = parts.links
    this.accounts = parts.accounts
    this.fragmenter = parts.fragmenter
    this.errors = parts.errors
    this.tellsErrors = plan.switches.tellsErrors
    this.sourceCheck = plan.switches.sourceCheck
    this.sources = plan
    this.salts = plan.switches.hashSalt
  }

  /** Forwards by another table from now on. */
  forwardBy(forwarding: ForwardingTable): void {
    this.forwarding = forwarding
    this.sources = { ...this.sources, forwarding }
  }

  /** Takes a packet that arrived at `element` and sends it on, or drops it. */
  receive(element: number, packet: number, nowNs: number): void {
    const { pool, forwarding } = this
    const { header } = pool
    const ip = headerAt(packet) + ETHERNET.length
    const destination = readUint32(header, ip + IPV4.destination)
    let route = prefixLookup(forwarding.tries, forwarding.root[element], destination)
    if (route < 0) route = this.announcedRoute(element, packet, destination)
    if (route < 0 || (forwarding.onlyBridged !== undefined && forwarding.onlyBridged[route >> 1] === 1 && !this.isBridged(packet, route))) {
      this.drop(packet, NO_ROUTE, nowNs)
      return
    }
    if (this.sourceCheck[element] !== SOURCE_CHECK.off && !this.isBridged(packet, route) && !this.isSourceRight(element, packet, header, ip)) {
      this.drop(packet, REVERSE_PATH, nowNs)
      return
    }
    const first = forwarding.groupFirst[route >> 1]
    const count = forwarding.groupFirst[(route >> 1) + 1] - first
    const choice = count === 1 ? 0 : this.choose(element, count, header, ip)
    const port = forwarding.groupPorts[first + choice]
    if (pool.ipBytes[packet] > this.ports.mtuBytes[port]) {
      this.receiveTooBig(element, packet, port, this.isBridged(packet, route), nowNs)
      return
    }
    if (!this.isBridged(packet, route) && !this.routeHeader(element, port, header, ip)) {
      this.tell(element, packet, TIME_EXCEEDED, nowNs)
      this.drop(packet, TTL_EXPIRED, nowNs)
      return
    }
    this.links.send(port, packet, nowNs)
  }

  /** The route to an address that nodes announce: to the node that the plan chose among them for the flow. */
  private announcedRoute(element: number, packet: number, destination: number): number {
    if (!this.announced.has(destination)) return NONE
    const node = this.ends.to[this.pool.rowOf(packet)]
    return prefixLookup(this.forwarding.tries, this.forwarding.root[element], this.hostAddress[node])
  }

  /** Whether a switch that checks sources takes a packet. An address that nodes announce is the sender's as well as any other's. */
  private isSourceRight(element: number, packet: number, header: Uint8Array, ip: number): boolean {
    const { pool, ends } = this
    const source = readUint32(header, ip + IPV4.source)
    const sender = ends.from[pool.rowOf(packet)]
    return hasRouteBack(this.sources, element, pool.port[packet], this.announced.has(source) ? this.hostAddress[sender] : source)
  }

  /** A packet is too big for its next link: a router splits it where it may, and else tells its sender; a bridge drops it. */
  private receiveTooBig(element: number, packet: number, port: number, isBridged: boolean, nowNs: number): void {
    const { header } = this.pool
    const ip = headerAt(packet) + ETHERNET.length
    const mtu = this.ports.mtuBytes[port]
    const maySplit = (readUint16(header, ip + IPV4.flagsFragment) & DONT_FRAGMENT) === 0
    if (!isBridged && maySplit && this.routeHeader(element, port, header, ip)) {
      this.fragmenter.split(packet, mtu, this.links, port, nowNs)
      return
    }
    if (!isBridged && !maySplit) this.tell(element, packet, fragmentationNeeded(mtu), nowNs)
    this.drop(packet, TOO_BIG, nowNs)
  }

  /** Sends an error about a packet to its source, unless the element keeps quiet. */
  private tell(element: number, packet: number, message: ErrorMessage, nowNs: number): void {
    const { forwarding, pool } = this
    if (this.tellsErrors[element] === 0) return
    const source = readUint32(pool.header, headerAt(packet) + ETHERNET.length + IPV4.source)
    const route = prefixLookup(forwarding.tries, forwarding.root[element], source)
    if (route < 0) return
    const made = this.errors.make(element, packet, message, nowNs)
    if (made !== NONE) this.links.send(forwarding.groupPorts[forwarding.groupFirst[route >> 1]], made, nowNs)
  }

  /** Whether a packet came from a host of the subnet that it goes to, which sent it there and not to its router. */
  private isBridged(packet: number, route: number): boolean {
    return (route & 1) === 1 && this.ports.owner[this.pool.port[packet]] >= this.switchCount && (this.pool.flags[packet] & PACKET_FLAG.stray) === 0
  }

  /** Which of `count` equal next hops the packet's flow takes. */
  private choose(element: number, count: number, header: Uint8Array, ip: number): number {
    return Math.floor((packetFlowHash(header, ip, this.salts[element]) / 0x1_0000_0000) * count)
  }

  /**
   * What RFC 1812 (sections 5.2.2 and 5.3.1) asks of a router: verify the checksum, decrement TTL, mend the checksum; and
   * the frame's new addresses. False when TTL ran out.
   */
  private routeHeader(element: number, port: number, header: Uint8Array, ip: number): boolean {
    const isRight = isBareIpv4(header, ip) ? isIpv4ChecksumRight(this.pool.headerWords, wordAt(ip)) : internetChecksum(header, ip, ip + ipv4HeaderBytes(header, ip)) === 0
    if (!isRight) throw new Error('A header checksum is wrong')
    if (!lowerTimeToLive(header, ip)) return false
    const frame = ip - ETHERNET.length
    writeUint32(header, frame + ETHERNET.destination, ELEMENT_MAC)
    writeUint16(header, frame + ETHERNET.destination + 4, this.ports.peer[port])
    writeUint32(header, frame + ETHERNET.source, ELEMENT_MAC)
    writeUint16(header, frame + ETHERNET.source + 4, element)
    return true
  }

  private drop(packet: number, reason: number, nowNs: number): void {
    this.accounts.drop(reason, this.pool.segments[packet], nowNs, this.pool.flow[packet])
    this.pool.release(packet)
  }
}
