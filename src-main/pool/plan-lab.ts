import { buildRunPlan, CALIBRATION, type CalibrationChanges, calibrationWith } from '#main/simulation/plan/index'
import { type Finding, hasErrors, type Lab, parseLab, placeFindings, type Problem } from '#shared/lab/index'
import type { RunPlan } from '#shared/plan/index'

/** A lab's text as it was understood. */
export interface PlannedLab {
  /** Absent where the lab has errors. */
  readonly lab?: Lab
  /** Everything that is wrong or doubtful: with the lab itself, or with simulating it. */
  readonly problems: readonly Problem[]
  /** A plan for each variant wanted, in the lab's order; none where there are errors. */
  readonly plans: readonly RunPlan[]
}

/**
 * Reads a lab and builds the plans of the variants wanted, all where absent. Names that the lab does not have are passed
 * over. `changes` are to the app's calibration.
 */
export function planLab(text: string, wanted?: readonly string[], changes?: CalibrationChanges): PlannedLab {
  const { lab, document, problems } = parseLab(text)
  if (!lab || !document) return { problems, plans: [] }
  const calibration = changes ? calibrationWith(changes) : CALIBRATION
  const plans: RunPlan[] = []
  const findings = new Map<string, Finding>()
  for (const { name } of lab.variants) {
    if (wanted && !wanted.includes(name)) continue
    const built = buildRunPlan(lab, name, calibration)
    if ('plan' in built) plans.push(built.plan)
    // What is not the variant's own fault is found with each of them.
    for (const finding of 'plan' in built ? built.warnings : built.problems) findings.set(JSON.stringify(finding), finding)
  }
  const all = [...problems, ...placeFindings(document, [...findings.values()])].toSorted((a, b) => a.line - b.line)
  return hasErrors(all) ? { problems: all, plans: [] } : { lab, problems: all, plans }
}
