import type { ComparisonFacts } from '#shared/contract/comparison'
import type { RunData } from '#shared/contract/run-messages'
import type { Lab } from '#shared/lab/index'

/** What a report is made of. */
export interface ReportInput {
  /** With an empty `startedAt` where only the result is at hand. */
  readonly run: RunData
  /** The lab as it was run, and its text; absent where only the result is at hand. */
  readonly lab?: Lab
  readonly labText?: string
  /** What the variants are built of; absent where only the result is at hand. */
  readonly facts?: ComparisonFacts
  /** Version of the app. */
  readonly version: string
}
