import type { RunResult } from '#shared/metrics/index'

import type { Figure } from './figures'
import { figureNamed } from './figures'
import { observe } from './observe'
import type { Difference, Sample } from './statistics'
import { pairedDifference, sampleOf } from './statistics'

/** One figure of one subject under one variant, over all seeds, beside the baseline's. */
export interface ComparedFigure {
  readonly variant: string
  readonly figure: Figure
  /** Name of the traffic entry or node; empty for figures of the whole run. */
  readonly subject: string
  readonly sample: Sample
  /** To the baseline, paired by seed; null for the baseline itself and where it has no such figure. */
  readonly difference: Difference | null
}

/**
 * Every figure of a result with its difference to the variant called `baseline`, in the order of `observe`. Without a
 * variant of that name there are no differences.
 */
export function compareFigures(result: RunResult, baseline: string): ComparedFigure[] {
  const observed = observe(result)
  const keyOf = (figure: string, subject: string): string => `${figure} ${subject}`
  const baselines = new Map(
    observed.filter((each) => each.variant === baseline).map((each) => [keyOf(each.figure, each.subject), each.bySeed]),
  )
  return observed.map((each) => {
    const other = each.variant === baseline ? undefined : baselines.get(keyOf(each.figure, each.subject))
    return {
      variant: each.variant,
      figure: figureNamed(each.figure),
      subject: each.subject,
      sample: sampleOf([...each.bySeed.values()]),
      difference: other ? pairedDifference(each.bySeed, other) : null,
    }
  })
}

/** Finds one figure of a variant; undefined where it was not measured. */
export function figureOf(
  figures: readonly ComparedFigure[],
  variant: string,
  figure: string,
  subject = '',
): ComparedFigure | undefined {
  let index = indexes.get(figures)
  if (index === undefined) {
    index = new Map(figures.map((each) => [indexKey(each.variant, each.figure.id, each.subject), each]))
    indexes.set(figures, index)
  }
  return index.get(indexKey(variant, figure, subject))
}

/** Figures by name, of each list that was searched: a cluster's runs have a hundred thousand, and tables ask for most. */
const indexes = new WeakMap<readonly ComparedFigure[], ReadonlyMap<string, ComparedFigure>>()

function indexKey(variant: string, figure: string, subject: string): string {
  return `${figure}\0${variant}\0${subject}`
}
