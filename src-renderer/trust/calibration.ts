import calibration from '../../resources/calibration/residuals.json'

/** The calibration that ships with the app. */
export const CALIBRATION: CalibrationRecord = calibration

/** Figures over the scored rows of a table, or of what was left out of a fit. */
export interface Summary {
  readonly scored: number
  readonly medianAbsErrorPct: number | null
  /** Share of telling pairs that come out in the measured order. */
  readonly orderAgreement: number | null
}

/** A row of a table as measured and as predicted. */
export interface RowRecord {
  readonly key: string
  readonly scope: string
  readonly metric: string
  readonly streams: number
  readonly measured: number
  readonly predicted: number | null
  readonly measuredRatio: number | null
  readonly predictedRatio: number | null
  readonly use: string
}

/** A published table. */
export interface TableRecord {
  readonly id: string
  readonly title: string
  readonly url?: string
  readonly caveat?: string
  /** Whether what stages cost was fitted to it. */
  readonly fitted: boolean
  readonly summary: Summary
  readonly rows: readonly RowRecord[]
}

/** What is used of `cnilab/calibration/v1`. */
interface CalibrationRecord {
  readonly tables: readonly TableRecord[]
  readonly crossValidation: readonly { readonly leftOut: string; readonly summary: Summary }[]
}

/** A percentage for people; a dash where there is nothing to compare. */
export function percentText(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(1)} %`
}

/** A share for people. */
export function shareText(share: number | null): string {
  return percentText(share === null ? null : share * 100)
}
