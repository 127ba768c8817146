/**
 * The header bytes of fragments that a sender made: the fields of its own header, no transport header but in the first,
 * and what NICs and tunnels make of a packet without ports (include/net/flow_dissector.h: fragments hash on addresses).
 */

import { templateOf, tunnelBytes, type FlowTable, type TemplateTable } from '#shared/plan/index'
import {
  flowHash,
  FRAGMENT_UNIT,
  internetChecksum,
  IPV4,
  MORE_FRAGMENTS,
  readUint16,
  readUint32,
  rssHash,
  tunnelSourcePort,
  type FlowTuple,
  writeUint16,
} from '#shared/wire/index'
import { HEADER_SLAB_BYTES } from '../packet-memory'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'

const NONE = -1

export class FragmentHeaders {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly templates: TemplateTable
  private readonly hidesUdpPorts: (row: number) => boolean

  /** `hidesUdpPorts` as in `HeaderWriter`. */
  constructor(pool: PacketPool, flows: FlowTable, templates: TemplateTable, hidesUdpPorts: (row: number) => boolean) {
    this.hidesUdpPorts = hidesUdpPorts
    this.pool = pool
    this.flows = flows
    this.templates = templates
  }

  /** Makes the headers of a wire packet, as the header writer left them, those of the fragment that it is. */
  stamp(packet: number): void {
    const { pool, templates } = this
    const { header } = pool
    const row = pool.rowOf(packet)
    const template = templateOf(this.flows, row)
    // A tunnel that encrypts shows nothing of the sender's header.
    if (templates.innerIp[template] === templates.outerIp[template] && tunnelBytes(this.flows, row) > 0) return
    const slab = headerAt(packet)
    const ip = slab + templates.innerIp[template]
    const more = (pool.flags[packet] & PACKET_FLAG.moreFragments) !== 0 ? MORE_FRAGMENTS : 0
    // Fragments of one datagram have one identification; each packet of a tunnel has its own.
    writeUint16(header, ip + IPV4.identification, pool.sequence[packet] & 0xffff)
    writeUint16(header, ip + IPV4.flagsFragment, more | (pool.fragmentStart[packet] / FRAGMENT_UNIT))
    writeUint16(header, ip + IPV4.checksum, 0)
    writeUint16(header, ip + IPV4.checksum, internetChecksum(header, ip, ip + IPV4.length))
    if (pool.fragmentStart[packet] > 0) header.fill(0, ip + IPV4.length, slab + HEADER_SLAB_BYTES)
    this.hash(packet, template, slab, ip)
  }

  private hash(packet: number, template: number, slab: number, ip: number): void {
    const { pool, templates } = this
    const inner = addressesAt(pool.header, ip)
    const outerIp = slab + templates.outerIp[template]
    const udp = templates.outerUdp[template]
    if (outerIp === ip) {
      pool.rss[packet] = rssHash(inner)
      return
    }
    if (udp === NONE || readUint16(templates.bytes, templates.first[template] + udp) !== 0) return
    const sourcePort = tunnelSourcePort(flowHash(inner))
    writeUint16(pool.header, slab + udp, sourcePort)
    const destinationPort = readUint16(pool.header, slab + udp + 2)
    const addresses = addressesAt(pool.header, outerIp)
    pool.rss[packet] = rssHash(this.hidesUdpPorts(pool.rowOf(packet)) ? addresses : { ...addresses, sourcePort, destinationPort })
  }
}

/** The hash by which a NIC chooses a queue for a fragment: over the addresses of its outermost header. */
export function addressHash(header: Uint8Array, ip: number): number {
  return rssHash(addressesAt(header, ip))
}

function addressesAt(header: Uint8Array, ip: number): FlowTuple {
  return {
    source: readUint32(header, ip + IPV4.source),
    destination: readUint32(header, ip + IPV4.destination),
    protocol: header[ip + IPV4.protocol],
    sourcePort: 0,
    destinationPort: 0,
  }
}
