import { nanos, type Nanos } from '#shared/units/index'

import { nanosSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/** How a lab is run. */
export interface RunSettings {
  readonly duration: Nanos
  /** Time at the start that is simulated but not measured. */
  readonly warmup: Nanos
  /** How many seeds each variant runs with: 1, 2, … */
  readonly seeds: number
  /** Whether packets cost CPU time. `false` leaves bare stacks that cost nothing. */
  readonly hostCosts: boolean
}

const LONGEST_DEFAULT_WARMUP = 100_000_000

/**
 * The schema of the run.
 * - duration 1 s: thousands of round trips of any fabric, a few seconds of computing.
 * - warmup: a tenth of the duration, at most 100 ms, by which slow start is over.
 * - seeds 1: the quickest answer; intervals need more.
 * - hostCosts true: the point of the comparison.
 */
export const runSchema = z
  .strictObject({
    duration: nanosSchema.prefault('1s'),
    warmup: nanosSchema.optional(),
    seeds: wholeNumber(1, 1000).default(1),
    hostCosts: z.boolean().default(true),
  })
  .transform(
    (run): RunSettings => ({
      ...run,
      warmup: run.warmup ?? nanos(Math.min(LONGEST_DEFAULT_WARMUP, Math.floor(run.duration / 10))),
    }),
  )
