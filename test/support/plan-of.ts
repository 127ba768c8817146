import { buildRunPlan } from '#main/simulation/plan/index'
import { PROBLEM_CODES } from '#shared/lab/problem-codes'
import type { Lab } from '#shared/lab/record/lab'
import type { RunPlan } from '#shared/plan/index'

/** The plan of a variant. Throws with the problems where there is none. */
export function planOf(lab: Lab, variant: string): RunPlan {
  const result = buildRunPlan(lab, variant)
  if ('plan' in result) return result.plan
  throw new Error(
    result.problems.map(({ code, message }) => `${code} (${PROBLEM_CODES[code].severity}): ${message}`).join('\n'),
  )
}
