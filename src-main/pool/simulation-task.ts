import { FAULT_SHAPES, faultTitle, type Fault, labHash, type Problem, unknownVariantsText } from '#shared/lab/index'
import type { ResultFault } from '#shared/metrics/index'
import { SECOND_NS } from '#shared/units/index'

import { planLab } from './plan-lab'
import type { SetUpOutcome, SetUpRefusal, SetUpTask } from './set-up'

export { compareInLab } from './comparison-task'
export { recordControlPlaneInLab, scaleControlPlaneInLab } from './control-plane-task'
export { checkPoliciesInLab } from './policy-check-task'
export { explainInLab, impactInLab, policyArrowsInLab, reachInLab } from './reach-task'
export { makeFramesInLab, offerInterfacesInLab, planCaptureInLab, traceCapturedInLab } from './capture-task'
export { traceInLab } from './trace-task'

/**
 * The task of setting a simulation up, and the entry of the thread that does it: reading a lab of thousands of nodes and
 * computing their routes takes seconds, in which main must answer.
 */
export function setUpSimulation({ text, variants, files, calibration }: SetUpTask): SetUpOutcome {
  const { lab, problems, plans } = planLab(text, { ...(variants && { variants }), ...(files && { files }), ...(calibration && { calibration }) })
  if (!lab) return refuse('lab.invalid', `The lab has ${countErrors(problems)} and can't be run.`, problems)
  if (lab.variants.length === 0) return refuse('run.no-variants', 'The lab has no variants; there is nothing to compare.')
  if (lab.traffic.length === 0) return refuse('run.no-traffic', 'The lab has no traffic; there is nothing to measure.')
  const labVariants = lab.variants.map((variant) => variant.name)
  const unknown = variants?.filter((name) => !labVariants.includes(name)) ?? []
  if (unknown.length > 0) return refuse('run.unknown-variant', unknownVariantsText(unknown, lab))

  return {
    ok: true,
    setUp: {
      lab: lab.name,
      labHash: labHash(lab),
      labVariants,
      durationNs: lab.run.duration,
      warmupNs: lab.run.warmup,
      faults: lab.faults.map(resultFault),
      stops: Object.fromEntries(lab.traffic.flatMap(({ name, stop }) => (stop === undefined ? [] : [[name, stop / SECOND_NS]]))),
      seeds: lab.run.seeds,
      plans,
      warnings: problems,
    },
  }
}

function resultFault(fault: Fault): ResultFault {
  const until = FAULT_SHAPES[fault.kind].fields.includes('until') ? fault.until : fault.at
  const seconds = (ns: number): number => ns / SECOND_NS
  return {
    kind: fault.kind, title: faultTitle({ ...fault }), atSeconds: seconds(fault.at),
    ...(until !== undefined && { untilSeconds: seconds(until) }),
  }
}

function refuse(code: SetUpRefusal['code'], message: string, problems: readonly Problem[] = []): SetUpOutcome {
  return { ok: false, refusal: { code, message, problems } }
}

function countErrors(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  return errors === 1 ? '1 error' : `${errors} errors`
}
