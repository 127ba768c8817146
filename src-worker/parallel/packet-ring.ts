/**
 * A ring in shared memory through which wire packets go from one engine to another: one writer, one reader. What the
 * writer has put in becomes visible when it flushes, and what the reader has taken out when it is done. Each side looks at
 * the other's end as seldom as it can, and the ends lie in different cache lines: a line that both cores write moves
 * between them every time.
 */

import { HEADER_SLAB_BYTES, HEADER_SLAB_WORDS, type PacketPool, SACK_BLOCKS } from '../engine/packet-pool'

/** A record: doubles, then 32-bit words, then header bytes. */
const DOUBLES = 16
const WORDS = 16
const RECORD_BYTES = DOUBLES * 8 + WORDS * 4 + HEADER_SLAB_BYTES
/** Words of the two ends: how far the ring is written, and how far it is read. */
const END = { written: 0, read: 32 } as const
const HEAD_BYTES = 256
const RECORDS = 2048

export class PacketRing {
  readonly buffer: SharedArrayBuffer
  private readonly ends: Int32Array
  private readonly doubles: Float64Array
  private readonly words: Int32Array
  /** Records put in and taken out, modulo 2^32: this side's own, and the other side's as last seen. */
  private written = 0
  private read = 0
  /** When the packet last taken out arrives, ns. */
  arrivalNs = 0

  constructor(buffer = new SharedArrayBuffer(HEAD_BYTES + RECORDS * RECORD_BYTES)) {
    this.buffer = buffer
    this.ends = new Int32Array(buffer, 0, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT)
    this.doubles = new Float64Array(buffer)
    this.words = new Int32Array(buffer)
  }

  /** Whether another packet can be put in. */
  hasRoom(): boolean {
    if (((this.written - this.read) | 0) < RECORDS) return true
    this.read = Atomics.load(this.ends, END.read)
    return ((this.written - this.read) | 0) < RECORDS
  }

  /** Puts a packet in that reaches the far end of `port` at `arrivalNs`. Requires: there is room. */
  write(pool: PacketPool, packet: number, port: number, arrivalNs: number): void {
    const at = HEAD_BYTES + (this.written & (RECORDS - 1)) * RECORD_BYTES
    this.written = (this.written + 1) | 0
    this.writeDoubles(pool, packet, at >> 3, arrivalNs)
    const { words } = this
    const word = (at >> 2) + DOUBLES * 2
    words[word] = port
    words[word + 1] = pool.flow[packet]
    words[word + 2] = pool.direction[packet]
    words[word + 3] = pool.flags[packet]
    words[word + 4] = pool.ecn[packet]
    words[word + 5] = pool.segments[packet]
    words[word + 6] = pool.payloadBytes[packet]
    words[word + 7] = pool.ipBytes[packet]
    words[word + 8] = pool.sackCount[packet]
    words[word + 9] = pool.rss[packet]
    words[word + 10] = pool.fragmentStart[packet]
    words[word + 11] = pool.outerFragmentStart[packet]
    words[word + 12] = pool.segmentBytes[packet]
    const { headerWords } = pool
    const from = packet * HEADER_SLAB_WORDS
    const to = word + WORDS
    for (let i = 0; i < HEADER_SLAB_WORDS; i++) words[to + i] = headerWords[from + i]
  }

  /** Lets the reader see what has been put in. */
  flush(): void {
    Atomics.store(this.ends, END.written, this.written)
  }

  /** Whether a packet waits for the reader. */
  hasPacket(): boolean {
    if (this.read === this.written) this.written = Atomics.load(this.ends, END.written)
    return this.read !== this.written
  }

  /** Gives the room of what has been taken out back to the writer. */
  giveBack(): void {
    Atomics.store(this.ends, END.read, this.read)
  }

  /**
   * Takes the oldest packet out into a new one of `pool`: its port is `pool.port`, its time {@link arrivalNs}. Requires:
   * {@link hasPacket} has said that there is one.
   */
  take(pool: PacketPool): number {
    const packet = pool.allocate()
    const at = HEAD_BYTES + (this.read & (RECORDS - 1)) * RECORD_BYTES
    this.readDoubles(pool, packet, at >> 3)
    const { words } = this
    const word = (at >> 2) + DOUBLES * 2
    pool.port[packet] = words[word]
    pool.flow[packet] = words[word + 1]
    pool.direction[packet] = words[word + 2]
    pool.flags[packet] = words[word + 3]
    pool.ecn[packet] = words[word + 4]
    pool.segments[packet] = words[word + 5]
    pool.segmentsSent[packet] = 0
    pool.payloadBytes[packet] = words[word + 6]
    pool.ipBytes[packet] = words[word + 7]
    pool.sackCount[packet] = words[word + 8]
    pool.rss[packet] = words[word + 9]
    pool.fragmentStart[packet] = words[word + 10]
    pool.outerFragmentStart[packet] = words[word + 11]
    pool.segmentBytes[packet] = words[word + 12]
    const { headerWords } = pool
    const from = word + WORDS
    const to = packet * HEADER_SLAB_WORDS
    for (let i = 0; i < HEADER_SLAB_WORDS; i++) headerWords[to + i] = words[from + i]
    this.read = (this.read + 1) | 0
    return packet
  }

  private writeDoubles(pool: PacketPool, packet: number, at: number, arrivalNs: number): void {
    const { doubles } = this
    doubles[at] = arrivalNs
    doubles[at + 1] = pool.sequence[packet]
    doubles[at + 2] = pool.acknowledged[packet]
    doubles[at + 3] = pool.windowBytes[packet]
    doubles[at + 4] = pool.createdNs[packet]
    doubles[at + 5] = pool.departNs[packet]
    doubles[at + 6] = pool.queuedNs[packet]
    doubles[at + 7] = pool.echoNs[packet]
    for (let edge = 0; edge < SACK_BLOCKS * 2; edge++) doubles[at + 8 + edge] = pool.sackEdges[packet * SACK_BLOCKS * 2 + edge]
  }

  private readDoubles(pool: PacketPool, packet: number, at: number): void {
    const { doubles } = this
    this.arrivalNs = doubles[at]
    pool.sequence[packet] = doubles[at + 1]
    pool.acknowledged[packet] = doubles[at + 2]
    pool.windowBytes[packet] = doubles[at + 3]
    pool.createdNs[packet] = doubles[at + 4]
    pool.departNs[packet] = doubles[at + 5]
    pool.queuedNs[packet] = doubles[at + 6]
    pool.echoNs[packet] = doubles[at + 7]
    for (let edge = 0; edge < SACK_BLOCKS * 2; edge++) pool.sackEdges[packet * SACK_BLOCKS * 2 + edge] = doubles[at + 8 + edge]
  }
}
