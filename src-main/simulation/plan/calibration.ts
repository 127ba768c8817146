import { z } from 'zod'

import { STAGES, type StageId } from '#shared/plan/index'

import fittedCostsFile from '../../../resources/calibration/fitted-costs.json'
import hostDefaultsFile from '../../../resources/calibration/host-defaults.json'
import stageCostsFile from '../../../resources/calibration/stage-costs.json'
import { FittedCosts, type Charge, type CostFactors } from './fitted-costs'

/** What a stage costs, in CPU cycles. */
export interface StageCost {
  readonly perPacket: number
  readonly perSegment: number
  readonly perByte: number
  /** Instead of `perPacket`, for the packet that opens a connection. */
  readonly firstPerPacket: number
  /** What these two are more on a core that has slept deep. */
  readonly coldPerPacket: number
  readonly coldFirstPerPacket: number
}

const figure = (per: 'packet' | 'segment' | 'byte') =>
  z.strictObject({
    value: z.number().min(0),
    unit: z.literal(`ns/${per}`),
    machine: z.string(),
    uncertainty: z.number().min(0),
    source: z.string().min(1),
    derived: z.string().min(1),
  })

const stageCostsSchema = z.strictObject({
  schema: z.literal('cnilab/stage-costs/v1'),
  description: z.string(),
  machines: z.record(
    z.string(),
    z.strictObject({ cpu: z.string(), ghz: z.number().positive(), kernel: z.string(), note: z.string().optional() }),
  ),
  costs: z.array(
    z.strictObject({
      stage: z.enum(STAGES.map(({ id }) => id)),
      kind: z.string().optional(),
      perPacket: figure('packet').optional(),
      perSegment: figure('segment').optional(),
      perByte: figure('byte').optional(),
      firstPerPacket: figure('packet').optional(),
    }),
  ),
})

/** The costs of all stages, by stage and kind: the published figures, each times the factor that was fitted for it. */
export class StageCosts {
  private readonly costs = new Map<string, StageCost>()
  private readonly sources = new Map<string, string>()

  /** Without `fitted`, published figures as they are. Throws where `file` is not of the form `cnilab/stage-costs/v1`, names an unknown machine, or has a stage twice. */
  constructor(file: unknown, fitted?: FittedCosts) {
    const { machines, costs } = stageCostsSchema.parse(file)
    const cycles = (entry: { value: number; machine: string } | undefined, factor: number): number => {
      if (entry === undefined) return 0
      const machine = machines[entry.machine]
      if (machine === undefined) throw new Error(`Calibration names an unknown machine: ${entry.machine}`)
      return entry.value * machine.ghz * factor
    }
    for (const { stage, kind, perPacket, perSegment, perByte, firstPerPacket } of costs) {
      const key = keyOf(stage, kind)
      if (this.costs.has(key)) throw new Error(`Calibration has a cost twice: ${key}`)
      const factor = (per: Charge) => fitted?.factorOf(stage, kind, per) ?? 1
      const colder = factor('packet') * (factor('cold') - 1)
      this.costs.set(key, {
        perPacket: cycles(perPacket, factor('packet')),
        perSegment: cycles(perSegment, factor('segment')),
        perByte: cycles(perByte, factor('byte')),
        firstPerPacket: cycles(firstPerPacket ?? perPacket, factor('packet')),
        coldPerPacket: cycles(perPacket, colder),
        coldFirstPerPacket: cycles(firstPerPacket ?? perPacket, colder),
      })
      const figures = [perPacket, perSegment, perByte, firstPerPacket].flatMap((each) => each?.source ?? [])
      const factors = [factor('packet'), factor('segment'), factor('byte')].filter((each) => each !== 1)
      const fit = factors.length === 0 ? [] : [`times ${[...new Set(factors)].map((each) => each.toFixed(2)).join(', ')}, fitted to published measurements`]
      const asleep = factor('cold') === 1 ? [] : [`${factor('cold').toFixed(1)} times as much on a core that has slept deep, fitted as well`]
      this.sources.set(key, [...new Set(figures), ...fit, ...asleep].join('; '))
    }
  }

  /** Where the cost of a stage is from, in words. Throws where {@link of} does. */
  sourceOf(stage: StageId, kind?: string): string {
    const source = this.sources.get(keyOf(stage, kind))
    if (source === undefined) throw new Error(`No calibration for ${keyOf(stage, kind)}`)
    return source
  }

  /** The cost of a stage, or of a kind of it. Throws where there is none: every stage of a path is calibrated. */
  of(stage: StageId, kind?: string): StageCost {
    const cost = this.costs.get(keyOf(stage, kind))
    if (cost === undefined) throw new Error(`No calibration for ${keyOf(stage, kind)}`)
    return cost
  }
}

function keyOf(stage: StageId, kind: string | undefined): string {
  return kind === undefined ? stage : `${stage} (${kind})`
}

const defaultValue = z.strictObject({
  value: z.number().min(0),
  unit: z.string(),
  uncertainty: z.number().min(0),
  source: z.string().min(1),
})

const hostDefaultsSchema = z.strictObject({
  schema: z.literal('cnilab/host-defaults/v1'),
  description: z.string(),
  values: z.record(z.string(), defaultValue),
})

/** Figures of hosts that a lab does not set, in the unit that the calibration file gives each. */
export class HostDefaults {
  private readonly values: Readonly<Record<string, { readonly value: number }>>
  private readonly instead: Readonly<Record<string, number>>

  /** `instead` has figures that a known host has in place of the file's. Throws where `file` is not of the form `cnilab/host-defaults/v1`. */
  constructor(file: unknown, instead: Readonly<Record<string, number>> = {}) {
    this.values = hostDefaultsSchema.parse(file).values
    this.instead = instead
  }

  /** A figure by name. Throws where there is none of that name. */
  of(name: string): number {
    const entry = this.values[name]
    if (entry === undefined) throw new Error(`No host default ${name}`)
    return this.instead[name] ?? entry.value
  }
}

/** Costs of stages and figures of hosts. */
export interface Calibration {
  readonly costs: StageCosts
  readonly host: HostDefaults
}

/** What a simulation takes instead of the calibration that ships with the app. */
export interface CalibrationChanges {
  /** Factors of fitted parameters, by id: those that calibration tries. */
  readonly factors?: CostFactors
  /** What multiplies the factors of fitted parameters, by id: what is known of a particular host's kernel. */
  readonly scale?: CostFactors
  /** Figures of `host-defaults.json`, by name: what is known of a particular host. */
  readonly host?: Readonly<Record<string, number>>
}

/** The app's calibration with changes. Throws where a change names a parameter that is not there. */
export function calibrationWith({ factors, scale, host }: CalibrationChanges): Calibration {
  return {
    costs: new StageCosts(stageCostsFile, new FittedCosts(fittedCostsFile, factors, scale)),
    host: new HostDefaults(hostDefaultsFile, host),
  }
}

/** The calibration that ships with the app. */
export const CALIBRATION = calibrationWith({})

/** The parameters that were fitted, as they ship with the app. */
export const COST_PARAMETERS = new FittedCosts(fittedCostsFile).parameters
