/**
 * Writes the header bytes of packets as they leave a NIC. Per flow and direction there is an image: the plan's template
 * with the ports of this run; a packet copies it and gets its lengths, identification and checksums.
 */

import type { FlowTable, TemplateTable } from '#shared/plan/index'
import {
  flowHash,
  type FlowTuple,
  internetChecksum,
  IPV4,
  IP_PROTOCOL,
  LOCAL_PORTS,
  readUint16,
  readUint32,
  rssHash,
  TCP,
  tunnelSourcePort,
  UDP,
  writeUint16,
  writeUint32,
} from '#shared/wire/index'
import { HEADER_SLAB_BYTES, type PacketPool } from '../packet-pool'
import { RANDOM_USE, RandomStream } from '../random'

const SLAB_WORDS = HEADER_SLAB_BYTES / 4
const NONE = -1
const LOCAL_PORT_COUNT = LOCAL_PORTS.last - LOCAL_PORTS.first + 1
const MICROSECOND_TICKS = 1000

export class HeaderWriter {
  private readonly pool: PacketPool
  private readonly templates: TemplateTable
  private readonly images: Uint8Array
  private readonly imageWords: Uint32Array
  private readonly template: Int32Array
  /** Words of each image that are in use. */
  private readonly words: Int32Array
  private readonly identification: Uint16Array
  private readonly flows: FlowTable
  /** Client port of each flow's first connection. */
  private readonly clientPort: Uint16Array
  /** RSS hash of the outermost header, per flow and direction. */
  readonly rss: Uint32Array

  constructor(pool: PacketPool, flows: FlowTable, templates: TemplateTable, seed: number) {
    this.pool = pool
    this.templates = templates
    const rows = flows.count * 2
    this.images = new Uint8Array(rows * HEADER_SLAB_BYTES)
    this.imageWords = new Uint32Array(this.images.buffer)
    this.template = new Int32Array(rows).fill(NONE)
    this.words = new Int32Array(rows)
    this.identification = new Uint16Array(rows)
    this.rss = new Uint32Array(rows)
    this.flows = flows
    this.clientPort = new Uint16Array(flows.count)
    for (let flow = 0; flow < flows.count; flow++) {
      const ports = new RandomStream(seed, RANDOM_USE.clientPort, flow)
      this.clientPort[flow] = LOCAL_PORTS.first + ports.below(LOCAL_PORT_COUNT)
      this.renew(flow * 2, 0)
      this.renew(flow * 2 + 1, 0)
      this.identification[flow * 2] = ports.below(0x10000)
      this.identification[flow * 2 + 1] = ports.below(0x10000)
    }
  }

  /**
   * Gives the packets of a row (2 × flow + direction) the client port of connection `number`. Ports of successive
   * connections lie two apart (net/ipv4/inet_hashtables.c, __inet_hash_connect: odd ports are left to bind).
   */
  renew(row: number, number: number): void {
    const { flows } = this
    const flow = row >> 1
    const offset = (this.clientPort[flow] - LOCAL_PORTS.first + 2 * number) % LOCAL_PORT_COUNT
    const clientPort = LOCAL_PORTS.first + offset
    if ((row & 1) === 0) this.prepare(row, flows.forwardTemplate[flow], clientPort, flows.serverPort[flow])
    else this.prepare(row, flows.reverseTemplate[flow], flows.serverPort[flow], clientPort)
  }

  /** Writes the headers of a wire packet. Requires: its columns, `ipBytes` included, are final. */
  write(packet: number): void {
    const { pool, templates, imageWords } = this
    const row = pool.flow[packet] * 2 + pool.direction[packet]
    const template = this.template[row]
    const from = row * SLAB_WORDS
    const to = packet * HEADER_SLAB_BYTES
    const { header, headerWords } = pool
    const words = this.words[row]
    for (let word = 0; word < words; word++) headerWords[packet * SLAB_WORDS + word] = imageWords[from + word]
    const id = this.identification[row]
    this.identification[row] = id + pool.segments[packet]
    const outer = templates.outerIp[template]
    const inner = templates.innerIp[template]
    this.finishIp(header, to + outer, pool.ipBytes[packet], id)
    if (templates.outerUdp[template] !== NONE) {
      const udp = templates.outerUdp[template]
      writeUint16(header, to + udp + UDP.datagramLength, pool.ipBytes[packet] - (udp - outer))
    }
    if (inner !== outer) this.finishIp(header, to + inner, pool.ipBytes[packet] - (inner - outer), id)
    const transport = templates.transport[template] + to
    if (header[to + inner + IPV4.protocol] === IP_PROTOCOL.udp) {
      writeUint16(header, transport + UDP.datagramLength, pool.ipBytes[packet] - (transport - to - outer))
    } else {
      writeUint32(header, transport + TCP.sequence, pool.sequence[packet] % 0x1_0000_0000)
      writeUint32(header, transport + TCP.acknowledgement, pool.acknowledged[packet] % 0x1_0000_0000)
      writeUint32(header, transport + TCP.timestampValue, Math.floor(pool.createdNs[packet] / MICROSECOND_TICKS) % 0x1_0000_0000)
    }
  }

  /** The outermost flow of a flow's direction (row 2 × flow + direction), as routers see it. */
  outermost(row: number): FlowTuple {
    const outer = this.templates.outerIp[this.template[row]]
    return outermostTuple(this.images, row * HEADER_SLAB_BYTES + outer)
  }

  private finishIp(header: Uint8Array, at: number, totalLength: number, identification: number): void {
    writeUint16(header, at + IPV4.totalLength, totalLength)
    writeUint16(header, at + IPV4.identification, identification & 0xffff)
    writeUint16(header, at + IPV4.checksum, internetChecksum(header, at, at + IPV4.length))
  }

  private prepare(row: number, template: number, sourcePort: number, destinationPort: number): void {
    this.template[row] = template
    if (template === NONE) return
    this.words[row] = Math.ceil((this.templates.first[template + 1] - this.templates.first[template]) / 4)
    const { templates, images } = this
    const base = row * HEADER_SLAB_BYTES
    images.set(templates.bytes.subarray(templates.first[template], templates.first[template + 1]), base)
    const inner = base + templates.innerIp[template]
    const outer = base + templates.outerIp[template]
    const transport = base + templates.transport[template]
    writeUint16(images, transport, sourcePort)
    writeUint16(images, transport + UDP.destinationPort, destinationPort)
    // What NICs and routers add to a checksum of zero fields must be zero in the image.
    writeUint16(images, outer + IPV4.checksum, 0)
    writeUint16(images, inner + IPV4.checksum, 0)
    const udp = base + templates.outerUdp[template]
    // WireGuard's port is the template's; other tunnels have one of the flow's hash.
    if (templates.outerUdp[template] !== NONE && readUint16(images, udp) === 0) {
      const hash = flowHash(tupleAt(images, inner, sourcePort, destinationPort))
      writeUint16(images, udp, tunnelSourcePort(hash))
    }
    this.rss[row] = rssHash(outermostTuple(images, outer))
  }
}

/** The flow a router or NIC sees in the outermost header: ports only where the protocol has them. */
function outermostTuple(header: Uint8Array, ip: number): FlowTuple {
  const protocol = header[ip + IPV4.protocol]
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
  const transport = ip + IPV4.length
  return tupleAt(
    header,
    ip,
    hasPorts ? readUint16(header, transport) : 0,
    hasPorts ? readUint16(header, transport + UDP.destinationPort) : 0,
  )
}

function tupleAt(header: Uint8Array, ip: number, sourcePort: number, destinationPort: number): FlowTuple {
  return {
    source: readUint32(header, ip + IPV4.source),
    destination: readUint32(header, ip + IPV4.destination),
    protocol: header[ip + IPV4.protocol],
    sourcePort,
    destinationPort,
  }
}
