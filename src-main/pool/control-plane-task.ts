import { ControlPlaneTooLarge, recordControlPlane, scaleControlPlane } from '#main/simulation/agents/index'
import type { ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'
import { unknownVariantsText, type Lab, type Variant } from '#shared/lab/index'

import { askLab, refusalOf, type Found } from './ask-lab'
import type { LabAnswer, LabText } from './lab-answer'
import { workReporter, type FollowedTask } from './work-reports'

/** A variant of a lab whose control plane is asked about. */
interface VariantOfText extends LabText, FollowedTask {
  readonly variant: string
}

/** A control plane to be recorded. */
export interface RecordTask extends VariantOfText {
  /** Names of the nodes to tell of; all where absent. */
  readonly nodes?: readonly string[]
}

/** A control plane whose start is asked about at other sizes. */
export interface ScaleTask extends VariantOfText {
  /** Numbers of nodes. */
  readonly sizes: readonly number[]
  readonly podsPerNode: number
}

/** Why there is no answer, where the lab is valid. */
type RefusalCode = 'control-plane.unknown-variant' | 'control-plane.unknown-node' | 'control-plane.too-large'

/** What a question about a control plane comes to. */
export type ControlPlaneAnswer<Value> = LabAnswer<Value, RefusalCode>

/** Timers are jittered; the record is that of the timeline that runs have. */
const SEED = 1

/** The task of recording a variant's control plane over the time of a run. */
export function recordControlPlaneInLab({ nodes, ...asked }: RecordTask): ControlPlaneAnswer<ControlPlaneRecord> {
  const report = workReporter(asked)
  return answer(asked, (lab, variant) => {
    const onProgress = (share: number): void => report({ share, step: variant.name })
    const { record, findings } = recordControlPlane(lab, variant, { seed: SEED, nodes, onProgress })
    const known = new Set(record.nodes.map(({ name }) => name))
    const unknown = nodes?.find((name) => !known.has(name))
    if (unknown !== undefined) return refusalOf('control-plane.unknown-node', `No node ${JSON.stringify(unknown)} takes part in the control plane.`)
    return { value: record, findings }
  })
}

/** The task of computing the start of a variant's control plane at other sizes. */
export function scaleControlPlaneInLab({ sizes, podsPerNode, ...asked }: ScaleTask): ControlPlaneAnswer<readonly ControlPlaneSize[]> {
  return answer(asked, (lab, variant) => ({ value: scaleControlPlane(lab, variant, { sizes, podsPerNode, seed: SEED }) }))
}

function answer<Value>(asked: VariantOfText, ask: (lab: Lab, variant: Variant) => Found<Value, RefusalCode>): ControlPlaneAnswer<Value> {
  return askLab(asked, 'nobody can say what its control plane does', (lab) => {
    const variant = lab.variants.find(({ name }) => name === asked.variant)
    if (variant === undefined) return refusalOf('control-plane.unknown-variant', unknownVariantsText([asked.variant], lab))
    try {
      return ask(lab, variant)
    } catch (error) {
      if (error instanceof ControlPlaneTooLarge) return refusalOf('control-plane.too-large', error.message)
      throw error
    }
  })
}
