import { parsed, quoted, refused, type ParseResult } from './parse-result'

/** A unit a quantity is written in: its spelling and how many base units one of it is. */
export interface Unit {
  readonly name: string
  readonly scale: bigint
}

/** What a kind of quantity is called, its units from largest to smallest, and spellings that people try instead. */
export interface QuantityKind {
  readonly what: string
  readonly example: string
  readonly units: readonly Unit[]
  readonly misspellings: Readonly<Record<string, string>>
}

/** The largest value of any quantity: integers in a double are exact up to here. */
export const MAX_QUANTITY = 2 ** 53

const maxQuantity = BigInt(MAX_QUANTITY)
const shape = /^(?<sign>[+-]?)(?<whole>\d{1,40})(?:\.(?<fraction>\d{1,40}))?(?<space>\s*)(?<unit>.*)$/su

/**
 * Reads a decimal number with a unit as a whole number of base units, exactly: `0.1us` is 100 ns, and what is not a
 * whole number of base units is refused rather than rounded.
 */
export function parseQuantity(text: string, kind: QuantityKind): ParseResult<number> {
  const groups = shape.exec(text)?.groups
  if (groups === undefined) {
    return refused('syntax', `${quoted(text)} is not a ${kind.what}; write it like ${kind.example}.`)
  }
  const { sign, whole = '0', fraction = '', space, unit: name = '' } = groups
  const unit = kind.units.find((candidate) => candidate.name === name)
  if (unit === undefined) return refuseUnit(text, whole + (fraction && `.${fraction}`), name, kind)
  if (sign !== '') {
    return sign === '-'
      ? refused('negative', `${quoted(text)} is negative; a ${kind.what} is zero or more.`)
      : refused('syntax', `${quoted(text)} has a sign; write it like ${kind.example}.`, text.slice(1))
  }
  if (space !== '') return refused('syntax', `${quoted(text)} has a space before its unit.`, text.replace(/\s+/u, ''))
  return scaled(text, BigInt(whole + fraction) * unit.scale, 10n ** BigInt(fraction.length), kind)
}

function scaled(text: string, numerator: bigint, denominator: bigint, kind: QuantityKind): ParseResult<number> {
  const base = kind.units.at(-1)!.name
  if (numerator % denominator !== 0n) {
    return refused('fraction', `${quoted(text)} is not a whole number of ${base}.`)
  }
  const value = numerator / denominator
  if (value > maxQuantity)
    return refused('range', `${quoted(text)} is more than 2^53 ${base}, the largest ${kind.what}.`)
  return parsed(Number(value))
}

function refuseUnit(text: string, number: string, name: string, kind: QuantityKind): ParseResult<never> {
  const meant =
    kind.misspellings[name] ?? kind.units.find((unit) => unit.name.toLowerCase() === name.toLowerCase())?.name
  const known = kind.units.map((unit) => unit.name).toReversed()
  const allowed = `a ${kind.what} is in ${known.slice(0, -1).join(', ')} or ${known.at(-1)!}.`
  const message =
    name === '' ? `${quoted(text)} has no unit; ${allowed}` : `${quoted(name)} is not a unit here; ${allowed}`
  return refused('unit', message, meant === undefined ? undefined : number + meant)
}

/**
 * Writes a whole number of base units exactly, in the largest unit that needs at most `decimals` decimals.
 * Requires: 0 ≤ value ≤ 2^53. Ensures: `parseQuantity` reads the same value back.
 */
export function formatQuantity(value: number, units: readonly Unit[], decimals: number): string {
  const amount = BigInt(value)
  const precision = 10n ** BigInt(decimals)
  const smallest = units.at(-1)!
  const unit = units.find(({ scale }) => amount >= scale && (amount * precision) % scale === 0n) ?? smallest
  const whole = (amount / unit.scale).toString()
  const rest = ((amount % unit.scale) * precision) / unit.scale
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(decimals, '0').replace(/0+$/u, '')}`
  return whole + fraction + unit.name
}

/** Throws unless `value` is a whole number from 0 to 2^53: what the constructors of quantities require. */
export function requireQuantity(value: number, what: string): void {
  if (!Number.isInteger(value) || value < 0 || value > MAX_QUANTITY) {
    throw new RangeError(`${what} must be a whole number from 0 to 2^53, not ${value}`)
  }
}
