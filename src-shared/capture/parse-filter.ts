import type { CaptureEnd, CaptureFilter } from '../plan/index'
import { parseIpv4Address } from '../units/index'
import { IP_PROTOCOL } from '../wire/index'

const PROTOCOLS: ReadonlyMap<string, number> = new Map(Object.entries(IP_PROTOCOL))
const HIGHEST_PORT = 65_535
const TOKEN = /[()!]|[^\s()!]+/gu

/** What a filter is made of, for messages. */
const GRAMMAR = 'tcp, udp, icmp, ipip, esp, [src|dst] host ADDRESS, [src|dst] port NUMBER, joined by and, or, not and parentheses'

/**
 * Reads a filter: a subset of pcap-filter(7) — protocols, hosts and ports, `and`, `or`, `not` and parentheses; `and` binds
 * stronger than `or`, where pcap-filter gives both the same precedence. Returns what is wrong with it, otherwise.
 */
export function parseFilter(text: string): CaptureFilter | string {
  const parser = new FilterParser(text.match(TOKEN) ?? [])
  try {
    return parser.whole()
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    return `The filter ${JSON.stringify(text)} can't be read: ${error.message}. It may have ${GRAMMAR}.`
  }
}

class FilterError extends Error {}

class FilterParser {
  private readonly tokens: readonly string[]
  private at = 0

  constructor(tokens: readonly string[]) {
    this.tokens = tokens
  }

  whole(): CaptureFilter {
    const filter = this.any()
    const rest = this.tokens[this.at]
    if (rest !== undefined) throw new FilterError(`${JSON.stringify(rest)} is not expected there`)
    return filter
  }

  private any(): CaptureFilter {
    const parts = [this.all()]
    while (this.accept('or', '||')) parts.push(this.all())
    return parts.length === 1 ? parts[0]! : { any: parts }
  }

  private all(): CaptureFilter {
    const parts = [this.one()]
    while (this.accept('and', '&&')) parts.push(this.one())
    return parts.length === 1 ? parts[0]! : { all: parts }
  }

  private one(): CaptureFilter {
    if (this.accept('not', '!')) return { not: this.one() }
    if (this.accept('(')) {
      const inside = this.any()
      if (!this.accept(')')) throw new FilterError('a parenthesis is not closed')
      return inside
    }
    const end = this.end()
    if (this.accept('host')) return { host: this.address(), end }
    if (this.accept('port')) return { port: this.port(), end }
    const word = this.next()
    const protocol = end === 'either' ? PROTOCOLS.get(word) : undefined
    if (protocol === undefined) throw new FilterError(`${JSON.stringify(word)} is not expected there`)
    return { protocol }
  }

  private end(): CaptureEnd {
    if (this.accept('src')) return 'source'
    return this.accept('dst') ? 'destination' : 'either'
  }

  private address(): number {
    const word = this.next()
    const address = parseIpv4Address(word)
    if (!address.ok) throw new FilterError(`${JSON.stringify(word)} is no IPv4 address`)
    return address.value
  }

  private port(): number {
    const word = this.next()
    const port = Number(word)
    if (!/^\d+$/u.test(word) || port > HIGHEST_PORT) throw new FilterError(`${JSON.stringify(word)} is no port`)
    return port
  }

  private accept(...words: readonly string[]): boolean {
    const isNext = words.includes(this.tokens[this.at] ?? '')
    if (isNext) this.at++
    return isNext
  }

  private next(): string {
    const word = this.tokens[this.at++]
    if (word === undefined) throw new FilterError('it ends too early')
    return word
  }
}
