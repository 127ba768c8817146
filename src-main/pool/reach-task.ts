import { askedPort, flowsBetween, outcomesOf, policyArrows, reachCells, reachImpact, reachUnits, type VariantReach } from '#main/simulation/plan/index'
import { isPolicyObject, labWithStaged, manifestObjects, reachMatrix } from '#main/simulation/policy/index'
import type { IdleObject, PolicyArrows, Reach, ReachExplanation, ReachImpact, ReachLevel, ReachProposal, ReachProtocol } from '#shared/contract/reach'
import type { Lab } from '#shared/lab/index'

import { answer, readLab, readVariant, refused, setUp, type ReachAnswer } from './known-labs'
import type { LabText } from './lab-answer'
import { stepReporter, type FollowedTask } from './work-reports'

/** How the pods of a lab are asked about each other. */
interface PodsTask extends LabText, FollowedTask {
  readonly by: ReachLevel
  readonly protocol: ReachProtocol
  /** The port that every pod is asked at; its own first of the protocol where absent. */
  readonly port?: number
}

/** What is asked about a lab's policies. */
export interface ReachTask extends PodsTask {
  readonly variants: readonly string[]
}

/** A cell of the matrix, to be explained. */
export interface ExplainTask extends ReachTask {
  /** Ids of units. */
  readonly from: string
  readonly to: string
}

/** A proposal that is compared with the policies as they are. */
export interface ImpactTask extends PodsTask {
  readonly variant: string
  readonly proposal: ReachProposal
}

/** The task of finding out who may connect to whom. */
export function reachInLab(task: ReachTask): ReachAnswer<Reach> {
  return answer(() => {
    const begin = stepReporter(task, 2 + 2 * task.variants.length)
    begin('the lab')
    const lab = readLab(task)
    const variants = task.variants.map((name) => {
      begin(`policies in ${name}`)
      return readVariant(task, name)
    })
    const units = reachUnits(variants[0]!.pods, task.by)
    const matrices = variants.map((reach, index) => {
      begin(`pairs of pods in ${task.variants[index]!}`)
      return reachMatrix(reach.compiled, reach.pods.map((_, pod) => pod), task.protocol, askedPort(reach, task.protocol, task.port))
    })
    begin('the matrix')
    const { cells, ...between } = reachCells(matrices, units)
    return {
      units: units.units,
      policyObjects: manifestObjects(lab).filter(isPolicyObject).length,
      ...between,
      variants: variants.map((reach, index) => ({
        variant: task.variants[index]!,
        dialect: reach.dialect ?? null,
        cells: cells[index]!,
        traffic: reach.traffic.map(({ name, flows }) => ({ name, outcomes: outcomesOf(reach, flows, flows.length) })),
        idle: idleObjects(reach),
      })),
    }
  })
}

/** The task of explaining a cell of the matrix. */
export function explainInLab(task: ExplainTask): ReachAnswer<readonly ReachExplanation[]> {
  return answer(() => {
    const variants = task.variants.map((name) => readVariant(task, name))
    const { units, members } = reachUnits(variants[0]!.pods, task.by)
    const [from, to] = [task.from, task.to].map((id) => {
      const unit = units.findIndex((candidate) => candidate.id === id)
      if (unit < 0) throw refused('reach.unknown-unit', `The lab has no ${task.by} ${JSON.stringify(id)} with pods.`)
      return members[unit]!
    }) as [readonly number[], readonly number[]]
    const pairs = from.length * to.length - (task.from === task.to ? from.length : 0)
    return variants.map((reach, index) => ({
      variant: task.variants[index]!,
      outcomes: outcomesOf(reach, flowsBetween(from, to, task.protocol, askedPort(reach, task.protocol, task.port)), pairs),
    }))
  })
}

/** What policies decide, to be drawn. */
export interface ArrowsTask extends LabText {
  readonly variant: string
  readonly by: 'workload' | 'namespace'
  /** `NetworkPolicy shop/backend`; all policies where absent. */
  readonly policy?: string
}

/** The task of finding out what policies decide between things on the canvas. */
export function policyArrowsInLab(task: ArrowsTask): ReachAnswer<PolicyArrows> {
  return answer(() => policyArrows(readVariant(task, task.variant), task.by, task.policy))
}

/** The task of finding out what a proposal would change. */
export function impactInLab(task: ImpactTask): ReachAnswer<ReachImpact> {
  return answer(() => {
    const { variant, proposal } = task
    const begin = stepReporter(task, 4)
    begin('the lab')
    const lab = readLab(task)
    begin('policies as they are')
    const before = readVariant(task, variant)
    begin('policies as proposed')
    const { after, staged } = proposal.kind === 'staged' ? withStaged(lab, task) : { after: draftOf(task, proposal.text), staged: [] }
    const isSame = before.pods.length === after.pods.length && before.pods.every(({ reference }, pod) => reference === after.pods[pod]!.reference)
    if (!isSame) throw refused('reach.other-pods', 'The draft has other pods than the lab; only policies can be compared.')
    begin('pairs of pods')
    const units = reachUnits(before.pods, task.by)
    return { variant, staged, ...reachImpact(before, after, { protocol: task.protocol, portOf: askedPort(before, task.protocol, task.port), units }) }
  })
}

/** What a variant would make of a lab whose staged policies were enforced. Other plugins than Calico read none. */
function withStaged(lab: Lab, task: ImpactTask): { readonly after: VariantReach; readonly staged: ReachImpact['staged'] } {
  const before = readVariant(task, task.variant)
  if (before.dialect !== 'calico') return { after: before, staged: [] }
  const { lab: proposed, changes } = labWithStaged(lab)
  return { after: setUp(proposed, task, task.variant), staged: changes }
}

function draftOf(task: ImpactTask, text: string): VariantReach {
  return readVariant({ ...task, text }, task.variant)
}

function idleObjects({ refused: notValid, unused }: VariantReach): IdleObject[] {
  return [
    ...notValid.map(({ object, reasons }) => ({ object, reason: reasons.join('; '), isRefused: true })),
    ...unused.map(({ object, reason }) => ({ object, reason, isRefused: false })),
  ]
}
