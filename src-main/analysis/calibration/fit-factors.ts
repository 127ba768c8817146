import { solvePositive, type Matrix } from './linear-solve'

/** A parameter of the fit: its factor's logarithm has a normal prior around 0 with this deviation. */
export interface FitParameter {
  readonly id: string
  readonly priorDeviation: number
}

/** One thing that the fit explains: how far off it is in units of its own uncertainty; undefined where nothing came out. */
export type Residual = number | undefined

/** Computes all residuals for factors by id, in the same order each time. */
export type Evaluate = (factors: Readonly<Record<string, number>>) => Promise<readonly Residual[]>

/** Where a fit ended. */
export interface FactorFit {
  readonly factors: Readonly<Record<string, number>>
  /** Standard deviations of the factors' logarithms, from the curvature there. */
  readonly deviations: Readonly<Record<string, number>>
  readonly residuals: readonly Residual[]
  /** Derivatives of the residuals (rows) by the factors' logarithms (columns) where the last step began. */
  readonly jacobian: Matrix
  /** Half the sum of squares, prior included, at the start and after each step. */
  readonly history: readonly number[]
}

/** Step of a parameter's logarithm for derivatives: wide, as a simulation's answers are a little rough. */
const DIFFERENCE = 0.15
/** Residuals beyond this count as if they pulled with this force only (Huber): tables have outliers. */
const OUTLIER = 2.5
/** No step moves a logarithm further than this. */
const LONGEST_STEP = 0.7

/**
 * Fits factors by Gauss and Newton's steps on robust least squares with priors, until a step no longer helps.
 */
export async function fitFactors(
  parameters: readonly FitParameter[],
  evaluate: Evaluate,
  { steps, start, onStep }: { readonly steps: number; readonly start: readonly number[]; readonly onStep: (text: string) => void },
): Promise<FactorFit> {
  let at = [...start]
  let residuals = await evaluate(factorsAt(parameters, at))
  const history = [objective(parameters, at, residuals)]
  let jacobian = await differentiate(parameters, at, residuals, evaluate)
  for (let step = 1; step <= steps; step++) {
    const direction = gaussNewtonStep(parameters, at, residuals, jacobian)
    const improved = await search(parameters, { at, direction, best: history.at(-1)! }, evaluate)
    if (improved === undefined) break
    ;({ at, residuals } = improved)
    history.push(improved.value)
    onStep(`step ${step}: ${improved.value.toFixed(2)}, ${describe(parameters, at)}`)
    if (step < steps) jacobian = await differentiate(parameters, at, residuals, evaluate)
  }
  return { factors: factorsAt(parameters, at), deviations: deviationsAt(parameters, residuals, jacobian), residuals, jacobian, history }
}

/** Where the fit would go without some of the residuals, by one step from where it ended with them. */
export function withoutResiduals(
  parameters: readonly FitParameter[],
  fit: FactorFit,
  leftOut: (index: number) => boolean,
): Readonly<Record<string, number>> {
  const at = parameters.map(({ id }) => Math.log(fit.factors[id]!))
  const residuals = fit.residuals.map((residual, index) => (leftOut(index) ? undefined : residual))
  const step = gaussNewtonStep(parameters, at, residuals, fit.jacobian)
  return factorsAt(parameters, at.map((value, index) => value + step[index]!))
}

function factorsAt(parameters: readonly FitParameter[], at: readonly number[]): Record<string, number> {
  return Object.fromEntries(parameters.map(({ id }, index) => [id, Math.exp(at[index]!)]))
}

function describe(parameters: readonly FitParameter[], at: readonly number[]): string {
  return parameters.map(({ id }, index) => `${id} ${Math.exp(at[index]!).toFixed(2)}`).join(', ')
}

function objective(parameters: readonly FitParameter[], at: readonly number[], residuals: readonly Residual[]): number {
  const prior = parameters.reduce((sum, { priorDeviation }, index) => sum + (at[index]! / priorDeviation) ** 2 / 2, 0)
  return residuals.reduce<number>((sum, residual) => sum + huber(residual ?? 0), prior)
}

function huber(residual: number): number {
  const size = Math.abs(residual)
  return size <= OUTLIER ? residual ** 2 / 2 : OUTLIER * (size - OUTLIER / 2)
}

/** The weight that makes a squared residual pull like Huber's. */
function weight(residual: Residual): number {
  return residual === undefined ? 0 : Math.min(1, OUTLIER / Math.max(Math.abs(residual), Number.MIN_VALUE))
}

async function differentiate(
  parameters: readonly FitParameter[],
  at: readonly number[],
  residuals: readonly Residual[],
  evaluate: Evaluate,
): Promise<Matrix> {
  const columns: (readonly Residual[])[] = []
  for (const index of parameters.keys()) {
    columns.push(await evaluate(factorsAt(parameters, at.map((value, other) => value + (other === index ? DIFFERENCE : 0)))))
  }
  return residuals.map((residual, row) =>
    columns.map((column) => (residual === undefined || column[row] === undefined ? 0 : (column[row] - residual) / DIFFERENCE)),
  )
}

function normalMatrix(parameters: readonly FitParameter[], residuals: readonly Residual[], jacobian: Matrix): Matrix {
  return parameters.map(({ priorDeviation }, i) =>
    parameters.map((_, j) =>
      residuals.reduce<number>(
        (sum, residual, row) => sum + weight(residual) * jacobian[row]![i]! * jacobian[row]![j]!,
        i === j ? priorDeviation ** -2 : 0,
      ),
    ),
  )
}

function gaussNewtonStep(
  parameters: readonly FitParameter[],
  at: readonly number[],
  residuals: readonly Residual[],
  jacobian: Matrix,
): number[] {
  const gradient = parameters.map(({ priorDeviation }, i) =>
    residuals.reduce<number>(
      (sum, residual, row) => sum + weight(residual) * jacobian[row]![i]! * (residual ?? 0),
      at[i]! / priorDeviation ** 2,
    ),
  )
  const step = solvePositive(normalMatrix(parameters, residuals, jacobian), gradient).map((value) => -value)
  const longest = Math.max(...step.map(Math.abs))
  return longest > LONGEST_STEP ? step.map((value) => (value * LONGEST_STEP) / longest) : step
}

/** Goes along a direction, halving until the objective falls; undefined where it does not. */
async function search(
  parameters: readonly FitParameter[],
  from: { readonly at: readonly number[]; readonly direction: readonly number[]; readonly best: number },
  evaluate: Evaluate,
): Promise<{ at: number[]; residuals: readonly Residual[]; value: number } | undefined> {
  for (const share of [1, 0.5, 0.25]) {
    const at = from.at.map((value, index) => value + share * from.direction[index]!)
    const residuals = await evaluate(factorsAt(parameters, at))
    const value = objective(parameters, at, residuals)
    if (value < from.best) return { at, residuals, value }
  }
  return undefined
}

function deviationsAt(
  parameters: readonly FitParameter[],
  residuals: readonly Residual[],
  jacobian: Matrix,
): Record<string, number> {
  const normal = normalMatrix(parameters, residuals, jacobian)
  return Object.fromEntries(
    parameters.map(({ id }, index) => {
      const unit = parameters.map((_, other) => (other === index ? 1 : 0))
      return [id, Math.sqrt(solvePositive(normal, unit)[index]!)]
    }),
  )
}
