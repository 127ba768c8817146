import { fitFactors, withoutResiduals, type Evaluate } from '#main/analysis/calibration/fit-factors'
import { solvePositive } from '#main/analysis/calibration/linear-solve'
import { describe, expect, it } from 'vitest'

const parameters = [
  { id: 'a', priorDeviation: 1 },
  { id: 'b', priorDeviation: 0.5 },
]
const options = { steps: 10, start: [0, 0], onStep: () => undefined }

describe('linear equations', () => {
  it('are solved for symmetric positive matrices', () => {
    const matrix = [
      [4, 2, 0.6],
      [2, 3, 0.4],
      [0.6, 0.4, 2],
    ]
    const solution = solvePositive(matrix, [7.2, 5.4, 3])
    matrix.forEach((row, index) => {
      const product = row.reduce((sum, value, column) => sum + value * solution[column]!, 0)
      expect(product).toBeCloseTo([7.2, 5.4, 3][index]!)
    })
  })

  it('are refused where the matrix is not positive', () => {
    expect(() =>
      solvePositive(
        [
          [1, 2],
          [2, 1],
        ],
        [1, 1],
      ),
    ).toThrow('positive definite')
  })
})

describe('factors', () => {
  it('go where data and prior balance', async () => {
    // One residual (ln a − 1)/0.5 with a prior of deviation 1: the mean weighted by 1/variance is 0.8.
    const evaluate: Evaluate = ({ a }) => Promise.resolve([(Math.log(a!) - 1) / 0.5])
    const { factors, deviations } = await fitFactors(parameters, evaluate, options)
    expect(Math.log(factors['a']!)).toBeCloseTo(0.8, 5)
    expect(deviations['a']).toBeCloseTo(Math.sqrt(0.2), 5)
    // Nothing tells b: it stays at its prior, as uncertain as before.
    expect(factors['b']).toBeCloseTo(1)
    expect(deviations['b']).toBeCloseTo(0.5)
  })

  it('are hardly moved by one outlier among many', async () => {
    const evaluate: Evaluate = ({ a }) =>
      Promise.resolve([...Array.from({ length: 9 }, () => (Math.log(a!) - 0.5) / 0.1), (Math.log(a!) - 9) / 0.1])
    const { factors } = await fitFactors(parameters, evaluate, options)
    expect(Math.abs(Math.log(factors['a']!) - 0.5)).toBeLessThan(0.05)
  })

  it('pass over rows that nothing came of', async () => {
    const evaluate: Evaluate = ({ a }) => Promise.resolve([undefined, Math.log(a!) - 0.2])
    const { factors } = await fitFactors(parameters, evaluate, options)
    expect(Math.log(factors['a']!)).toBeCloseTo(0.1, 5)
  })

  it('return to the prior when what moved them is left out', async () => {
    const evaluate: Evaluate = ({ a, b }) => Promise.resolve([(Math.log(a!) - 0.4) / 0.2, (Math.log(b!) - 0.3) / 0.2])
    const fit = await fitFactors(parameters, evaluate, options)
    const without = withoutResiduals(parameters, fit, (index) => index === 0)
    expect(Math.log(without['a']!)).toBeCloseTo(0, 5)
    expect(without['b']).toBeCloseTo(fit.factors['b']!, 5)
  })
})
