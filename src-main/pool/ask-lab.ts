import { hasErrors, parseLab, placeFindings, validLab, type Finding, type Lab, type Problem } from '#shared/lab/index'

import { invalidLab, type LabAnswer, type LabRefusal, type LabText } from './lab-answer'

/** What is found out about a lab without errors of its own: a value, errors that only came to light then, or a refusal. */
export type Found<Value, Code extends string> =
  | { readonly value: Value; readonly findings?: readonly Finding[] }
  | { readonly findings: readonly Finding[] }
  | { readonly refusal: LabRefusal<Code> }

/** Reads a lab and asks it something. `consequence` is what comes of errors in it, a clause. */
export function askLab<Value, Code extends string>(asked: LabText, consequence: string, ask: (lab: Lab) => Found<Value, Code>): LabAnswer<Value, Code> {
  const read = validLab(asked.text, asked.files)
  if ('problems' in read) return { ok: false, refusal: invalidLab(read.problems, consequence) }
  const found = ask(read.lab)
  if ('refusal' in found) return { ok: false, refusal: found.refusal }
  const problems = placeInText(asked, found.findings)
  return 'value' in found && !hasErrors(problems) ? { ok: true, value: found.value } : { ok: false, refusal: invalidLab(problems, consequence) }
}

/** A refusal of what is asked, not of the lab. */
export function refusalOf<Code extends string>(code: Code, message: string): { readonly refusal: LabRefusal<Code> } {
  return { refusal: { code, message, problems: [] } }
}

/** Findings about a lab that is read already, as problems with their places in its text. */
export function placeInText({ text, files }: LabText, findings: readonly Finding[] = []): Problem[] {
  const { document } = findings.length === 0 ? {} : parseLab(text, files)
  return document === undefined ? [] : placeFindings(document, [...findings], files)
}
