/**
 * All packets alive in a run, as columns with a free list: packets on wires and in queues, and the larger trains that
 * hosts handle (a train is one packet of several segments). Columns grow when more packets are alive than ever before;
 * memory follows packets in flight, not packets sent.
 *
 * Columns of integers are views of one buffer, each a word further in, and those of doubles of another; a packet's number
 * is where its record begins in both. So `flow[packet]` reads like a column, and all integers of a packet lie in one cache
 * line: a hop touches three or four lines of a packet instead of one for each column.
 */

import { HEADER_SLAB_BYTES, OwnPacketMemory, PACKET_STRIDE, type PacketMemory } from './packet-memory'

const STRIDE_BITS = 4

/** Words of 32 bits from one packet's headers to the next one's. */
export const HEADER_SLAB_WORDS = HEADER_SLAB_BYTES / 4

/** Place of a packet among all, 0 …: its number without gaps. */
export function placeOfPacket(packet: number): number {
  return packet >> STRIDE_BITS
}

/** The packet at a place; the reverse of {@link placeOfPacket}. */
export function packetAt(place: number): number {
  return place << STRIDE_BITS
}

/** Where a packet's headers begin in {@link PacketPool.header}: at the destination address of its Ethernet header. */
export function headerAt(packet: number): number {
  return packet * (HEADER_SLAB_BYTES / PACKET_STRIDE)
}

/** Likewise in {@link PacketPool.headerWords}, with the padding in front. */
export function headerWordsAt(packet: number): number {
  return packet * (HEADER_SLAB_WORDS / PACKET_STRIDE)
}

/** Padding in front of headers that puts the IP header behind an Ethernet header on a word's boundary (Linux NET_IP_ALIGN). */
const IP_ALIGN = 2

/** The longest headers that can be kept, bytes: the rest of a slab is the next one's padding. */
export const MAX_HEADER_BYTES = HEADER_SLAB_BYTES - IP_ALIGN

/** Number of the word of {@link PacketPool.headerWords} that begins at byte `at` of {@link PacketPool.header}. */
export function wordAt(at: number): number {
  return (at + IP_ALIGN) >> 2
}

/**
 * The slabs of `count` packets: by bytes from the Ethernet header on, and by words with the padding in front. Lengths are
 * told, as V8 asks a buffer that can grow for its length at every access through a view without one.
 */
export function headerSlabs(count: number, buffer: ArrayBufferLike): { bytes: Uint8Array; words: Uint32Array } {
  return { bytes: new Uint8Array(buffer, IP_ALIGN, count * HEADER_SLAB_BYTES), words: new Uint32Array(buffer, 0, (count + 1) * HEADER_SLAB_WORDS) }
}

/** Bits of {@link PacketPool.flags}. */
export const PACKET_FLAG = {
  syn: 1,
  ack: 2,
  /** Sent again after a loss. */
  retransmission: 4,
  /** The first packet of its connection in its direction: pays first-packet costs. */
  first: 8,
  /** No payload: takes the programs of acknowledgements. */
  control: 16,
  /** The sending socket still accounts for it. */
  owned: 32,
  fin: 64,
  reset: 128,
  /** ECN-Echo and Congestion Window Reduced of the TCP header (RFC 3168, section 6.1). */
  ece: 256,
  cwr: 512,
  /** An ICMP error about a packet of the other direction; `sequence` is its type, `windowBytes` the MTU it tells, 0 for other errors. */
  icmpError: 1024,
  /** A fragment, by the header that the sender's transport wrote; more of them follow. */
  fragment: 2048,
  moreFragments: 4096,
  /** A fragment by the outer header of a tunnel. */
  outerFragment: 8192,
  moreOuterFragments: 16384,
  /** Made by the network and not by a sender: a copy, a fragment beyond the first. */
  networkMade: 32768,
  /** On its way back from a host that had nobody for it: its headers stay as they are. */
  stray: 65536,
} as const

/** Any of the flags of packets that need more than their program at the receiving host. */
export const UNUSUAL_FLAGS = PACKET_FLAG.icmpError | PACKET_FLAG.fragment | PACKET_FLAG.outerFragment

/** Either of the flags of packets whose headers are not their sender's to write: they leave as they are. */
export const KEPT_HEADERS = PACKET_FLAG.icmpError | PACKET_FLAG.stray

/** Codepoints of {@link PacketPool.ecn}, as in the IP header's two bits (RFC 3168, section 5). */
export const ECN = { notCapable: 0, capable1: 1, capable0: 2, congestion: 3 } as const

/** Selective-acknowledgement blocks a packet can carry beside timestamps (RFC 2018). */
export const SACK_BLOCKS = 3

const NONE = -1

export class PacketPool {
  /** Packets that there is room for. */
  capacity = 0
  /** Packets alive. */
  alive = 0
  // Integers.
  flow!: Int32Array
  /** 0: client to server, 1: server to client. */
  direction!: Int32Array
  flags!: Int32Array
  /** Codepoint of {@link ECN} in the outermost IP header. */
  ecn!: Int32Array
  /** Transport segments (UDP: datagrams) the packet stands for. */
  segments!: Int32Array
  /** Segments of a train that have left the NIC. */
  segmentsSent!: Int32Array
  payloadBytes!: Int32Array
  /** Payload of the full segments of a train. */
  segmentBytes!: Int32Array
  /** Bytes that the sending socket accounts for while the packet is `owned`. */
  ownedBytes!: Int32Array
  /** Length of the outermost IP packet; wire packets only. */
  ipBytes!: Int32Array
  sackCount!: Int32Array
  /** Absolute number of the pass the packet waits for. */
  pass!: Int32Array
  /** RSS hash of a wire packet's outermost header, as a NIC computes it. */
  rss!: Uint32Array
  /** Port a wire packet left by. */
  port!: Int32Array
  /** Link of whatever list holds the packet. */
  next!: Int32Array
  // Doubles.
  /** First payload byte's position in the stream; never wraps. */
  sequence!: Float64Array
  acknowledged!: Float64Array
  windowBytes!: Float64Array
  /** Time the transport made the packet, ns: its timestamp value, and the start of its latency. */
  createdNs!: Float64Array
  /** Timestamp echo reply (RFC 7323), ns; −1: none. */
  echoNs!: Float64Array
  /** Earliest departure from the host that pacing allows, ns; 0: at once. */
  departNs!: Float64Array
  /** Time the packet joined a queue whose discipline counts waiting time, ns. */
  queuedNs!: Float64Array
  /** Where a fragment's data begin, bytes behind the IP header: by the transport's header, and by a tunnel's. */
  fragmentStart!: Float64Array
  outerFragmentStart!: Float64Array
  /** Pairs (start, end) of {@link SACK_BLOCKS} blocks: `sackEdges[packet]` and the five behind it. */
  sackEdges!: Float64Array
  /** Header bytes; see {@link headerAt}. */
  header!: Uint8Array
  /** The same bytes by words, in the machine's byte order; see {@link wordAt}. */
  headerWords!: Uint32Array
  private integers!: Int32Array
  private doubles!: Float64Array
  private freeHead = NONE
  private readonly onGrow: (capacity: number) => void
  private readonly memory: PacketMemory

  /** `onGrow` is told of every new capacity before packets of it are handed out. */
  constructor(capacity: number, onGrow: (capacity: number) => void, memory: PacketMemory = new OwnPacketMemory()) {
    this.onGrow = onGrow
    this.memory = memory
    this.grow(capacity)
  }

  /** Takes a packet; its columns hold old values except `next` = −1. Grows the columns when none is free. */
  allocate(): number {
    if (this.freeHead === NONE) this.grow(this.capacity)
    const packet = this.freeHead
    this.freeHead = this.next[packet]
    this.next[packet] = NONE
    this.alive++
    return packet
  }

  /** Gives a packet back. Requires: it is in no list. */
  release(packet: number): void {
    this.flow[packet] = NONE
    this.next[packet] = this.freeHead
    this.freeHead = packet
    this.alive--
  }

  /** A packet goes to the pool that shares this one's memory. Requires: it is in no list here. */
  handOver(): void {
    this.alive--
  }

  /** A packet comes from the pool that shares this one's memory. */
  takeOver(packet: number): void {
    if (placeOfPacket(packet) >= this.capacity) this.view()
    this.next[packet] = NONE
    this.alive++
  }

  /** Copies everything but its headers and the list it is in: a segment of a train. */
  copy(from: number, to: number): void {
    const { integers, doubles, next } = this
    const link = next[to]
    for (let i = 0; i < PACKET_STRIDE; i++) integers[to + i] = integers[from + i]
    for (let i = 0; i < PACKET_STRIDE; i++) doubles[to + i] = doubles[from + i]
    next[to] = link
  }

  /** The row that the packet's direction of its flow has in tables of both: 2 × flow + direction. */
  rowOf(packet: number): number {
    return this.flow[packet] * 2 + this.direction[packet]
  }

  /** Whether the packet is its connection's first in its direction. */
  isFirst(packet: number): boolean {
    return (this.flags[packet] & PACKET_FLAG.first) !== 0
  }

  /** Whether the sending socket still accounts for the packet. */
  isOwned(packet: number): boolean {
    return (this.flags[packet] & PACKET_FLAG.owned) !== 0
  }

  /** Ends the sending socket's account of the packet. */
  disown(packet: number): void {
    this.flags[packet] &= ~PACKET_FLAG.owned
  }

  /** Segments of all packets alive that are still to be delivered: what is in flight. Walks all memory, shared or not. */
  segmentsAlive(): number {
    if (this.memory.capacity > this.capacity) this.view()
    let segments = 0
    for (let packet = 0; packet < packetAt(this.capacity); packet += PACKET_STRIDE) {
      if (this.flow[packet] !== NONE) segments += this.segments[packet] - this.segmentsSent[packet]
    }
    return segments
  }

  private grow(count: number): void {
    const first = this.memory.claim(count)
    this.view()
    for (let place = first + count - 1; place >= first; place--) {
      const packet = packetAt(place)
      this.flow[packet] = NONE
      this.next[packet] = this.freeHead
      this.freeHead = packet
    }
  }

  /** Views what memory there is. */
  private view(): void {
    const { capacity, integers, doubles, headers } = this.memory
    this.capacity = capacity
    this.viewIntegers(integers, packetAt(capacity))
    this.viewDoubles(doubles, packetAt(capacity))
    const slabs = headerSlabs(capacity, headers)
    this.header = slabs.bytes
    this.headerWords = slabs.words
    this.onGrow(capacity)
  }

  private viewIntegers(buffer: ArrayBufferLike, count: number): void {
    let at = 0
    const next = (): Int32Array => new Int32Array(buffer, at * Int32Array.BYTES_PER_ELEMENT, count - at++)
    this.integers = new Int32Array(buffer, 0, count)
    this.flow = next()
    this.direction = next()
    this.flags = next()
    this.ecn = next()
    this.segments = next()
    this.segmentsSent = next()
    this.payloadBytes = next()
    this.segmentBytes = next()
    this.ownedBytes = next()
    this.ipBytes = next()
    this.sackCount = next()
    this.pass = next()
    this.port = next()
    this.next = next()
    this.rss = new Uint32Array(buffer, at * Uint32Array.BYTES_PER_ELEMENT, count - at)
  }

  private viewDoubles(buffer: ArrayBufferLike, count: number): void {
    let at = 0
    const next = (): Float64Array => new Float64Array(buffer, at * Float64Array.BYTES_PER_ELEMENT, count - at++)
    this.doubles = new Float64Array(buffer, 0, count)
    this.createdNs = next()
    this.sequence = next()
    this.acknowledged = next()
    this.windowBytes = next()
    this.echoNs = next()
    this.departNs = next()
    this.queuedNs = next()
    this.fragmentStart = next()
    this.outerFragmentStart = next()
    this.sackEdges = next()
  }
}
