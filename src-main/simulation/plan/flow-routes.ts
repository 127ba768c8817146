import type { FilteredProtocol } from '#shared/lab/record/fault'
import { rowEnds, templateOf, TRANSPORT, type FlowTable, type RelayTable, type RowEnds, type TemplateTable } from '#shared/plan/index'
import { ipv4Address, ipv4PrefixContains, type Ipv4Prefix } from '#shared/units/index'
import { DONT_FRAGMENT, IPV4, readUint16, readUint32, UDP } from '#shared/wire/index'

import { prefixKey, type PrefixKey } from '../bgp/index'

/** The columns that say where flows go and what they look like. */
export interface FlowNetwork {
  readonly flows: FlowTable
  readonly templates: TemplateTable
  /** Undefined where nothing is forwarded. */
  readonly relays?: RelayTable | undefined
}

/** Numbers of protocols in IP headers (IANA). */
const PROTOCOL_NUMBER: Readonly<Record<FilteredProtocol, number>> = { icmp: 1, ipip: 4, tcp: 6, udp: 17, esp: 50 }

/** Finds flows' directions (2 · flow + direction) by where they go and what is in their outermost headers. */
export class FlowRoutes {
  private readonly flows: FlowTable
  private readonly templates: TemplateTable
  private readonly ends: RowEnds

  constructor({ flows, templates, relays }: FlowNetwork) {
    this.ends = rowEnds(flows, relays)
    this.flows = flows
    this.templates = templates
  }

  /** Directions between hosts of which one is inside a set and the other not. */
  rowsAcross(inside: ReadonlySet<number>): number[] {
    return this.rows().filter((row) => inside.has(this.sender(row)) !== inside.has(this.receiver(row)))
  }

  /** Directions from or to a host whose packets have a protocol outside, and a port where one is given. */
  rowsOfProtocol(host: number, protocol: FilteredProtocol, port: number | undefined): number[] {
    return this.rows().filter((row) => {
      if (this.sender(row) !== host && this.receiver(row) !== host) return false
      const template = templateOf(this.flows, row)
      const start = this.templates.first[template]!
      const ip = start + this.templates.outerIp[template]!
      if (this.templates.bytes[ip + IPV4.protocol] !== PROTOCOL_NUMBER[protocol]) return false
      return port === undefined || port === this.outerPort(row >> 1, template, start)
    })
  }

  /** Directions from or to a host whose packets on the wire are not from, or to, an address of its own. */
  rowsOfOthers(host: number, own: readonly number[]): number[] {
    const addressAt = (row: number, field: number): number => {
      const template = templateOf(this.flows, row)
      return readUint32(this.templates.bytes, this.templates.first[template]! + this.templates.outerIp[template]! + field)
    }
    return this.rows().filter(
      (row) =>
        (this.sender(row) === host && !own.includes(addressAt(row, IPV4.source))) ||
        (this.receiver(row) === host && !own.includes(addressAt(row, IPV4.destination))),
    )
  }

  /** Directions from a host whose packets on the wire may not be split. */
  rowsWhole(host: number): number[] {
    return this.rows().filter((row) => {
      if (this.sender(row) !== host) return false
      const template = templateOf(this.flows, row)
      const ip = this.templates.first[template]! + this.templates.outerIp[template]!
      return (readUint16(this.templates.bytes, ip + IPV4.flagsFragment) & DONT_FRAGMENT) !== 0
    })
  }

  /** By sending host and route, the directions that a route to a block of the receiving host carries. */
  rowsByRoute(blocks: readonly (readonly Ipv4Prefix[])[]): Map<number, Map<PrefixKey, number[]>> {
    const routes = new Map<number, Map<PrefixKey, number[]>>()
    for (const row of this.rows()) {
      // Where a packet goes that a service's address was taken out of: as its own header says on the wire.
      const template = templateOf(this.flows, row)
      const address = ipv4Address(readUint32(this.templates.bytes, this.templates.first[template]! + this.templates.innerIp[template]! + IPV4.destination))
      const block = blocks[this.receiver(row)]?.find((prefix) => ipv4PrefixContains(prefix, address))
      if (block === undefined) continue
      const ofSender = routes.get(this.sender(row)) ?? new Map<PrefixKey, number[]>()
      routes.set(this.sender(row), ofSender)
      const key = prefixKey(block)
      ofSender.set(key, [...(ofSender.get(key) ?? []), row])
    }
    return routes
  }

  /** All directions between two hosts. */
  private rows(): number[] {
    return Array.from({ length: this.flows.count * 2 }, (_, row) => row).filter((row) => this.sender(row) !== this.receiver(row))
  }

  private sender(row: number): number {
    return this.ends.from[row]!
  }

  private receiver(row: number): number {
    return this.ends.to[row]!
  }

  /** The port of a tunnel, else that of the flow's server. */
  private outerPort(flow: number, template: number, start: number): number {
    const udp = this.templates.outerUdp[template]!
    if (udp < 0) return this.flows.transport[flow] === TRANSPORT.icmp ? 0 : this.flows.serverPort[flow]!
    return readUint16(this.templates.bytes, start + udp + UDP.destinationPort)
  }
}
