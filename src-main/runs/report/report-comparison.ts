import type { ChartRun } from '#shared/charts/index'
import { checkClaims, sevenRows, type CheckedClaim, type ComparisonRow } from '#shared/comparison/index'

import type { ReportInput } from './report-input'

/** The comparison in seven rows, and common claims checked. */
export interface ReportComparison {
  readonly rows: readonly ComparisonRow[]
  readonly claims: readonly CheckedClaim[]
}

/** The comparison of a report's run. */
export function reportComparison({ result, figures }: ChartRun, { facts }: ReportInput): ReportComparison {
  const compared = { result, figures, ...(facts && { facts }) }
  return { rows: sevenRows(compared), claims: checkClaims(compared) }
}
