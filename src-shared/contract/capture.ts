import { z } from 'zod'

import type { CapturedFrames } from '../capture/index'
import { result } from './call'
import { maximumDocumentLength, maximumExportBytes } from './document'
import type { Trace } from './trace'

const interfaceName = z.string().min(1).max(512)
const variant = z.string().min(1).max(253)

/** Interfaces that one capture watches at most, and bytes of a frame that it keeps at most (tcpdump's longest). */
export const maximumInterfaces = 16
export const longestSnap = 262_144

/** What a run captures: of one variant, with its first seed. */
export const captureOrder = z.strictObject({
  variant,
  /** NODE/DEVICE, or SWITCH/NEIGHBOUR. */
  interfaces: z.array(interfaceName).min(1).max(maximumInterfaces),
  /** As `src-shared/capture` reads it; everything unless given. */
  filter: z.string().max(4096).optional(),
  /** Bytes kept of each frame at most. */
  snapLength: z.int().min(1).max(longestSnap),
})

/** What a run captures. */
export type CaptureOrder = z.infer<typeof captureOrder>

/** The verbs about captures, as entries of the contract. A capture begins with `startRun`; the newest one is kept until the app ends. */
export const captureCalls = {
  /** The interfaces of a variant that can be captured. Error codes: `lab.invalid` with `problems`, `capture.refused`, `capture.failed`. */
  listInterfaces: [z.strictObject({ text: z.string().max(maximumDocumentLength), variant }), result<readonly InterfaceOffer[]>()],
  /** What a run captured, once the run is over. Error codes: `capture.none`, `capture.failed`. */
  getCapture: [z.strictObject({ runId: z.uuid() }), result<CapturedFrames>()],
  /** The way of a captured packet, by its interface and the number of its record there. Error codes: those of `getCapture`. */
  traceCaptured: [
    z.strictObject({ runId: z.uuid(), on: z.int().min(0).max(maximumInterfaces - 1), record: z.int().min(-1) }),
    result<Trace>(),
  ],
  /** Whether Wireshark is installed. */
  findWireshark: [z.undefined(), result<boolean>()],
  /** Opens a capture file made in the window in Wireshark. Error codes: `wireshark.missing`, `wireshark.failed`. */
  openInWireshark: [
    z.strictObject({
      bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= maximumExportBytes, 'too many bytes'),
    }),
    result<null>(),
  ],
} as const

/** An interface that can be captured. */
export interface InterfaceOffer {
  readonly name: string
  /** What it is, in words. */
  readonly is: string
}
