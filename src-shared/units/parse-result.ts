/** Why a text is not the quantity it should be. `suggestion` is the text that was probably meant. */
export interface UnitError {
  readonly reason: 'syntax' | 'unit' | 'negative' | 'fraction' | 'range'
  readonly message: string
  readonly suggestion?: string
}

/** What a parser answers: the value, or why there is none. Parsers never throw. */
export type ParseResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: UnitError }

/** The answer of a parser that understood its text. */
export function parsed<Value>(value: Value): ParseResult<Value> {
  return { ok: true, value }
}

/** The answer of a parser that did not. */
export function refused(reason: UnitError['reason'], message: string, suggestion?: string): ParseResult<never> {
  return { ok: false, error: suggestion === undefined ? { reason, message } : { reason, message, suggestion } }
}

/** Quotes a text for a message, shortened so that a message stays a sentence. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}
