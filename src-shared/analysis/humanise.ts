import { humanDuration, humanRate, humanShare, humanSize } from '#shared/units/index'

import type { FigureUnit } from './figures'

const NARROW_SPACE = '\u202f'
const MINUS = '\u2212'

/** Three significant digits without an exponent; numbers of four digits and more are whole. */
function threeDigits(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  const decimals = Math.min(Math.max(2 - Math.floor(Math.log10(size)), 0), 6)
  return value.toFixed(decimals)
}

/** A count for people: whole numbers below 10 000 as they are, larger ones with thin spaces between thousands. */
export function humanCount(value: number): string {
  const text = Number.isInteger(value) || Math.abs(value) >= 1000 ? String(Math.round(value)) : threeDigits(value)
  return Math.abs(value) < 10_000 ? text : text.replaceAll(/\B(?=(\d{3})+$)/g, NARROW_SPACE)
}

/** A count for people with its noun: `1 node`, `2 nodes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${humanCount(count)} ${count === 1 ? one : many}`
}

/** A figure's value for people, with its unit. */
export function humanFigure(value: number, unit: FigureUnit): string {
  if (value < 0) return `${MINUS}${humanFigure(-value, unit)}`
  switch (unit) {
    case 'bit/s':
      return humanRate(value)
    case 'ns':
      return humanDuration(value)
    case 'share':
      return humanShare(value)
    case 'B':
      return humanSize(value)
    case '1/s':
      return `${humanCount(value)}${NARROW_SPACE}/s`
    case 'cores':
      return `${threeDigits(value)} cores`
    case 'cores per Gbit/s':
      return threeDigits(value)
    case 'packets':
      return humanCount(value)
    case 'times':
      return `${threeDigits(value)}${NARROW_SPACE}×`
  }
}

/** A text of `human…` without decimals that say nothing: `10 ms` for `10.0 ms`. */
export function withoutZeros(text: string): string {
  return text.replace(/\.0+(?=\D)/, '')
}

/** A number with its sign, three digits. */
export function signedNumber(value: number): string {
  return value < 0 ? `${MINUS}${threeDigits(-value)}` : `+${threeDigits(value)}`
}

/** A share of one with its sign, to a tenth of a percent: 0.123 is `+12.3 %`. What rounds to nothing has none: `0 %`. */
export function signedShare(share: number): string {
  const percent = percentOf(Math.abs(share))
  return `${Number(percent) === 0 ? '' : share < 0 ? MINUS : '+'}${percent}${NARROW_SPACE}%`
}

/** The half-width of an interval of shares, as exact as `signedShare`: `± 0.4 %`. */
export function plusMinusShare(halfWidth: number): string {
  const percent = percentOf(halfWidth)
  const text = Number(percent) === 0 && halfWidth > 0 ? '<\u202f0.1' : percent
  return `±${NARROW_SPACE}${text}${NARROW_SPACE}%`
}

/** A change as a share of one with its 95 % interval, where there is one: `+12.3 % ± 0.4 %`. */
export function shareWithInterval({ mean, ci95 }: { readonly mean: number; readonly ci95: number | null }): string {
  return ci95 === null ? signedShare(mean) : `${signedShare(mean)} ${plusMinusShare(ci95)}`
}

/** Percent with one decimal, without where there are three digits before it or nothing to tell. */
function percentOf(share: number): string {
  const text = (share * 100).toFixed(share < 0.9995 ? 1 : 0)
  return text === '0.0' ? '0' : text
}
