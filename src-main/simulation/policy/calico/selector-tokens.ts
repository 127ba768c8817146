/** A token of a selector: a label, a string, `has(label)`, or a sign or word that is its own kind. */
export interface Token {
  readonly kind: TokenKind
  /** Text of a label, string or `has`; empty for the others. */
  readonly value: string
}

type TokenKind =
  | 'label'
  | 'string'
  | 'has'
  | 'all'
  | 'global'
  | '=='
  | '!='
  | '!'
  | '&&'
  | '||'
  | '('
  | ')'
  | '{'
  | '}'
  | ','
  | 'in'
  | 'not in'
  | 'contains'
  | 'starts with'
  | 'ends with'

/** Signs, the longer before those they begin with. */
const SIGNS = ['==', '!=', '&&', '||', '!', '(', ')', '{', '}', ','] as const

/** Words that may follow a label, as Calico looks for them: by their beginning, with spaces between two words or none. */
const OPERATORS: readonly (readonly [RegExp, TokenKind])[] = [
  [/^contains/u, 'contains'],
  [/^starts[ \t]*with/u, 'starts with'],
  [/^ends[ \t]*with/u, 'ends with'],
  [/^not[ \t]*in/u, 'not in'],
  [/^in/u, 'in'],
]

const LABEL = /^[a-zA-Z0-9_./-]{1,512}/u
const HAS = /^has\([ \t]*([a-zA-Z0-9_./-]{1,512})[ \t]*\)/u
const CALL = /^(all|global)\([ \t]*\)/u

/** Splits a selector into tokens (libcalico-go, lib/selector/tokenizer). Only space and tab separate. */
export function tokenize(text: string): { readonly tokens: Token[] } | { readonly error: string } {
  const tokens: Token[] = []
  for (let rest = skipSpace(text); rest !== ''; rest = skipSpace(rest)) {
    const found = nextToken(rest, tokens.at(-1))
    if (typeof found === 'string') return { error: found }
    tokens.push(found.token)
    rest = rest.slice(found.length)
  }
  return { tokens }
}

function skipSpace(text: string): string {
  return text.replace(/^[ \t]+/u, '')
}

/** The token at the start of a text and its length, or what is wrong there. */
function nextToken(rest: string, last: Token | undefined): { token: Token; length: number } | string {
  const sign = SIGNS.find((candidate) => rest.startsWith(candidate))
  if (sign !== undefined) return { token: { kind: sign, value: '' }, length: sign.length }
  const first = rest[0]!
  if (first === '=' || first === '&' || first === '|') return `expected ${first}${first}`
  if (first === '"' || first === "'") {
    const end = rest.indexOf(first, 1)
    return end < 0 ? 'unterminated string' : { token: { kind: 'string', value: rest.slice(1, end) }, length: end + 1 }
  }
  return last?.kind === 'label' ? operatorAfter(rest, last.value) : word(rest)
}

function operatorAfter(rest: string, label: string): { token: Token; length: number } | string {
  for (const [expression, kind] of OPERATORS) {
    const found = expression.exec(rest)
    if (found !== null) return { token: { kind, value: '' }, length: found[0].length }
  }
  return `unexpected characters after label '${label}', was expecting an operator`
}

function word(rest: string): { token: Token; length: number } | string {
  const has = HAS.exec(rest)
  if (has !== null) return { token: { kind: 'has', value: has[1]! }, length: has[0].length }
  const call = CALL.exec(rest)
  if (call !== null) return { token: { kind: call[1] as 'all' | 'global', value: '' }, length: call[0].length }
  if (/^(?:has|all|global)\(/u.test(rest)) return `no closing ')' or label name after ${rest.slice(0, rest.indexOf('(') + 1)}`
  const label = LABEL.exec(rest)?.[0]
  if (label === undefined) return 'unexpected characters'
  return { token: { kind: 'label', value: label }, length: label.length }
}
