/**
 * What each queue holds, and whether it may hold more: by its own limits, or by what is free of a memory that several
 * queues share (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6, 1998).
 */

const NONE = -1

/** Memory that queues share. */
export interface SharedMemory {
  /** Memory of each queue; −1: it has limits of its own. */
  readonly memoryOf: Int32Array
  /** Bytes of each memory, and how much of what is free one queue may have. */
  readonly bytes: Float64Array
  readonly alpha: Float64Array
}

export class Room {
  /** Packets and bytes that wait in each queue. */
  readonly packets: Int32Array
  readonly bytes: Float64Array
  private readonly limitPackets: Int32Array
  private readonly limitBytes: Float64Array
  private readonly shared: SharedMemory
  private readonly used: Float64Array

  /** Limits of zero are none. */
  constructor(limitPackets: Int32Array, limitBytes: Float64Array, shared: SharedMemory) {
    this.packets = new Int32Array(limitPackets.length)
    this.bytes = new Float64Array(limitPackets.length)
    this.limitPackets = limitPackets
    this.limitBytes = limitBytes
    this.shared = shared
    this.used = new Float64Array(shared.bytes.length)
  }

  /** Room for `parts` queues in place of each, which have its limits each; without shared memory. */
  split(parts: number): Room {
    const of = (limits: Int32Array | Float64Array): number[] => Array.from({ length: limits.length * parts }, (_, row) => limits[Math.floor(row / parts)])
    const memoryOf = new Int32Array(this.limitPackets.length * parts).fill(NONE)
    const none = new Float64Array(0)
    return new Room(Int32Array.from(of(this.limitPackets)), Float64Array.from(of(this.limitBytes)), { memoryOf, bytes: none, alpha: none })
  }

  /** Makes a packet of `size` bytes count; false, and it doesn't, where there is no room for it. */
  enter(queue: number, size: number): boolean {
    this.take(queue, size)
    if (!this.overflows(queue, size)) return true
    this.leave(queue, size)
    return false
  }

  /** Makes a packet of `size` bytes count; false, and it doesn't, where shared memory has no room for it. */
  enterShared(queue: number, size: number): boolean {
    if (this.shared.memoryOf[queue] !== NONE) return this.enter(queue, size)
    this.take(queue, size)
    return true
  }

  /** Makes a packet of `size` bytes count, room or not. */
  take(queue: number, size: number): void {
    this.packets[queue]++
    this.bytes[queue] += size
    const memory = this.shared.memoryOf[queue]
    if (memory !== NONE) this.used[memory] += size
  }

  /** A packet of `size` bytes left. */
  leave(queue: number, size: number): void {
    this.packets[queue]--
    this.bytes[queue] -= size
    const memory = this.shared.memoryOf[queue]
    if (memory !== NONE) this.used[memory] -= size
  }

  /** Whether a queue holds too much since its last packet, of `size` bytes, was taken. */
  overflows(queue: number, size: number): boolean {
    const memory = this.shared.memoryOf[queue]
    if (memory !== NONE) return this.overflowsMemory(memory, this.bytes[queue] - size, this.used[memory] - size, size)
    const packets = this.limitPackets[queue]
    const bytes = this.limitBytes[queue]
    return (packets > 0 && this.packets[queue] > packets) || (bytes > 0 && this.bytes[queue] > bytes)
  }

  /** A packet is taken while its queue is shorter than alpha × what is free, and there is room for it at all. */
  private overflowsMemory(memory: number, waiting: number, used: number, size: number): boolean {
    const free = this.shared.bytes[memory] - used
    return size > free || waiting >= this.shared.alpha[memory] * free
  }
}
