import type { Brand } from './brand'
import type { ParseResult } from './parse-result'
import { formatQuantity, parseQuantity, requireQuantity, type QuantityKind, type Unit } from './quantity'

/** A size: a whole number of bytes from 0 to 2^53. */
export type Bytes = Brand<number, 'Bytes'>

/** Bits of a byte. */
export const BITS_PER_BYTE = 8

const decimalUnits: readonly Unit[] = [
  { name: 'TB', scale: 10n ** 12n },
  { name: 'GB', scale: 10n ** 9n },
  { name: 'MB', scale: 10n ** 6n },
  { name: 'kB', scale: 10n ** 3n },
  { name: 'B', scale: 1n },
]

const binaryUnits: readonly Unit[] = [
  { name: 'TiB', scale: 2n ** 40n },
  { name: 'GiB', scale: 2n ** 30n },
  { name: 'MiB', scale: 2n ** 20n },
  { name: 'KiB', scale: 2n ** 10n },
  { name: 'B', scale: 1n },
]

const size: QuantityKind = {
  what: 'size',
  example: '1MB, 64KiB or 38B',
  units: [...decimalUnits.slice(0, -1), { name: 'KB', scale: 10n ** 3n }, ...binaryUnits],
  misspellings: {
    byte: 'B',
    bytes: 'B',
    k: 'kB',
    K: 'kB',
    M: 'MB',
    G: 'GB',
    Ki: 'KiB',
    Mi: 'MiB',
    Gi: 'GiB',
    kib: 'KiB',
    '': 'B',
  },
}

/** `value` bytes. Throws a RangeError unless it is a whole number from 0 to 2^53. */
export function bytes(value: number): Bytes {
  requireQuantity(value, 'A size in bytes')
  return value as Bytes
}

/** Reads `38B`, `64KiB` (1024), `1MB` (1000²), exactly. `KB` and `kB` are 1000 bytes, like the other decimal units. */
export function parseBytes(text: string): ParseResult<Bytes> {
  return parseQuantity(text, size) as ParseResult<Bytes>
}

/** Writes a size as a lab file has it, exactly, in whichever of decimal and binary units is the shorter: `64KiB`, `1MB`. */
export function formatBytes(value: Bytes): string {
  const decimal = formatQuantity(value, decimalUnits, 0)
  const binary = formatQuantity(value, binaryUnits, 0)
  return binary.length < decimal.length ? binary : decimal
}
