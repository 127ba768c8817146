import { formatBytes, parseBytes, type Bytes } from '#shared/units/index'

import { addIssue } from '../issue'
import { z } from '../schema-library'

/** Distributions measured in data centres, by name; their tables are in `resources/traffic`. */
export const MEASURED_SIZES = ['web-search', 'data-mining'] as const

/** A measured distribution. */
export type MeasuredSizes = (typeof MEASURED_SIZES)[number]

/**
 * Sizes that differ: exponentially or Pareto distributed about a mean (a Pareto `shape` above 1, the smaller the longer the
 * tail), or as measured.
 */
export type SizeDistribution =
  | { readonly form: 'exponential'; readonly mean: Bytes }
  | { readonly form: 'pareto'; readonly mean: Bytes; readonly shape: number }
  | { readonly form: MeasuredSizes }

/** How large messages are: all of one size, or of different ones. */
export type MessageSize = Bytes | SizeDistribution

/** Pareto shape where none is given: that of web objects (Crovella and Bestavros, SIGMETRICS 1996: 1.0 to 1.3). */
const DEFAULT_SHAPE = 1.2

const forms = '10kB, exponential 10kB, pareto 10kB 1.2, web-search or data-mining'

/** Reads a message size; a text where it is none says why. */
export function parseMessageSize(text: string): MessageSize | string {
  const [form = '', ...words] = text.trim().split(/\s+/u)
  const measured = MEASURED_SIZES.find((name) => name === form)
  if (measured !== undefined && words.length === 0) return { form: measured }
  if (form === 'exponential' && words.length === 1) return sized(words[0]!, (mean) => ({ form, mean }))
  if (form === 'pareto' && (words.length === 1 || words.length === 2)) {
    const shape = words[1] === undefined ? DEFAULT_SHAPE : Number(words[1])
    if (!(shape > 1 && shape <= 100)) return 'The shape of a Pareto distribution is above 1, at most 100.'
    return sized(words[0]!, (mean) => ({ form, mean, shape }))
  }
  if (words.length === 0 && /^\d/u.test(form)) return sized(form, (bytes) => bytes)
  return `${JSON.stringify(text.slice(0, 80))} is no size of messages; write ${forms}.`
}

/** Whether the messages have different sizes. */
export function isDistribution(size: MessageSize | undefined): size is SizeDistribution {
  return typeof size === 'object'
}

/** Writes a message size as a lab file has it. */
export function formatMessageSize(size: MessageSize): string {
  if (!isDistribution(size)) return formatBytes(size)
  if (size.form === 'pareto') return `pareto ${formatBytes(size.mean)} ${size.shape}`
  return size.form === 'exponential' ? `exponential ${formatBytes(size.mean)}` : size.form
}

function sized(text: string, make: (bytes: Bytes) => MessageSize): MessageSize | string {
  const parsed = parseBytes(text)
  if (!parsed.ok) return parsed.error.message
  return parsed.value === 0 ? 'A size here is at least 1B.' : make(parsed.value)
}

const size = String.raw`\d+(\.\d+)?([kKMGT]?B|[KMGT]iB)`

/** The schema of a message size. */
export const messageSizeSchema = z
  .string()
  .meta({
    pattern: String.raw`^(${size}|exponential ${size}|pareto ${size}( \d+(\.\d+)?)?|${MEASURED_SIZES.join('|')})$`,
    examples: ['10kB', 'exponential 10kB', 'pareto 10kB 1.2', 'web-search'],
  })
  .transform((text, context): MessageSize => {
    const parsed = parseMessageSize(text)
    if (typeof parsed !== 'string') return parsed
    addIssue(context, problemOf(text), parsed)
    return z.NEVER
  })

/** What is wrong with a plain size keeps the code that other sizes have; anything else is no value of its place. */
function problemOf(text: string): 'wrong-value' | 'wrong-unit' | 'out-of-range' {
  const parsed = parseBytes(text)
  if (parsed.ok) return parsed.value === 0 ? 'out-of-range' : 'wrong-value'
  return /^\s*\d/u.test(text) ? 'wrong-unit' : 'wrong-value'
}
