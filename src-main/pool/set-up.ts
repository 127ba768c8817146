import type { CalibrationChanges } from '#main/simulation/plan/index'
import type { ManifestFiles } from '#shared/lab/index'
import type { Problem } from '#shared/lab/problem'
import type { ResultFault } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'

/** A lab to be read and turned into run plans. */
export interface SetUpTask {
  /** The lab file's text. */
  readonly text: string
  /** Names of the variants wanted; all where absent. */
  readonly variants?: readonly string[]
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
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
export interface SetUpRefusal {
  readonly code: 'lab.invalid' | 'run.no-variants' | 'run.no-traffic' | 'run.unknown-variant'
  readonly message: string
  readonly problems: readonly Problem[]
}

/** What a set-up task comes to. */
export type SetUpOutcome =
  | { readonly ok: true; readonly setUp: RunSetUp }
  | { readonly ok: false; readonly refusal: SetUpRefusal }
