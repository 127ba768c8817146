import { matchesDnsPattern } from './dns-pattern'
import { wholeExpression } from './expression'
import { matchesHttpPath, type HttpPathRule } from './http-path'

/** A request inside a connection, as far as policies ask about it. */
export type Request =
  | {
      readonly kind: 'http'
      readonly method: string
      readonly path: string
      readonly host?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'dns'; readonly name: string }

/** One HTTP rule of Cilium: regular expressions that must match the whole of what they are about. */
export interface CiliumHttpRule {
  readonly method?: string
  readonly path?: string
  readonly host?: string
  /** Headers that must be there; with a value, that value. */
  readonly headers: readonly { readonly name: string; readonly value?: string }[]
}

/** What a rule asks of the requests in a connection; a list of alternatives, of which one must hold. `not`: that another does not. */
export type RequestMatch =
  | { readonly kind: 'cilium-http'; readonly anyOf: readonly CiliumHttpRule[] }
  | { readonly kind: 'calico-http'; readonly methods: readonly string[]; readonly paths: readonly HttpPathRule[] }
  | { readonly kind: 'dns'; readonly patterns: readonly string[] }
  | { readonly kind: 'not'; readonly match: RequestMatch }

/** Whether a request is one that a rule asks for. A request of another kind never is. */
export function matchesRequest(match: RequestMatch, request: Request): boolean {
  switch (match.kind) {
    case 'cilium-http':
      return request.kind === 'http' && match.anyOf.some((rule) => matchesCiliumHttp(rule, request))
    case 'calico-http':
      return (
        request.kind === 'http' &&
        (match.methods.length === 0 || match.methods.some((method) => method === '*' || method === request.method)) &&
        (match.paths.length === 0 || match.paths.some((rule) => matchesHttpPath(rule, request.path)))
      )
    case 'dns':
      return request.kind === 'dns' && match.patterns.some((pattern) => matchesDnsPattern(pattern, qualify(request.name)))
    case 'not':
      return !matchesRequest(match.match, request)
  }
}

function matchesCiliumHttp(rule: CiliumHttpRule, request: Extract<Request, { kind: 'http' }>): boolean {
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  return (
    matchesWhole(rule.method, request.method) &&
    matchesWhole(rule.path, request.path) &&
    matchesWhole(rule.host, request.host ?? '') &&
    rule.headers.every(({ name, value }) =>
      headers.some(([given, text]) => given === name.toLowerCase() && (value === undefined || value === text)),
    )
  )
}

/** An absent or empty expression asks nothing; one that is none is refused where it is read, and matches nothing. */
function matchesWhole(source: string | undefined, text: string): boolean {
  return source === undefined || source === '' || (wholeExpression(source)?.test(text) ?? false)
}

function qualify(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}
