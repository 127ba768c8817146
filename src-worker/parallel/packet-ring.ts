/**
 * A ring in shared memory through which wire packets go from one engine to another: one writer, one reader. Only numbers
 * go through it, as both engines' packets lie in the same memory; in a packet's place the reader can leave an empty one for
 * the writer. What the writer has put in becomes visible when it flushes, and what the reader has taken out when it is
 * done. Each side looks at the other's end as seldom as it can, and the ends lie in different cache lines: a line that both
 * cores write moves between them every time.
 */

/** A record, in 32-bit words: when the packet arrives (a double), the packet, and the empty one for the writer. */
const PACKET_AT = 2
const EMPTY_AT = 3
const RECORD_WORDS = 4
/** Words of the two ends: how far the ring is written, and how far it is read. */
const END = { written: 0, read: 32 } as const
const HEAD_WORDS = 64
const RECORDS = 2048
const BYTES = (HEAD_WORDS + RECORDS * RECORD_WORDS) * Int32Array.BYTES_PER_ELEMENT
const NONE = -1

/** Makes the memory of a ring. */
export function createRing(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(BYTES)
  const words = new Int32Array(buffer)
  for (let record = 0; record < RECORDS; record++) words[HEAD_WORDS + record * RECORD_WORDS + EMPTY_AT] = NONE
  return buffer
}

export class PacketRing {
  private readonly doubles: Float64Array
  private readonly words: Int32Array
  /** Records put in and taken out, modulo 2^32: this side's own, and the other side's as last seen. */
  private written = 0
  private read = 0
  /** When the packet last taken out arrives, ns. */
  arrivalNs = 0

  constructor(buffer: SharedArrayBuffer) {
    this.doubles = new Float64Array(buffer)
    this.words = new Int32Array(buffer)
  }

  /** Whether another packet can be put in. */
  hasRoom(): boolean {
    if (((this.written - this.read) | 0) < RECORDS) return true
    this.read = Atomics.load(this.words, END.read)
    return ((this.written - this.read) | 0) < RECORDS
  }

  /**
   * Puts a packet in that arrives at `arrivalNs`. Returns the empty packet that the reader left there, or −1. Requires:
   * there is room.
   */
  write(packet: number, arrivalNs: number): number {
    const { words } = this
    const at = HEAD_WORDS + (this.written & (RECORDS - 1)) * RECORD_WORDS
    this.written = (this.written + 1) | 0
    const empty = words[at + EMPTY_AT]
    words[at + EMPTY_AT] = NONE
    words[at + PACKET_AT] = packet
    this.doubles[at >> 1] = arrivalNs
    return empty
  }

  /** Lets the reader see what has been put in. */
  flush(): void {
    Atomics.store(this.words, END.written, this.written)
  }

  /** Whether a packet waits for the reader. */
  hasPacket(): boolean {
    if (this.read === this.written) this.written = Atomics.load(this.words, END.written)
    return this.read !== this.written
  }

  /** Gives the room of what has been taken out back to the writer. */
  giveBack(): void {
    Atomics.store(this.words, END.read, this.read)
  }

  /**
   * Takes the oldest packet out, and its time as {@link arrivalNs}; `empty` (−1: none) is left for the writer. Requires:
   * {@link hasPacket} has said that there is one.
   */
  take(empty: number): number {
    const { words } = this
    const at = HEAD_WORDS + (this.read & (RECORDS - 1)) * RECORD_WORDS
    this.read = (this.read + 1) | 0
    words[at + EMPTY_AT] = empty
    this.arrivalNs = this.doubles[at >> 1]
    return words[at + PACKET_AT]
  }
}
