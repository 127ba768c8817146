import { readManifestFiles } from '#main/documents/manifest-files'
import type { RunService } from '#main/runs/run-service'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { runCalls } from '#shared/contract/run-messages'

/**
 * Answers each call about runs. `labFile` says where the open document's file is, null before it is saved: the manifest
 * files that a lab names lie next to it.
 */
export function runHandlers(runs: RunService, labFile: () => string | null): Pick<LabHandlers, keyof typeof runCalls> {
  return {
    startRun: async (request) => {
      const file = labFile()
      return runs.start(file === null ? request : { ...request, files: await readManifestFiles(file, request.text) })
    },
    stopRun: async ({ runId }) => {
      await runs.stop(runId)
      return null
    },
    listRuns: () => runs.list(),
    getRun: ({ runId }) => runs.get(runId),
    deleteRun: async ({ runId }) => {
      await runs.delete(runId)
      return null
    },
  }
}
