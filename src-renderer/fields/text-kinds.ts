import { parseMessageSize } from '#shared/lab/index'
import {
  parseBitsPerSecond, parseBytes, parseIpv4Address, parseIpv4Interface, parseIpv4Prefix, parseNanos, parseQueueLimit,
  type ParseResult,
} from '#shared/units/index'

/** What a text field of a lab holds. `whole` and `decimal` are written as numbers, everything else as text. */
export type TextKind = 'text' | 'whole' | 'decimal' | 'rate' | 'time' | 'size' | 'message' | 'queue' | 'address' | 'interface' | 'prefix'

const parsers: Readonly<Partial<Record<TextKind, (text: string) => ParseResult<unknown>>>> = {
  rate: parseBitsPerSecond,
  time: parseNanos,
  size: parseBytes,
  queue: parseQueueLimit,
  address: parseIpv4Address,
  interface: parseIpv4Interface,
  prefix: parseIpv4Prefix,
}

/** What is wrong with a text of a kind, and what was probably meant; undefined when nothing is. Empty texts are fine. */
export function refuseText(kind: TextKind, text: string): string | undefined {
  if (text === '' || kind === 'text') return undefined
  if (kind === 'whole') return /^\d+$/u.test(text) ? undefined : `${JSON.stringify(text)} is not a whole number.`
  if (kind === 'decimal') return /^\d+(\.\d+)?$/u.test(text) ? undefined : `${JSON.stringify(text)} is not a number.`
  if (kind === 'message') return refuseMessageSize(text)
  const result = parsers[kind]!(text)
  if (result.ok) return undefined
  const { message, suggestion } = result.error
  return suggestion === undefined ? message : `${message} Did you mean ${suggestion}?`
}

function refuseMessageSize(text: string): string | undefined {
  const parsed = parseMessageSize(text)
  return typeof parsed === 'string' ? parsed : undefined
}

/** What is written to the file for a text of a kind; nothing for an empty one, so that the default holds. */
export function valueOfText(kind: TextKind, text: string): string | number | undefined {
  if (text === '') return undefined
  return kind === 'whole' || kind === 'decimal' ? Number(text) : text
}
