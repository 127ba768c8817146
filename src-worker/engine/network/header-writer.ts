/**
 * Writes the header bytes of packets as they leave a NIC. Per flow and direction there is an image: the plan's template
 * with the ports of the connection; a packet copies it and gets its lengths, identification, codepoint and checksums.
 * What the image contributes to a header's checksum is summed once.
 */

import { templateOf, type FlowTable, type TemplateTable } from '#shared/plan/index'
import {
  bondHash,
  type BondPolicy,
  DSCP_SHIFT,
  flowHash,
  type FlowTuple,
  ICMP,
  IP_PROTOCOL,
  IPV4,
  ipv4ChecksumFrom,
  ipv4HeaderBytes,
  ipv4HeaderSum,
  LOCAL_PORTS,
  readUint16,
  readUint32,
  rssHash,
  TCP,
  TCP_FLAG,
  tunnelSourcePort,
  UDP,
  writeUint16,
  writeUint32,
} from '#shared/wire/index'
import { addressHash } from '../ip/fragment-headers'
import { HEADER_SLAB_BYTES, packetBytes } from '../packet-memory'
import { HEADER_SLAB_WORDS, headerAt, headerSlabs, headerWordsAt, MAX_HEADER_BYTES, PACKET_FLAG, type PacketPool, wordAt } from '../packet-pool'
import { RANDOM_USE, RandomStream } from '../random'

const NONE = -1
const MICROSECOND_TICKS = 1000
const PORT_COUNT = LOCAL_PORTS.last - LOCAL_PORTS.first + 1

export class HeaderWriter {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly templates: TemplateTable
  private readonly images: Uint8Array
  private readonly imageWords: Uint32Array
  private readonly template: Int32Array
  /** Words of each image that are in use. */
  private readonly words: Int32Array
  /** Offsets of headers in the slab; −1 where there is none. */
  private readonly outerIp: Int32Array
  private readonly outerUdp: Int32Array
  private readonly innerIp: Int32Array
  private readonly transport: Int32Array
  private readonly protocol: Uint8Array
  /** Sums of the images' IP headers, towards their checksums. */
  private readonly outerSum: Int32Array
  private readonly innerSum: Int32Array
  private readonly identification: Uint16Array
  private readonly firstClientPort: Uint16Array
  /** RSS hash of the outermost header, per flow and direction. */
  readonly rss: Uint32Array
  private readonly hidesUdpPorts: (row: number) => boolean

  /** `hidesUdpPorts` tells of which rows' UDP packets the receiving NIC hashes the addresses alone. */
  constructor(pool: PacketPool, flows: FlowTable, templates: TemplateTable, seed: number, hidesUdpPorts: (row: number) => boolean) {
    this.pool = pool
    this.flows = flows
    this.templates = templates
    const rows = flows.count * 2
    const images = headerSlabs(rows, new ArrayBuffer(packetBytes(rows).headers))
    this.images = images.bytes
    this.imageWords = images.words
    this.template = new Int32Array(rows).fill(NONE)
    this.words = new Int32Array(rows)
    this.outerIp = new Int32Array(rows)
    this.outerUdp = new Int32Array(rows)
    this.innerIp = new Int32Array(rows)
    this.transport = new Int32Array(rows)
    this.protocol = new Uint8Array(rows)
    this.outerSum = new Int32Array(rows)
    this.innerSum = new Int32Array(rows)
    this.identification = new Uint16Array(rows)
    this.firstClientPort = new Uint16Array(flows.count)
    this.rss = new Uint32Array(rows)
    this.hidesUdpPorts = hidesUdpPorts
    for (let flow = 0; flow < flows.count; flow++) {
      const drawn = new RandomStream(seed, RANDOM_USE.clientPort, flow)
      this.firstClientPort[flow] = LOCAL_PORTS.first + drawn.below(PORT_COUNT)
      this.template[flow * 2] = templateOf(flows, flow * 2)
      this.template[flow * 2 + 1] = templateOf(flows, flow * 2 + 1)
      this.renew(flow * 2, 0)
      this.renew(flow * 2 + 1, 0)
      this.identification[flow * 2] = drawn.below(0x10000)
      this.identification[flow * 2 + 1] = drawn.below(0x10000)
    }
  }

  /**
   * Gives the packets of a row (2 × flow + direction) the client port of connection `number`. Ports of successive
   * connections lie two apart (net/ipv4/inet_hashtables.c, __inet_hash_connect: odd ports are left to bind). Both ends can
   * tell a connection's port from its number.
   */
  renew(row: number, number: number): void {
    if (this.template[row] === NONE) return
    const flow = row >> 1
    const clientPort = this.clientPort(flow, number)
    const serverPort = this.flows.serverPort[flow]
    if ((row & 1) === 0) this.prepare(row, clientPort, serverPort)
    else this.prepare(row, serverPort, clientPort)
  }

  /** The port of a flow's client in connection `number`. */
  clientPort(flow: number, number: number): number {
    return LOCAL_PORTS.first + ((this.firstClientPort[flow] - LOCAL_PORTS.first + 2 * number) % PORT_COUNT)
  }

  /** The number of a flow's connection whose client has a port: the least that it can be. */
  connectionNumber(flow: number, clientPort: number): number {
    return ((clientPort - this.firstClientPort[flow] + PORT_COUNT) % PORT_COUNT) / 2
  }

  /** Gives the packets of a row other ports. */
  setPorts(row: number, sourcePort: number, destinationPort: number): void {
    if (this.template[row] !== NONE) this.prepare(row, sourcePort, destinationPort)
  }

  /** Writes the headers of a wire packet. Requires: its columns, `ipBytes` included, are final. */
  write(packet: number): void {
    const { pool, imageWords } = this
    const { header, headerWords } = pool
    const row = pool.rowOf(packet)
    const from = row * HEADER_SLAB_WORDS
    const to = headerWordsAt(packet)
    const words = this.words[row]
    for (let word = 0; word < words; word++) headerWords[to + word] = imageWords[from + word]
    const id = this.identification[row]
    this.identification[row] = id + 1
    const slab = headerAt(packet)
    const length = pool.ipBytes[packet]
    const outer = this.outerIp[row]
    const inner = this.innerIp[row]
    pool.rss[packet] = this.rss[row]
    this.finishIp(packet, slab + outer, this.outerSum[row], length, id)
    if (inner !== outer) {
      const udp = this.outerUdp[row]
      if (udp !== NONE) writeUint16(header, slab + udp + UDP.datagramLength, length - (udp - outer))
      this.finishIp(packet, slab + inner, this.innerSum[row], length - (inner - outer), id)
    }
    const transport = this.transport[row]
    const protocol = this.protocol[row]
    if (protocol === IP_PROTOCOL.tcp) this.writeTcp(packet, slab + transport)
    else if (protocol === IP_PROTOCOL.udp) {
      writeUint16(header, slab + transport + UDP.datagramLength, length - (transport - outer))
    }
  }

  /** What packets of a row copy: the headers with everything that its connection's packets have in common. */
  image(row: number): Uint8Array {
    return this.images.subarray(row * HEADER_SLAB_BYTES, row * HEADER_SLAB_BYTES + MAX_HEADER_BYTES)
  }

  /** The outermost flow of a flow's direction (row 2 × flow + direction), as routers see it. */
  outermost(row: number): FlowTuple {
    return outermostTuple(this.images, row * HEADER_SLAB_BYTES + this.outerIp[row])
  }

  /** The hash by which a bond chooses a link for a row's packets; `inside` looks at the headers in a tunnel. */
  bondHash(row: number, policy: BondPolicy, inside: boolean): number {
    const frame = row * HEADER_SLAB_BYTES
    return bondHash(policy, this.images, frame, frame + (inside ? this.innerIp[row] : this.outerIp[row]))
  }

  private finishIp(packet: number, at: number, imageSum: number, totalLength: number, id: number): void {
    const { header, ecn } = this.pool
    const codepoint = ecn[packet]
    if (codepoint !== 0) header[at + IPV4.trafficClass] |= codepoint
    writeUint16(header, at + IPV4.totalLength, totalLength)
    writeUint16(header, at + IPV4.identification, id)
    writeUint16(header, at + IPV4.checksum, ipv4ChecksumFrom(imageSum + totalLength + id + codepoint))
  }

  private writeTcp(packet: number, at: number): void {
    const { pool } = this
    const { header } = pool
    writeUint32(header, at + TCP.sequence, pool.sequence[packet])
    writeUint32(header, at + TCP.acknowledgement, pool.acknowledged[packet])
    writeUint32(header, at + TCP.timestampValue, Math.floor(pool.createdNs[packet] / MICROSECOND_TICKS))
    header[at + TCP.flags] = tcpFlags(pool.flags[packet])
  }

  private prepare(row: number, sourcePort: number, destinationPort: number): void {
    const { templates, images } = this
    const template = this.template[row]
    const base = row * HEADER_SLAB_BYTES
    const bytes = templates.bytes.subarray(templates.first[template], templates.first[template + 1])
    if (bytes.length > MAX_HEADER_BYTES) throw new RangeError('The plan has headers of more bytes than packets keep')
    images.set(bytes, base)
    this.words[row] = wordAt(bytes.length + 3)
    const inner = base + templates.innerIp[template]
    const outer = base + templates.outerIp[template]
    const transport = base + templates.transport[template]
    const protocol = images[inner + IPV4.protocol]
    if (protocol === IP_PROTOCOL.icmp) {
      writeUint16(images, transport + ICMP.rest, (row & 1) === 0 ? sourcePort : destinationPort)
    } else {
      writeUint16(images, transport, sourcePort)
      writeUint16(images, transport + UDP.destinationPort, destinationPort)
    }
    // A tunnel that encrypts shows no header of the sender's.
    const isVisible = inner !== outer || (templates.outerUdp[template] === NONE && protocol !== IP_PROTOCOL.esp)
    if (isVisible) images[inner + IPV4.trafficClass] = this.flows.dscp[row >> 1] << DSCP_SHIFT
    // What a packet adds to these fields and sums must start from nothing.
    for (const ip of [outer, inner]) {
      writeUint16(images, ip + IPV4.totalLength, 0)
      writeUint16(images, ip + IPV4.identification, 0)
      writeUint16(images, ip + IPV4.checksum, 0)
    }
    const udp = base + templates.outerUdp[template]
    // WireGuard's port is the template's; other tunnels have one of the flow's hash.
    if (templates.outerUdp[template] !== NONE && readUint16(images, udp) === 0) {
      const hash = flowHash(tupleAt(images, inner, sourcePort, destinationPort))
      writeUint16(images, udp, tunnelSourcePort(hash))
    }
    this.outerIp[row] = outer - base
    this.innerIp[row] = inner - base
    this.outerUdp[row] = templates.outerUdp[template]
    this.transport[row] = transport - base
    this.protocol[row] = protocol
    this.outerSum[row] = ipv4HeaderSum(images, outer)
    this.innerSum[row] = ipv4HeaderSum(images, inner)
    const isUdp = images[outer + IPV4.protocol] === IP_PROTOCOL.udp
    this.rss[row] = isUdp && this.hidesUdpPorts(row) ? addressHash(images, outer) : rssHash(outermostTuple(images, outer))
  }
}

/** The flag byte of a TCP header from a packet's {@link PACKET_FLAG} bits. */
function tcpFlags(flags: number): number {
  let bits = 0
  if ((flags & PACKET_FLAG.fin) !== 0) bits |= TCP_FLAG.fin
  if ((flags & PACKET_FLAG.syn) !== 0) bits |= TCP_FLAG.syn
  if ((flags & PACKET_FLAG.reset) !== 0) bits |= TCP_FLAG.reset
  if ((flags & PACKET_FLAG.ack) !== 0) bits |= TCP_FLAG.acknowledgement
  if ((flags & PACKET_FLAG.ece) !== 0) bits |= TCP_FLAG.ece
  if ((flags & PACKET_FLAG.cwr) !== 0) bits |= TCP_FLAG.cwr
  return bits
}

/** The flow a router or NIC sees in the outermost header: ports only where the protocol has them. */
function outermostTuple(header: Uint8Array, ip: number): FlowTuple {
  const protocol = header[ip + IPV4.protocol]
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
  const transport = ip + ipv4HeaderBytes(header, ip)
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
