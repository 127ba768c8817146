import { parseIpv4Address } from './ipv4'

/**
 * An address of either family, as network policies compare them: an IPv4 address is its unsigned 32-bit number, an IPv6
 * address its unsigned 128-bit one.
 */
export interface IpAddress {
  readonly version: 4 | 6
  readonly value: number | bigint
}

/** A range of addresses of one family that a prefix covers. */
export interface IpBlock {
  readonly version: 4 | 6
  readonly length: number
  readonly first: number | bigint
  readonly last: number | bigint
}

const GROUPS = 8

/** Reads a dotted quad, or an IPv6 address as RFC 4291 section 2.2 writes it, without zone. Undefined for all else. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) {
    const value = parseIpv6(text)
    return value === undefined ? undefined : { version: 6, value }
  }
  const read = parseIpv4Address(text)
  return read.ok ? { version: 4, value: read.value } : undefined
}

/** Reads `address/length`; bits set beyond the length are cleared, as net.ParseCIDR does. Undefined for all else. */
export function parseIpBlock(text: string): IpBlock | undefined {
  const slash = text.indexOf('/')
  const length = text.slice(slash + 1)
  const address = parseIpAddress(text.slice(0, Math.max(0, slash)))
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/u.test(length)) return undefined
  return blockOf(address, Number(length))
}

/** The block that holds one address and nothing else. */
export function singleAddress({ version, value }: IpAddress): IpBlock {
  return { version, length: version === 4 ? 32 : 128, first: value, last: value }
}

/** Whether an address is in a block; addresses of the other family never are. */
export function ipBlockContains(block: IpBlock, { version, value }: IpAddress): boolean {
  return version === block.version && value >= block.first && value <= block.last
}

/** Whether every address of `inner` is in `outer`. */
export function ipBlockCovers(outer: IpBlock, inner: IpBlock): boolean {
  return outer.version === inner.version && outer.first <= inner.first && inner.last <= outer.last
}

function blockOf({ version, value }: IpAddress, length: number): IpBlock | undefined {
  if (version === 4) {
    if (length > 32) return undefined
    const size = 2 ** (32 - length)
    const first = Math.floor(Number(value) / size) * size
    return { version, length, first, last: first + size - 1 }
  }
  if (length > 128) return undefined
  const size = 1n << BigInt(128 - length)
  const first = (BigInt(value) / size) * size
  return { version, length, first, last: first + size - 1n }
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const parsed = halves.map((half, index) => parseGroups(half, index === halves.length - 1))
  const [head, tail] = parsed
  if (head === undefined || parsed.some((groups) => groups === undefined)) return undefined
  const given = head.length + (tail?.length ?? 0)
  // A double colon stands for at least one group of zeros.
  if (tail === undefined ? given !== GROUPS : given >= GROUPS) return undefined
  const groups = [...head, ...Array.from({ length: GROUPS - given }, () => 0), ...(tail ?? [])]
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n)
}

/** The 16-bit groups of a text between colons; the last two may be a dotted quad. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const groups: number[] = []
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && part.includes('.')) {
      const quad = parseIpv4Address(part)
      if (!quad.ok) return undefined
      groups.push(Math.floor(quad.value / 65_536), quad.value % 65_536)
    } else if (/^[0-9a-fA-F]{1,4}$/u.test(part)) {
      groups.push(Number.parseInt(part, 16))
    } else {
      return undefined
    }
  }
  return groups
}
