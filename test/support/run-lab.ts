/** Runs a lab text as the command line does, without threads. */

import { parseLab } from '#shared/lab/index'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import { buildRunPlan } from '#main/simulation/plan/index'
import { runTask } from '#worker/run-task'

/** The outcome of one variant of a lab with a seed. Throws when the lab has problems. */
export function runLab(text: string, variant: string, seed = 1): SeedOutcome {
  const { lab, problems } = parseLab(text)
  if (lab === undefined) throw new Error(JSON.stringify(problems))
  const built = buildRunPlan(lab, variant)
  if (!('plan' in built)) throw new Error(JSON.stringify(built.problems))
  const progress = ProgressSlab.create(built.plan.labels.traffic.length).buffer
  return runTask({ plan: built.plan, seed, progress }, () => 0)
}
