import type { Labels } from '../../kubernetes/label-selector'
import { tokenize, type Token } from './selector-tokens'

/** A selector expression of Calico, parsed. */
export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly label: string; readonly value: string }
  | { readonly kind: 'in' | 'not in'; readonly label: string; readonly values: readonly string[] }
  | { readonly kind: 'not'; readonly operand: Selector }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Selector[] }

/** Operators between a label and a string. */
type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with'

/** What became of a selector's text. */
export type ParsedSelector = { readonly selector: Selector } | { readonly error: string }

/**
 * Parses a selector as Calico does (libcalico-go, lib/selector): `||` binds loosest, `&&` tighter, `!` to the next
 * operation; there are no escapes in strings; an empty text selects everything.
 */
export function parseSelector(text: string): ParsedSelector {
  const tokens = tokenize(text)
  if ('error' in tokens) return tokens
  if (tokens.tokens.length === 0) return { selector: { kind: 'all' } }
  const parser = new Parser(tokens.tokens)
  try {
    return { selector: parser.parse() }
  } catch (error) {
    if (error instanceof SelectorError) return { error: error.message }
    throw error
  }
}

/** Whether labels meet a selector. `!=` and `not in` also hold where the label is missing. */
export function matchesSelector(selector: Selector, labels: Labels): boolean {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return true
    case 'has':
      return Object.hasOwn(labels, selector.label)
    case 'compare':
      return compare(selector.operator, valueOf(labels, selector.label), selector.value)
    case 'in':
    case 'not in': {
      const value = valueOf(labels, selector.label)
      return (value !== undefined && selector.values.includes(value)) === (selector.kind === 'in')
    }
    case 'not':
      return !matchesSelector(selector.operand, labels)
    case 'and':
      return selector.operands.every((operand) => matchesSelector(operand, labels))
    case 'or':
      return selector.operands.some((operand) => matchesSelector(operand, labels))
  }
}

/** The one way of writing a selector: sets sorted, operations in parentheses. */
export function formatSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'all':
      return 'all()'
    case 'global':
      return 'global()'
    case 'has':
      return `has(${selector.label})`
    case 'compare':
      return `${selector.label} ${selector.operator} ${quote(selector.value)}`
    case 'in':
    case 'not in':
      return `${selector.label} ${selector.kind} {${selector.values.map(quote).join(', ')}}`
    case 'not':
      return `!${formatSelector(selector.operand)}`
    case 'and':
      return `(${selector.operands.map(formatSelector).join(' && ')})`
    case 'or':
      return `(${selector.operands.map(formatSelector).join(' || ')})`
  }
}

/** A selector with its parts replaced, from the innermost on. */
export function mapSelector(selector: Selector, replace: (part: Selector) => Selector): Selector {
  switch (selector.kind) {
    case 'not':
      return replace({ kind: 'not', operand: mapSelector(selector.operand, replace) })
    case 'and':
    case 'or':
      return replace({ kind: selector.kind, operands: selector.operands.map((operand) => mapSelector(operand, replace)) })
    default:
      return replace(selector)
  }
}

function valueOf(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined
}

function compare(operator: Comparison, value: string | undefined, wanted: string): boolean {
  switch (operator) {
    case '==':
      return value === wanted
    case '!=':
      return value !== wanted
    case 'contains':
      return value?.includes(wanted) ?? false
    case 'starts with':
      return value?.startsWith(wanted) ?? false
    case 'ends with':
      return value?.endsWith(wanted) ?? false
  }
}

function quote(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`
}

class SelectorError extends Error {}

class Parser {
  private readonly tokens: readonly Token[]
  private position = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  parse(): Selector {
    const selector = this.alternatives()
    if (this.position < this.tokens.length) throw new SelectorError('unexpected content at end of selector')
    return selector
  }

  private alternatives(): Selector {
    return this.joined('||', 'or', () => this.joined('&&', 'and', () => this.operation()))
  }

  private joined(separator: string, kind: 'and' | 'or', next: () => Selector): Selector {
    const operands = [next()]
    while (this.takes(separator)) operands.push(next())
    return operands.length === 1 ? operands[0]! : { kind, operands }
  }

  private operation(): Selector {
    let isNegated = false
    while (this.takes('!')) isNegated = !isNegated
    const operand = this.operand()
    return isNegated ? { kind: 'not', operand } : operand
  }

  private operand(): Selector {
    const token = this.next()
    if (token === undefined) throw new SelectorError('unexpected end of string looking for op')
    switch (token.kind) {
      case 'has':
        return { kind: 'has', label: token.value }
      case 'all':
      case 'global':
        return { kind: token.kind }
      case 'label':
        return this.labelOperation(token.value)
      case '(': {
        const inner = this.alternatives()
        if (!this.takes(')')) throw new SelectorError('expected )')
        return inner
      }
      default:
        throw new SelectorError(`unexpected token: ${token.kind}`)
    }
  }

  private labelOperation(label: string): Selector {
    const operator = this.next()
    if (operator === undefined) throw new SelectorError('unexpected end of string looking for op')
    switch (operator.kind) {
      case '==':
      case '!=':
      case 'contains':
      case 'starts with':
      case 'ends with': {
        const literal = this.next()
        if (literal?.kind !== 'string') throw new SelectorError('expected string')
        return { kind: 'compare', operator: operator.kind, label, value: literal.value }
      }
      case 'in':
      case 'not in':
        return { kind: operator.kind, label, values: this.set() }
      default:
        throw new SelectorError(`expected == or != not: ${operator.kind}`)
    }
  }

  /** A set in braces, sorted and without doubles. It may be empty, and may end with a comma. */
  private set(): string[] {
    if (!this.takes('{')) throw new SelectorError('expected set literal')
    const values = new Set<string>()
    while (this.tokens[this.position]?.kind === 'string') {
      values.add(this.next()!.value)
      if (!this.takes(',')) break
    }
    if (!this.takes('}')) throw new SelectorError('expected }')
    return [...values].sort()
  }

  private next(): Token | undefined {
    return this.tokens[this.position++]
  }

  private takes(kind: string): boolean {
    if (this.tokens[this.position]?.kind !== kind) return false
    this.position++
    return true
  }
}
