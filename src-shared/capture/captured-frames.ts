import type { CaptureLink } from '../wire/index'

/** An interface of a capture, as files and lists show it. */
export interface CapturedInterface {
  /** As it was asked for: NODE/DEVICE, or SWITCH/NEIGHBOUR. */
  readonly name: string
  readonly description: string
  readonly link: CaptureLink
  /** Bits a second; absent for virtual devices. */
  readonly speed?: number
  readonly frames: number
  /** Packets that were seen before the kept ones and made room for them. */
  readonly overwritten: number
}

/** The frames of a capture as columns, in the order of time. Bytes of frame `n` are `bytes[start[n] … start[n + 1] − 1]`. */
export interface CapturedFrames {
  readonly interfaces: readonly CapturedInterface[]
  readonly count: number
  /** Index of the interface. */
  readonly on: Int32Array
  /** Simulated time, ns. */
  readonly atNs: Float64Array
  readonly start: Int32Array
  readonly bytes: Uint8Array
  /** Length before the snap length cut it. */
  readonly originalLength: Int32Array
  /** Which of `comments` is said of the frame: its flow, and what became of it. */
  readonly comment: Int32Array
  readonly comments: readonly string[]
  /** Number of the record among those of its interface, −1 of a frame of BGP, which has none; and whether the frame left by the device (1) or came from it (0). */
  readonly record: Int32Array
  readonly isOut: Uint8Array
}

/** The bytes of a frame. */
export function frameBytes({ start, bytes }: CapturedFrames, frame: number): Uint8Array {
  return bytes.subarray(start[frame], start[frame + 1])
}
