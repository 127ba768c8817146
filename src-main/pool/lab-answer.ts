import { CallRefused } from '#shared/contract/call-refused'
import type { ManifestFiles, Problem } from '#shared/lab/index'

/** A lab by its text. */
export interface LabText {
  /** The lab file's text. */
  readonly text: string
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
}

/** Why there is no answer to a question about a lab. */
export interface LabRefusal<Code extends string = string> {
  readonly code: Code | 'lab.invalid'
  readonly message: string
  readonly problems: readonly Problem[]
}

/** What a question about a lab comes to; it crosses between threads. */
export type LabAnswer<Value, Code extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: LabRefusal<Code> }

/** The refusal of a lab with errors, by the first of them. `consequence` is what comes of that, a clause. */
export function invalidLab(problems: readonly Problem[], consequence: string): LabRefusal<never> {
  const first = problems.find(({ severity }) => severity === 'error')
  return { code: 'lab.invalid', message: `The lab has errors, and ${consequence}${first === undefined ? '.' : `: ${first.message}`}`, problems }
}

/** That a lab has no variants of these names, but others. */
export function unknownVariants(unknown: readonly string[], variants: readonly { readonly name: string }[]): string {
  const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ')
  return `The lab has no variant ${quoted(unknown)}; it has ${quoted(variants.map(({ name }) => name))}.`
}

/** The value of an answer. Refuses as the answer does where it has none. */
export function valueOf<Value>(answer: LabAnswer<Value>): Value {
  if (answer.ok) return answer.value
  const { code, message, problems } = answer.refusal
  throw new CallRefused(code, message, problems)
}
