const NOTHING = '–'
const NARROW_NO_BREAK_SPACE = '\u202f'

/** Three significant digits, without an exponent: 0.123, 1.23, 12.3, 123, 1230. */
function threeDigits(value: number): string {
  if (value === 0) return '0'
  const rounded = Math.abs(Number(value.toPrecision(3)))
  const magnitude = Math.floor(Math.log10(rounded))
  return value.toFixed(Math.min(Math.max(2 - magnitude, 0), 6))
}

/** Writes `value` in the largest unit of which it is at least one, after rounding: 999 999 is 1.00 M, not 1000 k. */
function inUnits(value: number, step: number, units: readonly string[]): string {
  if (!Number.isFinite(value)) return NOTHING
  let scaled = value
  let index = 0
  while (index < units.length - 1 && Math.abs(Number(threeDigits(scaled))) >= step) {
    scaled /= step
    index += 1
  }
  return `${threeDigits(scaled)}${NARROW_NO_BREAK_SPACE}${units[index]!}`
}

/** A rate for people, in decimal units: `9.41 Gbit/s`. A dash when it is not a finite number. */
export function humanRate(bitsPerSecond: number): string {
  return inUnits(bitsPerSecond, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'])
}

/** A size for people, in binary units: `1.50 MiB`. A dash when it is not a finite number. */
export function humanSize(bytes: number): string {
  return inUnits(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])
}

/** A span of time for people: `850 ns`, `12.3 µs`, `1.20 ms`, `2.00 s`. A dash when it is not a finite number. */
export function humanDuration(nanoseconds: number): string {
  return inUnits(nanoseconds, 1000, ['ns', 'µs', 'ms', 's'])
}

/** A share of one for people: 0.123 is `12.3 %`. A dash when it is not a finite number. */
export function humanShare(share: number): string {
  return Number.isFinite(share) ? `${threeDigits(share * 100)}${NARROW_NO_BREAK_SPACE}%` : NOTHING
}
