import type { CalibrationChanges } from '#main/simulation/plan/index'
import type { Problem } from '#shared/lab/problem'
import type { ResultFault } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'

import type { LabRefusal, LabText } from './lab-answer'

/** A lab to be read and turned into run plans. */
export interface SetUpTask extends LabText {
  /** Names of the variants wanted; all where absent. */
  readonly variants?: readonly string[]
  /** What is taken instead of the app's calibration. */
  readonly calibration?: CalibrationChanges
}

/** A lab that is ready to run. */
export interface RunSetUp {
  readonly lab: string
  /** Names of all variants the lab has, in its order. */
  readonly labVariants: readonly string[]
  readonly labHash: string
  readonly durationNs: number
  readonly warmupNs: number
  /** What breaks during the run. */
  readonly faults: readonly ResultFault[]
  /** When traffic entries end that end before the run does, seconds by name. */
  readonly stops: Readonly<Record<string, number>>
  /** How many seeds the lab asks for. */
  readonly seeds: number
  /** One per variant wanted, in the lab's order. */
  readonly plans: readonly RunPlan[]
  /** What the lab's checks warn of. */
  readonly warnings: readonly Problem[]
}

/** Why a lab can't run. */
export type SetUpRefusal = LabRefusal<'run.no-variants' | 'run.no-traffic' | 'run.unknown-variant'>

/** What a set-up task comes to. */
export type SetUpOutcome =
  | { readonly ok: true; readonly setUp: RunSetUp }
  | { readonly ok: false; readonly refusal: SetUpRefusal }
