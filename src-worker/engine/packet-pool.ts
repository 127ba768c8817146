/**
 * All packets alive in a run, as columns with a free list: packets on wires and in queues, and the larger trains that
 * hosts handle (a train is one packet of several segments). Columns grow when more packets are alive than ever before;
 * memory follows packets in flight, not packets sent.
 */

/** Bytes kept of every packet: Ethernet header to transport header of the longest template, and its options. */
export const HEADER_SLAB_BYTES = 128
/** Words of 32 bits from one packet's headers to the next one's. */
export const HEADER_SLAB_WORDS = HEADER_SLAB_BYTES / 4

/** Padding in front of headers that puts the IP header behind an Ethernet header on a word's boundary (Linux NET_IP_ALIGN). */
const IP_ALIGN = 2

/** The longest headers that can be kept, bytes: the rest of a slab is the next one's padding. */
export const MAX_HEADER_BYTES = HEADER_SLAB_BYTES - IP_ALIGN

/** Number of the word of {@link PacketPool.headerWords} that begins at byte `at` of {@link PacketPool.header}. */
export function wordAt(at: number): number {
  return (at + IP_ALIGN) >> 2
}

/** Room for the headers of `count` packets: by bytes from the Ethernet header on, and by words with the padding in front. */
export function headerSlabs(count: number): { bytes: Uint8Array; words: Uint32Array } {
  const buffer = new ArrayBuffer((count + 1) * HEADER_SLAB_BYTES)
  return { bytes: new Uint8Array(buffer, IP_ALIGN, count * HEADER_SLAB_BYTES), words: new Uint32Array(buffer) }
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
  /** An ICMP error about a packet of the other direction; `windowBytes` is the MTU it tells, 0 for other errors. */
  icmpError: 1024,
  /** A fragment, by the header that the sender's transport wrote; more of them follow. */
  fragment: 2048,
  moreFragments: 4096,
  /** A fragment by the outer header of a tunnel. */
  outerFragment: 8192,
  moreOuterFragments: 16384,
  /** Made by the network and not by a sender: a copy, a fragment beyond the first. */
  networkMade: 32768,
} as const

/** Any of the flags of packets that need more than their program at the receiving host. */
export const UNUSUAL_FLAGS = PACKET_FLAG.icmpError | PACKET_FLAG.fragment | PACKET_FLAG.outerFragment

/** Codepoints of {@link PacketPool.ecn}, as in the IP header's two bits (RFC 3168, section 5). */
export const ECN = { notCapable: 0, capable1: 1, capable0: 2, congestion: 3 } as const

/** Selective-acknowledgement blocks a packet can carry beside timestamps (RFC 2018). */
export const SACK_BLOCKS = 3

const NONE = -1

export class PacketPool {
  capacity: number
  /** Packets alive. */
  alive = 0
  flow!: Int32Array
  /** 0: client to server, 1: server to client. */
  direction!: Uint8Array
  flags!: Uint16Array
  /** Codepoint of {@link ECN} in the outermost IP header. */
  ecn!: Uint8Array
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
  /** First payload byte's position in the stream; never wraps. */
  sequence!: Float64Array
  acknowledged!: Float64Array
  windowBytes!: Float64Array
  /** Time the transport made the packet, ns: its timestamp value, and the start of its latency. */
  createdNs!: Float64Array
  /** Where a fragment's data begin, bytes behind the IP header: by the transport's header, and by a tunnel's. */
  fragmentStart!: Int32Array
  outerFragmentStart!: Int32Array
  /** Earliest departure from the host that pacing allows, ns; 0: at once. */
  departNs!: Float64Array
  /** Time the packet joined a queue whose discipline counts waiting time, ns. */
  queuedNs!: Float64Array
  /** Timestamp echo reply (RFC 7323), ns; −1: none. */
  echoNs!: Float64Array
  sackCount!: Uint8Array
  /** Pairs (start, end) of {@link SACK_BLOCKS} blocks a packet. */
  sackEdges!: Float64Array
  /** Absolute number of the pass the packet waits for. */
  pass!: Int32Array
  /** RSS hash of a wire packet's outermost header, as a NIC computes it. */
  rss!: Uint32Array
  /** Port a wire packet left by. */
  port!: Int32Array
  /** Link of whatever list holds the packet. */
  next!: Int32Array
  /** {@link HEADER_SLAB_BYTES} a packet. */
  header!: Uint8Array
  /** The same bytes by words, in the machine's byte order; see {@link wordAt}. */
  headerWords!: Uint32Array
  private freeHead = NONE
  private readonly onGrow: (capacity: number) => void

  /** `onGrow` is told of every new capacity before packets of it are handed out. */
  constructor(capacity: number, onGrow: (capacity: number) => void) {
    this.capacity = 0
    this.onGrow = onGrow
    this.grow(capacity)
  }

  /** Takes a packet; its columns hold old values except `next` = −1. Grows the columns when none is free. */
  allocate(): number {
    if (this.freeHead === NONE) this.grow(this.capacity * 2)
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

  /** Copies everything but the lists it is in: a segment of a train. */
  copy(from: number, to: number): void {
    this.flow[to] = this.flow[from]
    this.direction[to] = this.direction[from]
    this.flags[to] = this.flags[from]
    this.ecn[to] = this.ecn[from]
    this.segments[to] = this.segments[from]
    this.payloadBytes[to] = this.payloadBytes[from]
    this.segmentBytes[to] = this.segmentBytes[from]
    this.sequence[to] = this.sequence[from]
    this.acknowledged[to] = this.acknowledged[from]
    this.windowBytes[to] = this.windowBytes[from]
    this.createdNs[to] = this.createdNs[from]
    this.departNs[to] = this.departNs[from]
    this.fragmentStart[to] = this.fragmentStart[from]
    this.outerFragmentStart[to] = this.outerFragmentStart[from]
    this.echoNs[to] = this.echoNs[from]
    const blocks = this.sackCount[from]
    this.sackCount[to] = blocks
    for (let edge = 0; edge < blocks * 2; edge++) {
      this.sackEdges[to * SACK_BLOCKS * 2 + edge] = this.sackEdges[from * SACK_BLOCKS * 2 + edge]
    }
  }

  /** Whether the packet is its connection's first in its direction. */
  isFirst(packet: number): boolean {
    return (this.flags[packet] & PACKET_FLAG.first) !== 0
  }

  /** Whether the packet carries no payload and takes the programs of acknowledgements. */
  isControl(packet: number): boolean {
    return (this.flags[packet] & PACKET_FLAG.control) !== 0
  }

  /** Whether the sending socket still accounts for the packet. */
  isOwned(packet: number): boolean {
    return (this.flags[packet] & PACKET_FLAG.owned) !== 0
  }

  /** Ends the sending socket's account of the packet. */
  disown(packet: number): void {
    this.flags[packet] &= ~PACKET_FLAG.owned
  }

  /** Segments of all packets alive that are still to be delivered: what is in flight. Walks the pool. */
  segmentsAlive(): number {
    let segments = 0
    for (let packet = 0; packet < this.capacity; packet++) {
      if (this.flow[packet] !== NONE) segments += this.segments[packet] - this.segmentsSent[packet]
    }
    return segments
  }

  private grow(capacity: number): void {
    const old = this.capacity
    this.flow = grown(this.flow, new Int32Array(capacity).fill(NONE))
    this.direction = grown(this.direction, new Uint8Array(capacity))
    this.flags = grown(this.flags, new Uint16Array(capacity))
    this.ecn = grown(this.ecn, new Uint8Array(capacity))
    this.segments = grown(this.segments, new Int32Array(capacity))
    this.segmentsSent = grown(this.segmentsSent, new Int32Array(capacity))
    this.payloadBytes = grown(this.payloadBytes, new Int32Array(capacity))
    this.segmentBytes = grown(this.segmentBytes, new Int32Array(capacity))
    this.ownedBytes = grown(this.ownedBytes, new Int32Array(capacity))
    this.ipBytes = grown(this.ipBytes, new Int32Array(capacity))
    this.sequence = grown(this.sequence, new Float64Array(capacity))
    this.acknowledged = grown(this.acknowledged, new Float64Array(capacity))
    this.windowBytes = grown(this.windowBytes, new Float64Array(capacity))
    this.createdNs = grown(this.createdNs, new Float64Array(capacity))
    this.departNs = grown(this.departNs, new Float64Array(capacity))
    this.fragmentStart = grown(this.fragmentStart, new Int32Array(capacity))
    this.outerFragmentStart = grown(this.outerFragmentStart, new Int32Array(capacity))
    this.queuedNs = grown(this.queuedNs, new Float64Array(capacity))
    this.echoNs = grown(this.echoNs, new Float64Array(capacity))
    this.sackCount = grown(this.sackCount, new Uint8Array(capacity))
    this.sackEdges = grown(this.sackEdges, new Float64Array(capacity * SACK_BLOCKS * 2))
    this.pass = grown(this.pass, new Int32Array(capacity))
    this.rss = grown(this.rss, new Uint32Array(capacity))
    this.port = grown(this.port, new Int32Array(capacity))
    this.next = grown(this.next, new Int32Array(capacity))
    const slabs = headerSlabs(capacity)
    this.header = grown(this.header, slabs.bytes)
    this.headerWords = slabs.words
    for (let packet = capacity - 1; packet >= old; packet--) {
      this.next[packet] = this.freeHead
      this.freeHead = packet
    }
    this.capacity = capacity
    this.onGrow(capacity)
  }
}

function grown<Column extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(old: Column | undefined, fresh: Column): Column {
  if (old !== undefined) fresh.set(old)
  return fresh
}
