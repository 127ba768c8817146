import { expect, it } from 'vitest'

import stateFile from '../../../../../resources/ipam/go-random-state.json'

const LENGTH = 607
const TAP = 273
const MASK = (1n << 63n) - 1n
/** Bits that a coefficient of a product needs: 2 · 63 and a carry for 607 terms. */
const COEFFICIENT_HEX = 36

/** Polynomials over the integers mod 2^63 as one large number each, so that the engine's multiplication does the work. */
function multiply(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const pack = (p: readonly bigint[]): bigint =>
    BigInt(`0x${p.toReversed().map((c) => c.toString(16).padStart(COEFFICIENT_HEX, '0')).join('')}`)
  const text = (pack(a) * pack(b)).toString(16).padStart(2 * LENGTH * COEFFICIENT_HEX, '0')
  const product = Array.from({ length: 2 * LENGTH }, (_, index) => {
    const end = text.length - index * COEFFICIENT_HEX
    return BigInt(`0x${text.slice(end - COEFFICIENT_HEX, end)}`) & MASK
  })
  return reduce(product)
}

/** Remainder by x^607 = x^334 + 1, the recurrence s[n] = s[n − 273] + s[n − 607]. */
function reduce(polynomial: bigint[]): bigint[] {
  for (let power = polynomial.length - 1; power >= LENGTH; power--) {
    polynomial[power - LENGTH] = (polynomial[power - LENGTH]! + polynomial[power]!) & MASK
    polynomial[power - TAP] = (polynomial[power - TAP]! + polynomial[power]!) & MASK
  }
  return polynomial.slice(0, LENGTH)
}

it('the state mixed into seeds is that of the generator 7.8e12 steps after its seed of 1', () => {
  let x = 1n
  const draw = (): bigint => (x = (48_271n * x) % (2n ** 31n - 1n))
  for (let index = 0; index < 20; index++) draw()
  const registers = Array.from({ length: LENGTH }, () => ((draw() << 20n) ^ (draw() << 10n) ^ draw()) & MASK)

  const steps = 7_800_000_000_000
  let jump: bigint[] = [1n, ...Array.from({ length: LENGTH - 1 }, () => 0n)]
  for (const bit of steps.toString(2)) {
    jump = multiply(jump, jump)
    if (bit === '1') jump = reduce([0n, ...jump])
  }
  // Register (333 − n) mod 607 holds the output n; the oldest comes first.
  const register = (n: number): number => (((333 - n) % LENGTH) + LENGTH) % LENGTH
  const sequence = Array.from({ length: LENGTH }, (_, index) => registers[register(index)]!)
  for (let n = LENGTH; n < 2 * LENGTH; n++) sequence.push((sequence[n - LENGTH]! + sequence[n - TAP]!) & MASK)
  const state: string[] = []
  for (let j = 0; j < LENGTH; j++) {
    const term = jump.reduce((sum, factor, power) => (sum + factor * sequence[power + j]!) & MASK, 0n)
    state[register(steps + j)] = term.toString(16).padStart(16, '0')
  }
  expect(state).toEqual(stateFile.state)
})
