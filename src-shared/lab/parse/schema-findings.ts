import { didYouMean } from '../did-you-mean'
import type { DocumentPath } from '../document-path'
import type { IssueParameters } from '../issue'
import type { Finding } from '../problem'
import type { ProblemCode } from '../problem-codes'
import { z } from '../schema-library'

/** The result of a schema: the value it makes of its input, or what is wrong with the input. */
export type SchemaResult<Value> = { readonly value: Value } | { readonly findings: readonly Finding[] }

/** The keys that a mapping takes, put on issues about others. */
const KEYS_ALLOWED = 'keysAllowed'

/** Checks a plain value against a schema; everything that is wrong becomes a finding of its own. */
export function checkSchema<Value>(schema: z.ZodType<Value>, input: unknown): SchemaResult<Value> {
  const result = schema.safeParse(input, { error: describeIssue })
  if (result.success) return { value: result.data }
  return { findings: result.error.issues.flatMap((issue) => findingsOf(issue, input)) }
}

/** The message of an issue whose schema has none of its own. Runs while the schema that raised it is still known. */
function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${capitalised(expectedThing(issue.expected))} is missing here.`
        : `${capitalised(shown(issue.input))} is here instead of ${expectedThing(issue.expected)}.`
    case 'unrecognized_keys':
      if (issue.inst instanceof z.ZodObject) Object.assign(issue, { [KEYS_ALLOWED]: Object.keys(issue.inst.shape) })
      return 'These keys have no meaning here.'
    case 'invalid_value':
      return notOneOf(issue.input, issue.values)
    case 'invalid_union':
      return Array.isArray(issue['options']) ? notOneOf(discriminated(issue), issue['options']) : 'No form fits.'
    case 'too_small':
      return bound(issue.input, issue.origin, 'below', issue.minimum, 'least')
    case 'too_big':
      return bound(issue.input, issue.origin, 'above', issue.maximum, 'most')
    default:
      return `${capitalised(shown(issue.input))} is not allowed here.`
  }
}

function discriminated(issue: z.core.$ZodRawIssue): unknown {
  const key = String(issue['discriminator'])
  return typeof issue.input === 'object' ? (issue.input as Record<string, unknown> | null)?.[key] : undefined
}

function notOneOf(input: unknown, values: readonly unknown[]): string {
  const list = values.map(String).join(', ')
  if (input === undefined) return `One of ${list} is missing here.`
  return values.length === 1
    ? `${capitalised(shown(input))} is here; it must be ${list}.`
    : `${capitalised(shown(input))} is none of ${list}.`
}

function bound(input: unknown, origin: string, side: string, limit: number | bigint, superlative: string): string {
  if (typeof input === 'number') return `${input} is ${side} ${limit}, the ${superlative} allowed here.`
  const unit = origin === 'string' ? 'characters' : 'entries'
  return `The number of ${unit} is ${side} ${limit}, the ${superlative} allowed here.`
}

const things: Readonly<Record<string, string>> = {
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function expectedThing(expected: string): string {
  return things[expected] ?? expected
}

function shown(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return 'a mapping'
  return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * The fix for a key without a value that is no word: in `{description: Two racks, one spine}` the text ends at the comma.
 * In the metadata this is only a warning, since nothing but a description can have been cut.
 */
const QUOTE = 'If this belongs to the text before it, put that text in quotes.'

/** One finding for most issues; one for each unknown key; those of the branch that fits best for a union. */
function findingsOf(issue: z.core.$ZodIssue, root: unknown, base: DocumentPath = []): Finding[] {
  const path = [...base, ...(issue.path as (string | number)[])]
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, valueAt(root, path))
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = issue.errors.map((issues) => issues.flatMap((inner) => findingsOf(inner, root, path)))
    return branches.reduce((best, branch) => (branch.length < best.length ? branch : best))
  }
  const input = valueAt(root, path)
  const own = issue.code === 'custom' ? (issue.params as IssueParameters | undefined) : undefined
  const fix = own === undefined ? fixOf(issue, input) : own.fix
  const code = inSettings(path, own?.problem ?? codeOf(issue, input))
  return [{ code, path, message: issue.message, ...(fix === undefined ? {} : { fix }) }]
}

function isSetting(path: DocumentPath): boolean {
  return path[1] === 'variants' && path[3] === 'settings'
}

/** A value that has the right type and is wrong all the same is one that the plugin refuses. */
function inSettings(path: DocumentPath, code: ProblemCode): ProblemCode {
  const isRefused =
    code === 'wrong-value' || code === 'out-of-range' || code === 'mtu-out-of-range' || code === 'negative'
  return isRefused && isSetting(path) ? 'refused-setting' : code
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: DocumentPath, mapping: unknown): Finding[] {
  const allowed = (issue as { [KEYS_ALLOWED]?: string[] })[KEYS_ALLOWED] ?? []
  const ofSettings = isSetting(path)
  return issue.keys.map((key): Finding => {
    const isCut = /\s/u.test(key) && valueAt(mapping, [key]) === null
    const fix = isCut ? QUOTE : didYouMean(key, allowed)
    const what = ofSettings ? 'is not a setting of this plugin' : 'has no meaning here'
    const code = ofSettings ? 'unknown-setting' : isCut && path[0] === 'metadata' ? 'cut-text' : 'unknown-key'
    const message = `The key ${JSON.stringify(key)} ${what}.`
    return { code, path: [...path, key], message, ...(fix === undefined ? {} : { fix }) }
  })
}

function codeOf(issue: z.core.$ZodIssue, input: unknown): ProblemCode {
  if (input === undefined) return 'missing'
  if (typeof input === 'number' && !Number.isFinite(input)) return 'not-finite'
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' && typeof input === 'number' ? 'not-whole' : 'wrong-type'
    case 'too_small':
      return typeof input === 'number' ? (input < 0 ? 'negative' : 'out-of-range') : 'wrong-value'
    case 'too_big':
      return typeof input === 'number' ? 'out-of-range' : 'wrong-value'
    case 'invalid_value':
    case 'invalid_union':
      return typeof input === 'string' ? 'wrong-value' : 'wrong-type'
    default:
      return 'wrong-value'
  }
}

function fixOf(issue: z.core.$ZodIssue, input: unknown): string | undefined {
  if (issue.code === 'invalid_type') return typeFix(issue.expected, input)
  if (typeof input !== 'string') return undefined
  if (issue.code === 'invalid_value') return didYouMean(input, issue.values.map(String))
  if (issue.code !== 'invalid_union' || !('options' in issue)) return undefined
  return didYouMean(input, (issue.options as unknown[]).map(String))
}

function typeFix(expected: string, input: unknown): string | undefined {
  const isNumber = expected === 'number' || expected === 'int'
  if (isNumber && typeof input === 'string' && input.trim() !== '' && Number.isFinite(Number(input))) {
    return `Write ${input.trim()} without quotes.`
  }
  if (input === null) return 'Leave the key out, or give it a value.'
  if (expected === 'boolean' && typeof input === 'string') return 'Write true or false, without quotes.'
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `If it is meant as a text, write ${JSON.stringify(String(input))}.`
  }
  return undefined
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  let here = root
  for (const step of path) here = (here as Record<string | number, unknown> | null | undefined)?.[step]
  return here
}
