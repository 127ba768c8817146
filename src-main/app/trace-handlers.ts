import { readManifestFiles } from '#main/documents/manifest-files'
import { reasonOf } from '#main/documents/read-document'
import type { TraceThread } from '#main/pool/trace-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { traceCalls } from '#shared/contract/trace'

/**
 * Answers each call about traces. `labFile` says where the open document's file is, null before it is saved: the manifest
 * files that a lab names lie next to it.
 */
export function traceHandlers(
  thread: Pick<TraceThread, 'trace'>,
  labFile: () => string | null,
): Pick<LabHandlers, keyof typeof traceCalls> {
  return {
    tracePacket: async (asked) => {
      const file = labFile()
      const request = withoutAbsent(asked)
      const task = file === null ? request : { ...request, files: await readManifestFiles(file, request.text) }
      const outcome = await thread.trace(task).catch((error: unknown) => {
        throw new CallRefused('trace.failed', `The packet can't be traced: ${reasonOf(error)}.`)
      })
      if (outcome.ok) return outcome.trace
      const { code, message, problems } = outcome.refusal
      throw new CallRefused(code, message, problems)
    },
  }
}

/** The entries that are there. */
function withoutAbsent<Entries extends object>(entries: Entries): { [Name in keyof Entries]: Exclude<Entries[Name], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as { [Name in keyof Entries]: Exclude<Entries[Name], undefined> }
}
