import { ControlPlaneTooLarge, recordControlPlane, scaleControlPlane } from '#main/simulation/agents/index'
import type { ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'
import { hasErrors, parseLab, placeFindings, type Finding, type Lab, type ManifestFiles, type Problem, type Variant } from '#shared/lab/index'

/** A variant of a lab whose control plane is asked about. */
interface VariantOfText {
  /** The lab file's text. */
  readonly text: string
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
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

/** Why there is no answer. */
export interface ControlPlaneRefusal {
  readonly code: 'lab.invalid' | 'control-plane.unknown-variant' | 'control-plane.unknown-node' | 'control-plane.too-large'
  readonly message: string
  readonly problems: readonly Problem[]
}

/** What a question about a control plane comes to. */
export type ControlPlaneOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: ControlPlaneRefusal }

/** Timers are jittered; the record is that of the timeline that runs have. */
const SEED = 1

/** The task of recording a variant's control plane over the time of a run. */
export function recordControlPlaneInLab({ nodes, ...asked }: RecordTask): ControlPlaneOutcome<ControlPlaneRecord> {
  return answer(asked, (lab, variant) => {
    const { record, findings } = recordControlPlane(lab, variant, { seed: SEED, nodes })
    const known = new Set(record.nodes.map(({ name }) => name))
    const unknown = nodes?.find((name) => !known.has(name))
    if (unknown !== undefined) return refusal('control-plane.unknown-node', `No node ${JSON.stringify(unknown)} takes part in the control plane.`)
    return { value: record, findings }
  })
}

/** The task of computing the start of a variant's control plane at other sizes. */
export function scaleControlPlaneInLab({ sizes, podsPerNode, ...asked }: ScaleTask): ControlPlaneOutcome<readonly ControlPlaneSize[]> {
  return answer(asked, (lab, variant) => ({ value: scaleControlPlane(lab, variant, { sizes, podsPerNode, seed: SEED }), findings: [] }))
}

type Answered<Value> = { readonly value: Value; readonly findings: readonly Finding[] } | ControlPlaneRefusal

function answer<Value>(asked: VariantOfText, ask: (lab: Lab, variant: Variant) => Answered<Value>): ControlPlaneOutcome<Value> {
  const { lab, document, problems } = parseLab(asked.text, asked.files)
  if (!lab || !document || hasErrors(problems)) return { ok: false, refusal: invalid(problems) }
  const variant = lab.variants.find(({ name }) => name === asked.variant)
  if (variant === undefined) {
    return { ok: false, refusal: refusal('control-plane.unknown-variant', `The lab has no variant ${JSON.stringify(asked.variant)}.`) }
  }
  try {
    const answered = ask(lab, variant)
    if ('code' in answered) return { ok: false, refusal: answered }
    const found = placeFindings(document, [...answered.findings])
    return hasErrors(found) ? { ok: false, refusal: invalid(found) } : { ok: true, value: answered.value }
  } catch (error) {
    if (error instanceof ControlPlaneTooLarge) return { ok: false, refusal: refusal('control-plane.too-large', error.message) }
    throw error
  }
}

function invalid(problems: readonly Problem[]): ControlPlaneRefusal {
  const first = problems.find(({ severity }) => severity === 'error')
  const message = `The lab has errors, and nobody can say what its control plane does${first === undefined ? '.' : `: ${first.message}`}`
  return { code: 'lab.invalid', message, problems }
}

function refusal(code: ControlPlaneRefusal['code'], message: string): ControlPlaneRefusal {
  return { code, message, problems: [] }
}
