import { z } from 'zod'

import { STAGES, STAGE_GROUPS, type StageId } from '#shared/plan/index'

/** Factors of fitted parameters by id, in place of those in the file. */
export type CostFactors = Readonly<Record<string, number>>

const CHARGES = ['packet', 'segment', 'byte', 'cold'] as const

/** What a figure is charged for; cold: what packets' figures are multiplied by on cores that have slept deep. */
export type Charge = (typeof CHARGES)[number]

const parameterSchema = z.strictObject({
  /** Name of the parameter. */
  id: z.string().min(1),
  /** What in a host it stands for. */
  description: z.string().min(1),
  /** What it multiplies: figures of these stages or groups of stages, of these kinds, charged for these. */
  stages: z.array(z.enum(STAGES.map(({ id }) => id))).optional(),
  groups: z.array(z.enum(STAGE_GROUPS)).optional(),
  kinds: z.array(z.string()).optional(),
  charges: z.array(z.enum(CHARGES)).optional(),
  /** Standard deviation of the factor's logarithm before the fit: how well the published figures are known. */
  priorDeviation: z.number().positive(),
  factor: z.number().positive(),
  /** Standard deviation of the factor's logarithm after the fit; absent before the first. */
  deviation: z.number().min(0).optional(),
})

const fittedCostsSchema = z.strictObject({
  schema: z.literal('cnilab/fitted-costs/v1'),
  description: z.string(),
  parameters: z.array(parameterSchema),
})

/** A parameter of the fit: a factor on the published costs of some stages. */
export type CostParameter = z.infer<typeof parameterSchema>

const GROUP_OF = new Map<StageId, string>(STAGES.map(({ id, group }) => [id, group]))

/** The factors that calibration found for the published costs of stages. */
export class FittedCosts {
  readonly parameters: readonly CostParameter[]
  private readonly factors: CostFactors

  /**
   * `instead` has factors to take in place of the file's, `scale` what they are multiplied by. Throws where `file` is not of
   * the form `cnilab/fitted-costs/v1` or one of them names a parameter that it has not.
   */
  constructor(file: unknown, instead: CostFactors = {}, scale: CostFactors = {}) {
    this.parameters = fittedCostsSchema.parse(file).parameters
    const known = new Set(this.parameters.map(({ id }) => id))
    const unknown = [...Object.keys(instead), ...Object.keys(scale)].find((id) => !known.has(id))
    if (unknown !== undefined) throw new Error(`Calibration has no parameter ${unknown}`)
    this.factors = Object.fromEntries(
      this.parameters.map(({ id, factor }) => [id, (instead[id] ?? factor) * (scale[id] ?? 1)]),
    )
  }

  /** The factor of a figure: that of the first parameter that covers it, 1 where none does. */
  factorOf(stage: StageId, kind: string | undefined, charge: Charge): number {
    const parameter = this.parameters.find((candidate) => covers(candidate, stage, kind, charge))
    return parameter === undefined ? 1 : this.factors[parameter.id]!
  }
}

function covers(parameter: CostParameter, stage: StageId, kind: string | undefined, charge: Charge): boolean {
  const { stages, groups, kinds, charges } = parameter
  const isNamed = stages?.includes(stage) === true || groups?.some((group) => group === GROUP_OF.get(stage)) === true
  if (!isNamed) return false
  if (kinds !== undefined && !kinds.includes(kind ?? '')) return false
  return charges === undefined ? charge !== 'cold' : charges.includes(charge)
}
