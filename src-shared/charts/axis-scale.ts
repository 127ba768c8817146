import type { CellUnit } from './data-table'

/** How an axis writes its numbers: divided by `divisor`, with `suffix` as the axis's unit. */
export interface AxisScale {
  readonly divisor: number
  readonly suffix: string
}

const steps = (step: number, suffixes: readonly string[]): readonly AxisScale[] =>
  suffixes.map((suffix, index) => ({ divisor: step ** index, suffix }))

const scales: Readonly<Record<CellUnit, readonly AxisScale[]>> = {
  'bit/s': steps(1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']),
  ns: steps(1000, ['ns', 'µs', 'ms', 's']),
  B: steps(1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']),
  '1/s': steps(1000, ['/s', 'k/s', 'M/s']),
  packets: steps(1000, ['packets', 'thousand packets', 'million packets']),
  times: [{ divisor: 1, suffix: '×' }],
  cores: [{ divisor: 1, suffix: 'cores' }],
  'cores per Gbit/s': [{ divisor: 1, suffix: 'cores per Gbit/s' }],
  s: [{ divisor: 1, suffix: 's' }],
  share: [{ divisor: 0.01, suffix: '%' }],
  change: [{ divisor: 0.01, suffix: '%' }],
}

/** The scale in which the largest value of an axis is a small number: 9 410 000 000 bit/s is 9.41 of Gbit/s. */
export function axisScale(unit: CellUnit, largest: number): AxisScale {
  const candidates = scales[unit]
  return candidates.reduce((best, each) => (Math.abs(largest) >= each.divisor ? each : best), candidates[0]!)
}

/** The scale in which a plain count is a small number. */
export function countScale(largest: number): AxisScale {
  return steps(1000, ['', 'thousand', 'million', 'billion']).reduce((best, each) => (largest >= each.divisor ? each : best))
}

/** A tick's number under a scale, without trailing zeros. */
export function tickText(value: number, { divisor }: AxisScale): string {
  return String(Number((value / divisor).toPrecision(6))).replace('-', '\u2212')
}
