/** Square matrices as rows. */
export type Matrix = readonly (readonly number[])[]

/**
 * Solves `matrix · x = right` by Cholesky's decomposition. Requires: `matrix` is symmetric and positive definite, as the
 * normal equations of a fit with a proper prior are. Throws where it is not.
 */
export function solvePositive(matrix: Matrix, right: readonly number[]): number[] {
  const lower = cholesky(matrix)
  const count = right.length
  const forward: number[] = []
  for (let i = 0; i < count; i++) {
    let sum = right[i]!
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * forward[k]!
    forward.push(sum / lower[i]![i]!)
  }
  const solution = right.map(() => 0)
  for (let i = count - 1; i >= 0; i--) {
    let sum = forward[i]!
    for (let k = i + 1; k < count; k++) sum -= lower[k]![i]! * solution[k]!
    solution[i] = sum / lower[i]![i]!
  }
  return solution
}

function cholesky(matrix: Matrix): number[][] {
  const lower: number[][] = []
  for (let i = 0; i < matrix.length; i++) {
    const row: number[] = []
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * (lower[j] ?? row)[k]!
      if (i !== j) row.push(sum / lower[j]![j]!)
      else if (sum > 0) row.push(Math.sqrt(sum))
      else throw new Error('The matrix is not positive definite')
    }
    lower.push(row)
  }
  return lower
}
