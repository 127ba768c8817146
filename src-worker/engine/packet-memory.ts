/** Where packets' records lie: integers, doubles and header bytes, each packet at its place in all three. */

/** Numbers of packets are multiples of this: words, and doubles, of a packet's record. */
export const PACKET_STRIDE = 16

/** Bytes kept of every packet: Ethernet header to transport header of the longest template, and its options. */
export const HEADER_SLAB_BYTES = 128

/** Memory of packets that grows by whole packets. */
export interface PacketMemory {
  /** Packets that there is room for. */
  readonly capacity: number
  /** 32-bit integers, {@link PACKET_STRIDE} a packet. */
  readonly integers: ArrayBufferLike
  /** 64-bit floating-point numbers, {@link PACKET_STRIDE} a packet. */
  readonly doubles: ArrayBufferLike
  /** {@link HEADER_SLAB_BYTES} a packet, and as much again behind the last. */
  readonly headers: ArrayBufferLike
  /** Makes room for `count` packets more, and answers the place of the first: those are the caller's. */
  claim(count: number): number
}

/** Bytes that `capacity` packets take in each buffer. */
export function packetBytes(capacity: number): { integers: number; doubles: number; headers: number } {
  const records = capacity * PACKET_STRIDE
  return {
    integers: records * Int32Array.BYTES_PER_ELEMENT,
    doubles: records * Float64Array.BYTES_PER_ELEMENT,
    headers: (capacity + 1) * HEADER_SLAB_BYTES,
  }
}

/** Memory of one engine alone. */
export class OwnPacketMemory implements PacketMemory {
  capacity = 0
  integers = new ArrayBuffer(0)
  doubles = new ArrayBuffer(0)
  headers = new ArrayBuffer(0)

  claim(count: number): number {
    const first = this.capacity
    this.capacity += count
    const bytes = packetBytes(this.capacity)
    this.integers = larger(this.integers, bytes.integers)
    this.doubles = larger(this.doubles, bytes.doubles)
    this.headers = larger(this.headers, bytes.headers)
    return first
  }
}

function larger(old: ArrayBuffer, bytes: number): ArrayBuffer {
  const copy = new ArrayBuffer(bytes)
  new Uint8Array(copy).set(new Uint8Array(old))
  return copy
}
