/**
 * A ring in shared memory through which wire packets go from one engine to another: one writer, one reader. What the
 * writer has put in becomes visible when it flushes, and what the reader has taken out when it is done. Each side looks at
 * the other's end as seldom as it can, and the ends lie in different cache lines: a line that both cores write moves
 * between them every time.
 */

import { HEADER_SLAB_BYTES, headerWordsAt, PACKET_STRIDE, type PacketPool, PLAIN_DOUBLES } from '../engine/packet-pool'

/** A record, in 32-bit words: when the packet arrives, its doubles, its integers and its header bytes. */
const DOUBLES_AT = 2
const INTEGERS_AT = DOUBLES_AT + PACKET_STRIDE * 2
const HEADERS_AT = INTEGERS_AT + PACKET_STRIDE
const RECORD_BYTES = HEADERS_AT * Int32Array.BYTES_PER_ELEMENT + HEADER_SLAB_BYTES
/** Words of the two ends: how far the ring is written, and how far it is read. */
const END = { written: 0, read: 32 } as const
const HEAD_BYTES = 256
const RECORDS = 2048
const NONE = -1

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
    pool.port[packet] = port
    const { words, doubles } = this
    const word = at >> 2
    const double = (word + DOUBLES_AT) >> 1
    doubles[at >> 3] = arrivalNs
    const numbers = doublesOf(pool, packet)
    for (let i = 0; i < numbers; i++) doubles[double + i] = pool.doubles[packet + i]
    for (let i = 0; i < PACKET_STRIDE; i++) words[word + INTEGERS_AT + i] = pool.integers[packet + i]
    const { headerWords } = pool
    const from = headerWordsAt(packet)
    const length = pool.headerLength[packet]
    for (let i = 0; i < length; i++) words[word + HEADERS_AT + i] = headerWords[from + i]
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
    this.read = (this.read + 1) | 0
    const { words, doubles } = this
    const word = at >> 2
    const double = (word + DOUBLES_AT) >> 1
    this.arrivalNs = doubles[at >> 3]
    for (let i = 0; i < PACKET_STRIDE; i++) pool.integers[packet + i] = words[word + INTEGERS_AT + i]
    const numbers = doublesOf(pool, packet)
    for (let i = 0; i < numbers; i++) pool.doubles[packet + i] = doubles[double + i]
    pool.next[packet] = NONE
    const { headerWords } = pool
    const to = headerWordsAt(packet)
    const length = pool.headerLength[packet]
    for (let i = 0; i < length; i++) headerWords[to + i] = words[word + HEADERS_AT + i]
    return packet
  }
}

/** How many of a packet's doubles mean anything. */
function doublesOf(pool: PacketPool, packet: number): number {
  return PLAIN_DOUBLES + 2 * pool.sackCount[packet]
}
