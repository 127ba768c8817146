import { ControlPlaneTooLarge, recordControlPlane, scaleControlPlane } from '#main/simulation/agents/index'
import type { ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'
import { hasErrors, parseLab, placeFindings, type Finding, type Lab, type Variant } from '#shared/lab/index'

import { invalidLab, type LabAnswer, type LabRefusal, type LabText } from './lab-answer'

/** A variant of a lab whose control plane is asked about. */
interface VariantOfText extends LabText {
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

/** What comes of errors in the lab. */
const CONSEQUENCE = 'nobody can say what its control plane does'

/** Timers are jittered; the record is that of the timeline that runs have. */
const SEED = 1

/** The task of recording a variant's control plane over the time of a run. */
export function recordControlPlaneInLab({ nodes, ...asked }: RecordTask): ControlPlaneAnswer<ControlPlaneRecord> {
  return answer(asked, (lab, variant) => {
    const { record, findings } = recordControlPlane(lab, variant, { seed: SEED, nodes })
    const known = new Set(record.nodes.map(({ name }) => name))
    const unknown = nodes?.find((name) => !known.has(name))
    if (unknown !== undefined) return refusal('control-plane.unknown-node', `No node ${JSON.stringify(unknown)} takes part in the control plane.`)
    return { value: record, findings }
  })
}

/** The task of computing the start of a variant's control plane at other sizes. */
export function scaleControlPlaneInLab({ sizes, podsPerNode, ...asked }: ScaleTask): ControlPlaneAnswer<readonly ControlPlaneSize[]> {
  return answer(asked, (lab, variant) => ({ value: scaleControlPlane(lab, variant, { sizes, podsPerNode, seed: SEED }), findings: [] }))
}

type Answered<Value> = { readonly value: Value; readonly findings: readonly Finding[] } | LabRefusal<RefusalCode>

function answer<Value>(asked: VariantOfText, ask: (lab: Lab, variant: Variant) => Answered<Value>): ControlPlaneAnswer<Value> {
  const { lab, document, problems } = parseLab(asked.text, asked.files)
  if (!lab || !document || hasErrors(problems)) return { ok: false, refusal: invalidLab(problems, CONSEQUENCE) }
  const variant = lab.variants.find(({ name }) => name === asked.variant)
  if (variant === undefined) {
    return { ok: false, refusal: refusal('control-plane.unknown-variant', `The lab has no variant ${JSON.stringify(asked.variant)}.`) }
  }
  try {
    const answered = ask(lab, variant)
    if ('code' in answered) return { ok: false, refusal: answered }
    const found = placeFindings(document, [...answered.findings])
    return hasErrors(found) ? { ok: false, refusal: invalidLab(found, CONSEQUENCE) } : { ok: true, value: answered.value }
  } catch (error) {
    if (error instanceof ControlPlaneTooLarge) return { ok: false, refusal: refusal('control-plane.too-large', error.message) }
    throw error
  }
}

function refusal(code: RefusalCode, message: string): LabRefusal<RefusalCode> {
  return { code, message, problems: [] }
}
