/** Where each of consecutive runs of these lengths begins, and the end of the last. */
export function starts(lengths: readonly number[]): Int32Array {
  const first = new Int32Array(lengths.length + 1)
  lengths.forEach((length, index) => (first[index + 1] = first[index]! + length))
  return first
}
