import { DEFAULT_PORT, flowsBetween, outcomesOf, reachCells, reachUnits, variantReach, type VariantReach } from '#main/simulation/plan/index'
import { isPolicyObject, manifestObjects, reachMatrix } from '#main/simulation/policy/index'
import type { IdleObject, Reach, ReachExplanation, ReachLevel, ReachProtocol } from '#shared/contract/reach'
import { hasErrors, parseLab, placeFindings, quickLab, type Lab, type ManifestFiles, type Problem } from '#shared/lab/index'

/** What is asked about a lab's policies. */
export interface ReachTask {
  /** The lab file's text. */
  readonly text: string
  /** Texts of the manifest files that the lab names. */
  readonly files?: ManifestFiles
  readonly variants: readonly string[]
  readonly by: ReachLevel
  readonly protocol: ReachProtocol
  /** The port that every pod is asked at; its own first of the protocol where absent. */
  readonly port?: number
}

/** A cell of the matrix, to be explained. */
export interface ExplainTask extends ReachTask {
  /** Ids of units. */
  readonly from: string
  readonly to: string
}

/** Why there is no answer. */
export interface ReachRefusal {
  readonly code: 'lab.invalid' | 'reach.unknown-variant' | 'reach.unknown-unit'
  readonly message: string
  readonly problems: readonly Problem[]
}

/** What a question about policies comes to. */
export type ReachOutcomeOf<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: ReachRefusal }

/** A refusal on its way out of the functions below. */
class Refused extends Error {
  readonly refusal: ReachRefusal

  constructor(refusal: ReachRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** A lab that was read, and what its variants make of its policies as far as somebody asked. */
interface KnownLab {
  readonly key: string
  readonly lab: Lab
  readonly variants: Map<string, VariantReach>
}

/** The lab of the last question: the next one is mostly about the same, and reading thousands of pods takes seconds. */
let known: KnownLab | undefined

/** The task of finding out who may connect to whom. */
export function reachInLab(task: ReachTask): ReachOutcomeOf<Reach> {
  return answer(() => {
    const { lab, variants } = readVariants(task)
    const units = reachUnits(variants[0]!.pods, task.by)
    const matrices = variants.map((reach) => reachMatrix(reach.compiled, reach.pods.map((_, pod) => pod), task.protocol, portOf(reach, task)))
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
export function explainInLab(task: ExplainTask): ReachOutcomeOf<readonly ReachExplanation[]> {
  return answer(() => {
    const { variants } = readVariants(task)
    const { units, members } = reachUnits(variants[0]!.pods, task.by)
    const [from, to] = [task.from, task.to].map((id) => {
      const unit = units.findIndex((candidate) => candidate.id === id)
      if (unit < 0) throw refused('reach.unknown-unit', `The lab has no ${task.by} ${JSON.stringify(id)} with pods.`)
      return members[unit]!
    }) as [readonly number[], readonly number[]]
    const pairs = from.length * to.length - (task.from === task.to ? from.length : 0)
    return variants.map((reach, index) => ({
      variant: task.variants[index]!,
      outcomes: outcomesOf(reach, flowsBetween(from, to, task.protocol, portOf(reach, task)), pairs),
    }))
  })
}

function answer<Value>(run: () => Value): ReachOutcomeOf<Value> {
  try {
    return { ok: true, value: run() }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal }
    throw error
  }
}

function readVariants(task: ReachTask): { readonly lab: Lab; readonly variants: readonly VariantReach[] } {
  const found = readLab(task)
  const variants = task.variants.map((name) => {
    const reach = found.variants.get(name) ?? setUp(found, task, name)
    found.variants.set(name, reach)
    return reach
  })
  return { lab: found.lab, variants }
}

function readLab({ text, files }: ReachTask): KnownLab {
  const key = JSON.stringify([text, ...(files ?? [])])
  if (known?.key === key) return known
  const lab = quickLab(text, files) ?? parsedLab(text, files)
  known = { key, lab, variants: new Map() }
  return known
}

/** The lab of a text in which something is to be reported, perhaps only warnings. */
function parsedLab(text: string, files: ManifestFiles | undefined): Lab {
  const { lab, problems } = parseLab(text, files)
  if (!lab || hasErrors(problems)) throw invalid(problems)
  return lab
}

function setUp({ lab }: KnownLab, { text, files }: ReachTask, name: string): VariantReach {
  const variant = lab.variants.find((candidate) => candidate.name === name)
  if (variant === undefined) throw refused('reach.unknown-variant', `The lab has no variant ${JSON.stringify(name)}.`)
  const reach = variantReach(lab, variant)
  if ('problems' in reach) {
    const { document } = parseLab(text, files)
    throw invalid(document === undefined ? [] : placeFindings(document, [...reach.problems]))
  }
  return reach
}

function portOf({ compiled }: VariantReach, { protocol, port }: ReachTask): (end: number) => number {
  const { endpoints } = compiled.cluster
  return (end) => port ?? endpoints[end]!.ports.find((candidate) => candidate.protocol === protocol)?.port ?? DEFAULT_PORT
}

function idleObjects({ refused: notValid, unused }: VariantReach): IdleObject[] {
  return [
    ...notValid.map(({ object, reasons }) => ({ object, reason: reasons.join('; '), isRefused: true })),
    ...unused.map(({ object, reason }) => ({ object, reason, isRefused: false })),
  ]
}

function invalid(problems: readonly Problem[]): Refused {
  const first = problems.find(({ severity }) => severity === 'error')
  const message = `The lab has errors, and nobody can say what its policies do${first === undefined ? '.' : `: ${first.message}`}`
  return new Refused({ code: 'lab.invalid', message, problems })
}

function refused(code: ReachRefusal['code'], message: string): Refused {
  return new Refused({ code, message, problems: [] })
}
