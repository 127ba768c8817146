import type { DocumentPath } from './document-path'
import { PROBLEM_CODES, type ProblemCode } from './problem-codes'

/** What is wrong with a lab, where, and what to do about it. */
export interface Problem {
  readonly code: ProblemCode
  readonly severity: 'error' | 'warning'
  /** `spec.nodes[0].nic.mtu`; empty for the document as a whole. */
  readonly path: string
  /** Line in the file, from 1. */
  readonly line: number
  /** A sentence that names the thing and what is wrong with it. */
  readonly message: string
  /** A sentence that says what would put it right, where that can be told. */
  readonly fix?: string
}

/** A problem before its place in the text is known. */
export interface Finding {
  readonly code: ProblemCode
  readonly path: DocumentPath
  readonly message: string
  readonly fix?: string
}

/** How a check reports what it finds. */
export type Report = (code: ProblemCode, path: DocumentPath, message: string, fix?: string) => void

/** Whether a code stands for an error or a warning. */
export function severityOf(code: ProblemCode): Problem['severity'] {
  return PROBLEM_CODES[code].severity
}

/** Whether any of the problems keeps the lab from running. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error')
}
