import type { RunService } from '#main/runs/run-service'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { runCalls } from '#shared/contract/run-messages'

import { manifestsBeside, type LabFile } from './lab-files'

/** Answers each call about runs; those that start are of the open document. */
export function runHandlers(runs: RunService, labFile: LabFile): Pick<LabHandlers, keyof typeof runCalls> {
  return {
    startRun: async (request) => runs.start({ ...request, ...(await manifestsBeside(labFile, request.text)) }),
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
