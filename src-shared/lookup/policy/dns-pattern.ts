/** Characters of a label in a DNS name, as Cilium takes them (pkg/fqdn/matchpattern, allowedDNSCharsREGroup). */
const LABEL_CHARACTER = '[-a-zA-Z0-9_]'

/** Expressions of patterns that were used before. */
const expressions = new Map<string, RegExp>()

/**
 * Whether a fully qualified name (with its final dot) matches a pattern of `toFQDNs` or of a DNS rule. Neither depends on
 * case; a pattern without a final dot gets one.
 *
 * `*` stands for characters within one label, none included; `**` as a label for one or more labels (Cilium 1.19); a
 * pattern of stars alone for any name. (cilium/cilium, pkg/fqdn/matchpattern.)
 */
export function matchesDnsPattern(pattern: string, name: string): boolean {
  let expression = expressions.get(pattern)
  if (expression === undefined) {
    expression = new RegExp(expressionOf(pattern), 'u')
    expressions.set(pattern, expression)
  }
  return expression.test(name.toLowerCase())
}

function expressionOf(pattern: string): string {
  const trimmed = pattern.trim().toLowerCase()
  if (/^\*+\.?$/u.test(trimmed)) return `^(?:(?:${LABEL_CHARACTER}+[.])+|[.])$`
  const labels = trimmed.replace(/\.$/u, '').split('.')
  const expressions = labels.map((label) =>
    /^\*{2,}$/u.test(label) ? `(?:${LABEL_CHARACTER}+[.])+` : `${labelExpression(label)}[.]`,
  )
  return `^${expressions.join('')}$`
}

/** Characters that no name has are taken literally, so that a pattern with them matches nothing. */
function labelExpression(label: string): string {
  return label
    .replaceAll(/[^-a-z0-9_*]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
    .replaceAll(/\*+/gu, `${LABEL_CHARACTER}*`)
}
