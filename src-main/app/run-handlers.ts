import type { RunService } from '#main/runs/run-service'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { runCalls } from '#shared/contract/run-messages'

/** Answers each call about runs. */
export function runHandlers(runs: RunService): Pick<LabHandlers, keyof typeof runCalls> {
  return {
    startRun: (request) => runs.start(request),
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
