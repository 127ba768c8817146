import type { ProblemCode } from './problem-codes'
import type { z } from './schema-library'

/** What a schema of this folder attaches to an issue of its own, for the problem made of it. */
export interface IssueParameters {
  readonly problem: ProblemCode
  readonly fix?: string
}

/** Adds an issue with a code of `PROBLEM_CODES` to a schema's transform or check; `at` is below the value checked. */
export function addIssue(
  context: z.RefinementCtx,
  problem: ProblemCode,
  message: string,
  fix?: string,
  at: readonly (string | number)[] = [],
): void {
  const parameters: IssueParameters = fix === undefined ? { problem } : { problem, fix }
  context.addIssue({ code: 'custom', message, params: { ...parameters }, path: [...at] })
}
