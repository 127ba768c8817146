const MANTISSAS: readonly (readonly number[])[] = [
  [1],
  [1, 3],
  [1, 2, 5],
  [1, 1.5, 2, 3, 5, 7],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9],
]

/** How many ticks should stand within the range at least; fewer leave a reader guessing. */
const ENOUGH = 5

/**
 * Round values for a logarithmic axis that holds `least` and `greatest`: powers of ten where there are enough of them,
 * otherwise values between too. The first is at or below `least`, the last at or above `greatest`.
 * Requires: 0 < least ≤ greatest.
 */
export function logTicks(least: number, greatest: number): number[] {
  const candidates = MANTISSAS.map((mantissas) => ticksOf(mantissas, least, greatest))
  const within = (ticks: readonly number[]): number => ticks.filter((tick) => tick > least && tick < greatest).length
  return candidates.find((ticks) => within(ticks) >= ENOUGH) ?? candidates.at(-1)!
}

function ticksOf(mantissas: readonly number[], least: number, greatest: number): number[] {
  const first = Math.floor(Math.log10(least))
  const last = Math.ceil(Math.log10(greatest))
  const all: number[] = []
  for (let exponent = first; exponent <= last; exponent++) {
    all.push(...mantissas.map((mantissa) => Number((mantissa * 10 ** exponent).toPrecision(3))))
  }
  const from = Math.max(0, all.findLastIndex((tick) => tick <= least))
  const to = all.findIndex((tick) => tick >= greatest)
  return all.slice(from, Math.max(to, from + 1) + 1)
}
