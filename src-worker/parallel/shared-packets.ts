/**
 * Memory of packets that two engines share: a packet that crosses stays where it is, and only its number crosses. Growing
 * moves nothing, so each engine goes on by the views it has until it meets a packet beyond them.
 */

import { HEADER_SLAB_BYTES, packetBytes, type PacketMemory } from '../engine/packet-memory'

/** Most packets alive; address space for them is set aside, memory only for those that there are. */
const MOST_PACKETS = 1 << 22

/** What crosses to the partner's thread. */
export interface SharedPacketBuffers {
  /** How many packets have been claimed. */
  readonly claimed: SharedArrayBuffer
  readonly integers: SharedArrayBuffer
  readonly doubles: SharedArrayBuffer
  readonly headers: SharedArrayBuffer
}

/** Makes the buffers of a run, with no packet in them yet. */
export function createPacketBuffers(): SharedPacketBuffers {
  const most = packetBytes(MOST_PACKETS)
  return {
    claimed: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    integers: new SharedArrayBuffer(0, { maxByteLength: most.integers }),
    doubles: new SharedArrayBuffer(0, { maxByteLength: most.doubles }),
    headers: new SharedArrayBuffer(0, { maxByteLength: most.headers }),
  }
}

export class SharedPacketMemory implements PacketMemory {
  readonly integers: SharedArrayBuffer
  readonly doubles: SharedArrayBuffer
  readonly headers: SharedArrayBuffer
  private readonly claimed: Int32Array

  constructor(buffers: SharedPacketBuffers) {
    this.integers = buffers.integers
    this.doubles = buffers.doubles
    this.headers = buffers.headers
    this.claimed = new Int32Array(buffers.claimed)
  }

  /** Headers grow last, so the other buffers have room for as many. */
  get capacity(): number {
    return Math.max(0, this.headers.byteLength / HEADER_SLAB_BYTES - 1)
  }

  /** @throws RangeError where more packets are alive than there may be. */
  claim(count: number): number {
    const first = Atomics.add(this.claimed, 0, count)
    const bytes = packetBytes(first + count)
    growTo(this.integers, bytes.integers)
    growTo(this.doubles, bytes.doubles)
    growTo(this.headers, bytes.headers)
    return first
  }
}

/** Grows a buffer to at least so many bytes; the partner may be growing it too. */
function growTo(buffer: SharedArrayBuffer, bytes: number): void {
  try {
    if (buffer.byteLength < bytes) buffer.grow(bytes)
  } catch (error) {
    if (buffer.byteLength < bytes) throw error
  }
}
