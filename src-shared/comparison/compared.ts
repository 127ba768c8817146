import type { ComparedFigure } from '../analysis/index'
import type { ComparisonFacts, VariantFacts } from '../contract/comparison'
import type { RunResult, VariantResult } from '../metrics/index'

/** All that rows and claims are computed from. */
export interface Compared {
  readonly result: RunResult
  /** Every figure with its difference to the baseline. */
  readonly figures: readonly ComparedFigure[]
  /** What the variants are built of; absent where the lab is not at hand. */
  readonly facts?: ComparisonFacts
}

/** A variant of a comparison: what it is built of and what a run measured. */
export interface ComparedVariant {
  readonly name: string
  readonly result: VariantResult
  readonly facts: VariantFacts | undefined
}

/** A variant that is known to be built of something. */
export interface BuiltVariant extends ComparedVariant {
  readonly facts: VariantFacts
}

/** The variants that were measured, in the run's order. */
export function comparedVariants({ result, facts }: Compared): ComparedVariant[] {
  return result.variants.map((variant) => ({
    name: variant.name, result: variant, facts: facts?.variants.find(({ variant: name }) => name === variant.name),
  }))
}

/** Those of them whose lab is at hand. */
export function builtVariants(compared: Compared): BuiltVariant[] {
  return comparedVariants(compared).filter((variant): variant is BuiltVariant => variant.facts !== undefined)
}
