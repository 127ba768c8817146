import { CallRefused } from '#shared/contract/call-refused'
import { labErrorsText, type ManifestFiles, type Problem } from '#shared/lab/index'

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
  return { code: 'lab.invalid', message: labErrorsText(problems, consequence), problems }
}

/** The value of an answer. Refuses as the answer does where it has none. */
export function valueOf<Value>(answer: LabAnswer<Value>): Value {
  if (answer.ok) return answer.value
  const { code, message, problems } = answer.refusal
  throw new CallRefused(code, message, problems)
}
