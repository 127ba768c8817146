import { summarise } from '#main/analysis/summarise'
import type { RunSetUp } from '#main/pool/set-up'
import type { RunError, VariantSeries } from '#shared/contract/run-messages'
import type { RunResult, VariantResult } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { SECOND_NS } from '#shared/units/index'

import { carriedTraffic } from './carried-traffic'
import { runWarnings } from './run-warnings'
import { isMeasured, type TaskRecord } from './task-record'

/**
 * The result of a run from what its tasks have come to so far. Tasks without figures are left out, and so are variants
 * without any; warnings say so. A variant's summary is over its complete seeds; over the stopped ones where it has no
 * other. The same outcomes give the same bytes, but for wall times, in whatever order they arrived.
 */
export function runResult(setUp: RunSetUp, tasks: readonly TaskRecord[], error?: RunError): RunResult {
  return {
    schema: 'cnilab/result/v1',
    lab: setUp.lab,
    labHash: setUp.labHash,
    durationSeconds: setUp.durationNs / SECOND_NS,
    faults: setUp.faults,
    stops: setUp.stops,
    variants: setUp.plans.flatMap((plan) => variantResult(plan, tasks.filter((task) => task.variant === plan.variant))),
    warnings: runWarnings(setUp, tasks, error),
  }
}

function variantResult(plan: RunPlan, tasks: readonly TaskRecord[]): VariantResult[] {
  const measured = tasks.filter(isMeasured)
  if (measured.length === 0) return []
  const complete = measured.filter((task) => task.state === 'done')
  const summarised = complete.length > 0 ? complete : measured
  return [
    {
      name: plan.variant,
      seeds: measured.map((task) => task.outcome.result),
      summary: summarise(summarised.map((task) => task.outcome.result)),
      carried: carriedTraffic(plan),
      ...(plan.labels.dataPlane !== undefined && { dataPlane: plan.labels.dataPlane }),
    },
  ]
}

/** The series of a run's measured tasks, in the order of the result's variants and seeds. */
export function runSeries(setUp: RunSetUp, tasks: readonly TaskRecord[]): VariantSeries[] {
  const measured = setUp.plans.flatMap(({ variant }) => tasks.filter((task) => task.variant === variant)).filter(isMeasured)
  return measured.map(({ variant, seed, outcome }) => ({ variant, seed, series: outcome.series }))
}
