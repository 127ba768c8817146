import type { StageId } from '#shared/plan/index'

import type { Pass, Step } from '../cni/common/index'
import type { StageCost } from './calibration'

/** A stage with its cost. */
export interface StageReference {
  readonly stage: StageId
  /** The kind of the stage in the calibration. */
  readonly kind: string | undefined
  /** The step of the path that it is of; of a split in software the step in front of which it happens. */
  readonly step: Step
  readonly cost: StageCost
}

/** A pass with its costs. */
export interface CompiledPass {
  readonly entry: Pass['entry']
  readonly merges: boolean
  readonly orphans: boolean
  readonly references: readonly StageReference[]
}
