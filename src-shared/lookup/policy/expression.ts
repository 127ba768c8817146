/** Expressions that were used before: compiling one takes longer than matching. Undefined: it is none. */
const expressions = new Map<string, RegExp | undefined>()

/** What JavaScript's expressions have and RE2, which Envoy uses, has not: looking around and references back. */
const NOT_IN_RE2 = /\(\?<?[=!]|\\[1-9]/u

/**
 * A regular expression of RE2 that must match the whole of a text, as Envoy's `safe_regex` takes it; undefined where the
 * source is none. Flags are understood at its start.
 */
export function wholeExpression(source: string): RegExp | undefined {
  if (!expressions.has(source)) expressions.set(source, compile(source))
  return expressions.get(source)
}

function compile(source: string): RegExp | undefined {
  if (NOT_IN_RE2.test(source)) return undefined
  const [head = '', flags = ''] = /^\(\?([ims]+)\)/u.exec(source) ?? []
  const body = source.slice(head.length).replaceAll('(?P<', '(?<')
  try {
    // Without the `u` flag, which refuses escapes that RE2 takes, like `\\-`.
    return new RegExp(`^(?:${body})$`, [...new Set(`${flags}s`)].join(''))
  } catch {
    return undefined
  }
}
