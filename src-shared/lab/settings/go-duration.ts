import { z } from '../schema-library'

/** Units of Go's durations (time.ParseDuration), in nanoseconds. */
const UNIT_NS: Readonly<Record<string, number>> = { h: 3_600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 }
const PART = /(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/gu

/** A duration as Go writes it: `1h30m`, `24h0m0s`, `500ms`. */
export const goDurationSchema = z
  .string()
  .regex(/^(0|(\d+(\.\d+)?(h|ms|us|ns|m|s))+)$/u)
  .meta({ examples: ['24h0m0s', '60s'] })

/** Nanoseconds of a duration that {@link goDurationSchema} accepts. */
export function goDurationNs(text: string): number {
  return [...text.matchAll(PART)].reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_NS[unit!]!, 0)
}
