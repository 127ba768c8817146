import type { ComparedFigure, FaultCost, FaultWindow } from '#shared/analysis/index'
import { compareFigures, faultCost, faultWindows } from '#shared/analysis/index'
import type { RunResult, SeedSeries, VariantResult } from '#shared/metrics/index'

import type { VariantStyle } from './variant-style'
import { variantStyle } from './variant-style'

/** A variant of a run with all that charts need of it. */
export interface ChartVariant {
  readonly name: string
  readonly style: VariantStyle
  readonly result: VariantResult
  /** One for each seed that has any, in the order of seeds. */
  readonly series: readonly SeedSeries[]
}

/** A run as charts read it. */
export interface ChartRun {
  readonly result: RunResult
  readonly variants: readonly ChartVariant[]
  /** Name of the variant that others are compared with. */
  readonly baseline: string
  /** Names of traffic entries, in the lab's order. */
  readonly traffic: readonly string[]
  /** Simulated time before the measurement; 0 where it is not known. */
  readonly warmupSeconds: number
  /** Every figure of the result with its difference to the baseline. */
  readonly figures: readonly ComparedFigure[]
  /** What broke, in the lab's order, and what it cost each variant. */
  readonly faults: readonly ChartFault[]
}

/** Something that broke during a run, and what it cost. */
export interface ChartFault extends FaultWindow {
  /** By variant, in the run's order. */
  readonly costs: readonly FaultCost[]
}

/** The series of one variant and seed. */
export interface SeriesOfSeed {
  readonly variant: string
  readonly seed: number
  readonly series: SeedSeries
}

/** What a run is made of. */
export interface ChartRunInput {
  readonly result: RunResult
  readonly series: readonly SeriesOfSeed[]
  /** All variants of the lab, in its order, so that a run of some of them keeps their colours. @default the result's */
  readonly labVariants?: readonly string[]
  /** @default the first variant */
  readonly baseline?: string
  /** @default 0 */
  readonly warmupSeconds?: number
}

/** Joins a result and its series for charts. */
export function chartRun({ result, series, labVariants, baseline, warmupSeconds = 0 }: ChartRunInput): ChartRun {
  const order = labVariants ?? result.variants.map((variant) => variant.name)
  const names = result.variants.map((variant) => variant.name)
  const variants = result.variants.map((variant, index) => {
    const place = order.indexOf(variant.name)
    return {
      name: variant.name,
      style: variantStyle(place < 0 ? order.length + index : place),
      result: variant,
      series: series.filter((each) => each.variant === variant.name).map((each) => each.series),
    }
  })
  const traffic = variants.flatMap((variant) => variant.result.seeds.flatMap((seed) => seed.traffic.map((entry) => entry.name)))
  const compared = baseline !== undefined && names.includes(baseline) ? baseline : (names[0] ?? '')
  return {
    result,
    variants,
    baseline: compared,
    figures: compareFigures(result, compared),
    traffic: [...new Set(traffic)],
    warmupSeconds,
    faults: faultWindows(result.faults ?? [], result.durationSeconds).map((window): ChartFault => ({
      ...window,
      costs: variants.map(({ name, series: seeds }) => faultCost(name, seeds, window, { warmupSeconds, ...(result.stops && { stops: result.stops }) })),
    })),
  }
}
