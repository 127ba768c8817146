import { objectErrors } from '#main/simulation/objects/index'
import { buildRunPlan, CALIBRATION, type CalibrationChanges, calibrationWith } from '#main/simulation/plan/index'
import { hasErrors, type Lab, type ManifestFiles, missingManifests, parseLab, placeFindings, type Problem } from '#shared/lab/index'
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

/** What plans are built of beside the lab's text. */
export interface PlanOptions {
  /** Names of the variants wanted; all where absent. Names that the lab does not have are passed over. */
  readonly variants?: readonly string[]
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
  /** Changes to the app's calibration. */
  readonly calibration?: CalibrationChanges
}

/** Reads a lab and builds the plans of the variants wanted. */
export function planLab(text: string, { variants: wanted, files, calibration: changes }: PlanOptions = {}): PlannedLab {
  const { lab, document, problems } = parseLab(text, files)
  if (!lab || !document) return { problems, plans: [] }
  const calibration = changes ? calibrationWith(changes) : CALIBRATION
  const plans: RunPlan[] = []
  const findings = new Map([...missingManifests(lab, files), ...objectErrors(lab)].map((finding) => [JSON.stringify(finding), finding]))
  for (const { name } of lab.variants) {
    if (wanted && !wanted.includes(name)) continue
    const built = buildRunPlan(lab, name, calibration)
    if ('plan' in built) plans.push(built.plan)
    // What is not the variant's own fault is found with each of them.
    for (const finding of 'plan' in built ? built.warnings : built.problems) findings.set(JSON.stringify(finding), finding)
  }
  const all = [...problems, ...placeFindings(document, [...findings.values()], files)].toSorted((a, b) => a.line - b.line)
  return hasErrors(all) ? { problems: all, plans: [] } : { lab, problems: all, plans }
}
