import {
  parseBitsPerSecond,
  parseBytes,
  parseIpv4Address,
  parseIpv4Interface,
  parseIpv4Prefix,
  parseNanos,
  parseQueueLimit,
  type ParseResult,
  type UnitError,
} from '#shared/units/index'

import { addIssue } from './issue'
import type { ProblemCode } from './problem-codes'
import { z } from './schema-library'

type CodeOf = Readonly<Record<UnitError['reason'], ProblemCode>>

const quantityCodes: CodeOf = {
  syntax: 'wrong-unit',
  unit: 'wrong-unit',
  negative: 'negative',
  fraction: 'not-whole',
  range: 'out-of-range',
}
const timeCodes: CodeOf = { ...quantityCodes, range: 'time-too-long' }
const addressCodes: CodeOf = { ...quantityCodes, syntax: 'wrong-value' }

/** A schema of texts that `parse` reads; `pattern` and `examples` are for the JSON Schema. */
function textSchema<Value>(
  parse: (text: string) => ParseResult<Value>,
  codes: CodeOf,
  description: { pattern: string; examples: string[] },
) {
  const example = description.examples[0]!
  const bareNumber = (issue: { readonly input?: unknown }): string | undefined =>
    typeof issue.input === 'number' ? `${issue.input} is a bare number; write it like ${example}.` : undefined
  return z
    .string({ error: bareNumber })
    .meta(description)
    .transform((text, context): Value => {
      const result = parse(text)
      if (result.ok) return result.value
      const { reason, message, suggestion } = result.error
      addIssue(context, codes[reason], message, suggestion === undefined ? undefined : `Write ${suggestion}.`)
      return z.NEVER
    })
}

/** A time: `250us`. */
export const nanosSchema = textSchema(parseNanos, timeCodes, {
  pattern: String.raw`^\d+(\.\d+)?(ns|us|ms|s)$`,
  examples: ['250us', '10ms', '1s'],
})

/** A size: `64KiB`. */
export const bytesSchema = textSchema(parseBytes, quantityCodes, {
  pattern: String.raw`^\d+(\.\d+)?([kKMGT]?B|[KMGT]iB)$`,
  examples: ['38B', '64KiB', '1MB'],
})

/** A size of at least one byte. */
export const positiveBytesSchema = bytesSchema.check((context) => {
  if (context.value === 0) reportZero(context, 'A size here is at least 1B.')
})

/** A rate above zero: `10Gbit`. */
export const rateSchema = textSchema(parseBitsPerSecond, quantityCodes, {
  pattern: String.raw`^\d+(\.\d+)?[kKMGT]?bit$`,
  examples: ['10Gbit', '500Mbit'],
}).check((context) => {
  if (context.value === 0) reportZero(context, 'A rate is above zero.')
})

/** A queue length: `1MB` or `100p`. */
export const queueSchema = textSchema(parseQueueLimit, quantityCodes, {
  pattern: String.raw`^(\d+p|\d+(\.\d+)?([kKMGT]?B|[KMGT]iB))$`,
  examples: ['1MB', '100p'],
})

const dottedQuad = String.raw`\d{1,3}(\.\d{1,3}){3}`

/** An IPv4 address: `203.0.113.10`. */
export const ipv4AddressSchema = textSchema(parseIpv4Address, addressCodes, {
  pattern: `^${dottedQuad}$`,
  examples: ['203.0.113.10'],
})

/** An interface's address: `10.1.0.11` or `10.1.0.11/24`. */
export const ipv4InterfaceSchema = textSchema(parseIpv4Interface, addressCodes, {
  pattern: String.raw`^${dottedQuad}(/\d{1,2})?$`,
  examples: ['10.1.0.11/24', '10.1.0.11'],
})

/** A prefix: `10.244.0.0/16`. */
export const ipv4PrefixSchema = textSchema(parseIpv4Prefix, addressCodes, {
  pattern: String.raw`^${dottedQuad}/\d{1,2}$`,
  examples: ['10.244.0.0/16'],
})

function reportZero(context: z.core.ParsePayload<number>, message: string): void {
  context.issues.push({
    code: 'custom',
    message,
    input: context.value,
    params: { problem: 'out-of-range' },
    continue: true,
  })
}

/** A whole number from `min` to `max`; what lies outside is reported as `problem`. */
export function wholeNumber(min: number, max: number, problem: ProblemCode = 'out-of-range') {
  return z
    .int()
    .meta({ minimum: min, maximum: max })
    .superRefine((value, context) => {
      // What is no exact integer has been reported as such.
      if ((value >= min && value <= max) || !Number.isSafeInteger(value)) return
      const negative = value < 0 && problem === 'out-of-range'
      addIssue(context, negative ? 'negative' : problem, `${value} is outside ${min} to ${max}.`)
    })
}

/** A share from 0 to 1. */
export const shareSchema = z.number().min(0).max(1)

/** A largest packet, in bytes: from 68 (RFC 791, the least every link must carry) to 65535 (the longest IPv4 packet). */
export const mtuSchema = wholeNumber(68, 65_535, 'mtu-out-of-range')

/** An autonomous system number (RFC 6793); 0 is reserved (RFC 7607). */
export const asnSchema = wholeNumber(1, 4_294_967_295)

/** A port number of TCP or UDP. */
export const portSchema = wholeNumber(1, 65_535)
