import type { Brand } from './brand'
import type { ParseResult } from './parse-result'
import { formatQuantity, parseQuantity, requireQuantity, type QuantityKind } from './quantity'

/** A time or a span of time: a whole number of nanoseconds from 0 to 2^53 (about 104 days), exact in a double. */
export type Nanos = Brand<number, 'Nanos'>

/** Nanoseconds of a second. */
export const SECOND_NS = 1_000_000_000

const time: QuantityKind = {
  what: 'time',
  example: '250us, 10ms or 1s',
  units: [
    { name: 's', scale: 1_000_000_000n },
    { name: 'ms', scale: 1_000_000n },
    { name: 'us', scale: 1_000n },
    { name: 'ns', scale: 1n },
  ],
  misspellings: {
    µs: 'us',
    μs: 'us',
    usec: 'us',
    msec: 'ms',
    sec: 's',
    second: 's',
    seconds: 's',
    nsec: 'ns',
  },
}

/** `value` nanoseconds. Throws a RangeError unless it is a whole number from 0 to 2^53. */
export function nanos(value: number): Nanos {
  requireQuantity(value, 'A time in nanoseconds')
  return value as Nanos
}

/** Reads `250us`, `10ms`, `1.5s`, `40ns`, exactly. */
export function parseNanos(text: string): ParseResult<Nanos> {
  return parseQuantity(text, time) as ParseResult<Nanos>
}

/** Writes a time as a lab file has it, exactly: `1.5ms`, `250us`, `0ns`. */
export function formatNanos(value: Nanos): string {
  return formatQuantity(value, time.units, 3)
}
