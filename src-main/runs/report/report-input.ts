import type { RunData } from '#shared/contract/run-messages'
import type { Lab } from '#shared/lab/index'

/** What a report is made of. */
export interface ReportInput {
  readonly run: RunData
  /** The lab as it was run, and its text. */
  readonly lab: Lab
  readonly labText: string
  /** Version of the app. */
  readonly version: string
}
