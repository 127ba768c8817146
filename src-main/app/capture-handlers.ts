import type { Captures } from '#main/runs/captures'
import type { captureCalls } from '#shared/contract/capture'
import type { LabHandlers } from '#shared/contract/lab-api'

import { manifestsBeside, type LabFile } from './lab-files'
import { findWireshark, openInWireshark, type WiresharkPlace } from './wireshark'

/** What answers about captures need. */
export interface CaptureHandlerParts {
  readonly captures: Captures
  readonly labFile: LabFile
  readonly place: WiresharkPlace
}

/** Answers each call about captures. */
export function captureHandlers({ captures, labFile, place }: CaptureHandlerParts): Pick<LabHandlers, keyof typeof captureCalls> {
  return {
    listInterfaces: async ({ text, variant }) => captures.offers({ text, ...(await manifestsBeside(labFile, text)) }, variant),
    getCapture: ({ runId }) => captures.frames(runId),
    traceCaptured: ({ runId, on, record }) => captures.trace(runId, { on, record }),
    findWireshark: async () => (await findWireshark(place)) !== undefined,
    openInWireshark: async ({ bytes }) => {
      await openInWireshark(bytes, place)
      return null
    },
  }
}
