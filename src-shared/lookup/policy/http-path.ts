/** A path that an HTTP rule of Calico asks for. */
export type HttpPathRule = { readonly exact: string } | { readonly prefix: string }

/**
 * Whether a request's path is one that a rule of Calico asks for. Both are brought into the form that a server would see
 * first; a prefix ends at the border of a segment. (projectcalico/calico, app-policy/checker/match.go.)
 */
export function matchesHttpPath(rule: HttpPathRule, path: string): boolean {
  const wanted = normalisePath('exact' in rule ? rule.exact : rule.prefix)
  const given = normalisePath(path)
  if (wanted === undefined || given === undefined) return false
  if ('exact' in rule) return given === wanted
  return wanted === '/' || given === wanted || given.startsWith(`${wanted}/`)
}

/**
 * A path without query, decoded once, with `\` as `/`, matrix parameters off, dot segments and repeated slashes resolved.
 * Undefined for what servers could read differently: no leading slash, a bad escape, a null byte, a separator or dot that
 * was escaped twice.
 */
function normalisePath(path: string): string | undefined {
  const decoded = decodePercent(path.split(/[?#]/u, 1)[0]!)
  if (decoded === undefined || decoded.includes('\0') || /%(?:2e|2f|5c)/iu.test(decoded)) return undefined
  const slashed = decoded.replaceAll('\\', '/')
  if (!slashed.startsWith('/')) return undefined
  const segments: string[] = []
  for (const raw of slashed.split('/')) {
    const segment = raw.split(';', 1)[0]!
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

/** Decodes each `%xx` into a character of its own; what is compared are bytes, whatever text they make. */
function decodePercent(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/u.test(text)) return undefined
  return text.replaceAll(/%([0-9a-fA-F]{2})/gu, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}
