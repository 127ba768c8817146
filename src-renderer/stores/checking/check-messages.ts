import type { CheckedLab } from '#shared/lab/index'

/** A text to be checked. */
export interface CheckRequest {
  readonly id: number
  readonly text: string
}

/** What a check found. */
export interface CheckAnswer extends CheckedLab {
  readonly id: number
}
