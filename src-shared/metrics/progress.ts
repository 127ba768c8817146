/**
 * The slab through which a running engine and its watcher see each other: a SharedArrayBuffer that the watcher makes,
 * the engine writes once a batch, and the watcher samples whenever it likes. Torn reads are harmless: every slot is a
 * figure of its own that only grows.
 *
 *     byte 0   Int32   stop: the watcher stores 1, the engine reads it once a batch
 *     byte 8   Float64 simulated time reached, ns
 *     byte 16  Float64 events
 *     byte 24  Float64 packet-hops
 *     byte 32  Float64 × traffic entries: payload bytes received so far
 */

const STOP_SLOT = 0
const HEAD_FLOATS = 4
const NOW_SLOT = 1
const EVENTS_SLOT = 2
const HOPS_SLOT = 3

/** Views on a progress slab. */
export class ProgressSlab {
  readonly buffer: SharedArrayBuffer
  private readonly flags: Int32Array
  private readonly figures: Float64Array

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.flags = new Int32Array(buffer, 0, 2)
    this.figures = new Float64Array(buffer)
  }

  /** Makes a zeroed slab for a plan with so many traffic entries. */
  static create(trafficCount: number): ProgressSlab {
    return new ProgressSlab(new SharedArrayBuffer(8 * (HEAD_FLOATS + trafficCount)))
  }

  /** Views on a slab made elsewhere. */
  static attach(buffer: SharedArrayBuffer): ProgressSlab {
    return new ProgressSlab(buffer)
  }

  /** Asks the engine to end at its next batch. */
  requestStop(): void {
    Atomics.store(this.flags, STOP_SLOT, 1)
  }

  /** Whether a stop was asked for. */
  stopRequested(): boolean {
    return Atomics.load(this.flags, STOP_SLOT) === 1
  }

  /** Publishes the engine's position. */
  publish(nowNs: number, events: number, packetHops: number): void {
    this.figures[NOW_SLOT] = nowNs
    this.figures[EVENTS_SLOT] = events
    this.figures[HOPS_SLOT] = packetHops
  }

  /** Publishes the payload a traffic entry has received so far. */
  publishDelivered(traffic: number, bytes: number): void {
    this.figures[HEAD_FLOATS + traffic] = bytes
  }

  /** Simulated time reached, ns. */
  get nowNs(): number {
    return this.figures[NOW_SLOT]!
  }

  /** Events handled. */
  get events(): number {
    return this.figures[EVENTS_SLOT]!
  }

  /** Packets that left a device onto a link. */
  get packetHops(): number {
    return this.figures[HOPS_SLOT]!
  }

  /** Payload bytes a traffic entry has received so far. */
  deliveredBytes(traffic: number): number {
    return this.figures[HEAD_FLOATS + traffic]!
  }
}
