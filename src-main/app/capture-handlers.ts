import { readManifestFiles } from '#main/documents/manifest-files'
import type { Captures } from '#main/runs/captures'
import type { captureCalls } from '#shared/contract/capture'
import type { LabHandlers } from '#shared/contract/lab-api'

import { findWireshark, openInWireshark, type WiresharkPlace } from './wireshark'

/** What answers about captures need. */
export interface CaptureHandlerParts {
  readonly captures: Captures
  /** Where the open document's file is, null before it is saved: the manifest files that a lab names lie next to it. */
  readonly labFile: () => string | null
  readonly place: WiresharkPlace
}

/** Answers each call about captures. */
export function captureHandlers({ captures, labFile, place }: CaptureHandlerParts): Pick<LabHandlers, keyof typeof captureCalls> {
  return {
    listInterfaces: async ({ text, variant }) => {
      const file = labFile()
      return captures.offers(file === null ? { text } : { text, files: await readManifestFiles(file, text) }, variant)
    },
    getCapture: ({ runId }) => captures.frames(runId),
    traceCaptured: ({ runId, on, record }) => captures.trace(runId, { on, record }),
    findWireshark: async () => (await findWireshark(place)) !== undefined,
    openInWireshark: async ({ bytes }) => {
      await openInWireshark(bytes, place)
      return null
    },
  }
}
