import type { Problem } from './problem'
import type { Lab } from './record/lab'

/** That a lab has errors, by the first of them. `consequence` is what comes of that, a clause. */
export function labErrorsText(problems: readonly Problem[], consequence: string): string {
  const first = problems.find(({ severity }) => severity === 'error')
  return `The lab has errors, and ${consequence}${first === undefined ? '.' : `: ${first.message}`}`
}

/** That a lab has no variants of these names, but others. */
export function unknownVariantsText(unknown: readonly string[], { variants }: Pick<Lab, 'variants'>): string {
  const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ')
  const present = variants.length === 0 ? 'none' : quoted(variants.map(({ name }) => name))
  return `The lab has no variant ${quoted(unknown)}; it has ${present}.`
}
