import type { Brand } from './brand'
import type { ParseResult } from './parse-result'
import { formatQuantity, parseQuantity, requireQuantity, type QuantityKind, type Unit } from './quantity'

/** A rate: a whole number of bits per second from 0 to 2^53. */
export type BitsPerSecond = Brand<number, 'BitsPerSecond'>

const units: readonly Unit[] = [
  { name: 'Tbit', scale: 10n ** 12n },
  { name: 'Gbit', scale: 10n ** 9n },
  { name: 'Mbit', scale: 10n ** 6n },
  { name: 'kbit', scale: 10n ** 3n },
  { name: 'bit', scale: 1n },
]

const rate: QuantityKind = {
  what: 'rate',
  example: '10Gbit or 500Mbit',
  units: [...units.slice(0, -1), { name: 'Kbit', scale: 10n ** 3n }, ...units.slice(-1)],
  misspellings: {
    Tbps: 'Tbit',
    Gbps: 'Gbit',
    Mbps: 'Mbit',
    kbps: 'kbit',
    Kbps: 'kbit',
    bps: 'bit',
    'Tbit/s': 'Tbit',
    'Gbit/s': 'Gbit',
    'Mbit/s': 'Mbit',
    'kbit/s': 'kbit',
    'bit/s': 'bit',
    Tb: 'Tbit',
    Gb: 'Gbit',
    Mb: 'Mbit',
    kb: 'kbit',
    T: 'Tbit',
    G: 'Gbit',
    M: 'Mbit',
    K: 'kbit',
    k: 'kbit',
    tbps: 'Tbit',
    gbps: 'Gbit',
    mbps: 'Mbit',
  },
}

/** `value` bits per second. Throws a RangeError unless it is a whole number from 0 to 2^53. */
export function bitsPerSecond(value: number): BitsPerSecond {
  requireQuantity(value, 'A rate in bits per second')
  return value as BitsPerSecond
}

/** Reads `10Gbit`, `2.5Gbit`, `500Mbit`, `9600bit`, exactly; units are decimal (`1kbit` = `1Kbit` = 1000 bit/s). */
export function parseBitsPerSecond(text: string): ParseResult<BitsPerSecond> {
  return parseQuantity(text, rate) as ParseResult<BitsPerSecond>
}

/** Writes a rate as a lab file has it, exactly: `2.5Gbit`, `500Mbit`. */
export function formatBitsPerSecond(value: BitsPerSecond): string {
  return formatQuantity(value, units, 3)
}
