import type { Brand } from './brand'
import { parsed, quoted, refused, type ParseResult } from './parse-result'

/** An IPv4 address as an unsigned 32-bit integer in host order: 10.0.0.1 is 0x0a000001. */
export type Ipv4Address = Brand<number, 'Ipv4Address'>

/** A block of addresses: `network` has no bit set beyond `length` (0 to 32). */
export interface Ipv4Prefix {
  readonly network: Ipv4Address
  readonly length: number
}

/** An address as an interface has it: with the length of the subnet it is in, or without. */
export interface Ipv4Interface {
  readonly address: Ipv4Address
  readonly prefixLength?: number
}

const dottedQuad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u
const withLength = /^(?<address>[^/]*)\/(?<length>\d{1,2})$/u

/** `value` as an address. Throws a RangeError unless it is an unsigned 32-bit integer. */
export function ipv4Address(value: number): Ipv4Address {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(`An IPv4 address must be an unsigned 32-bit integer, not ${value}`)
  }
  return value as Ipv4Address
}

/** Reads a dotted quad as inet_pton(3) does: four decimal numbers to 255 without leading zeros. */
export function parseIpv4Address(text: string): ParseResult<Ipv4Address> {
  const octets = dottedQuad.exec(text)?.slice(1) ?? []
  const valid = octets.length === 4 && octets.every((octet) => Number(octet) <= 255 && String(Number(octet)) === octet)
  if (valid) return parsed(octets.reduce((sum, octet) => sum * 256 + Number(octet), 0) as Ipv4Address)
  return refused(
    'syntax',
    text.includes(':')
      ? `${quoted(text)} is not an IPv4 address; IPv6 is not modelled yet.`
      : `${quoted(text)} is not an IPv4 address like 10.1.0.11.`,
  )
}

/** Writes an address as a dotted quad. */
export function formatIpv4Address(address: Ipv4Address): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}

/** Reads `10.244.0.0/16`. Bits set beyond the length are refused, with the prefix that was probably meant. */
export function parseIpv4Prefix(text: string): ParseResult<Ipv4Prefix> {
  const read = readWithLength(text, 'a prefix like 10.244.0.0/16')
  if (!read.ok) return read
  const { address, length } = read.value
  const prefix = ipv4Prefix(address, length)
  if (prefix.network === address) return parsed(prefix)
  return refused('syntax', `${quoted(text)} has bits set beyond its length of ${length}.`, formatIpv4Prefix(prefix))
}

/** Reads the address of an interface: `10.1.0.11`, or `10.1.0.11/24` with the length of its subnet. */
export function parseIpv4Interface(text: string): ParseResult<Ipv4Interface> {
  if (text.includes('/')) {
    const read = readWithLength(text, 'an address like 10.1.0.11/24')
    return read.ok ? parsed({ address: read.value.address, prefixLength: read.value.length }) : read
  }
  const address = parseIpv4Address(text)
  return address.ok ? parsed({ address: address.value }) : address
}

function readWithLength(text: string, what: string): ParseResult<{ address: Ipv4Address; length: number }> {
  const groups = withLength.exec(text)?.groups
  const address = parseIpv4Address(groups?.['address'] ?? text)
  if (!address.ok && text.includes(':')) return address
  if (groups === undefined || !address.ok) {
    return refused('syntax', `${quoted(text)} is not ${what}.`, address.ok ? `${text}/32` : undefined)
  }
  const length = Number(groups['length'])
  return length > 32
    ? refused('range', `${quoted(text)} has a prefix length over 32.`)
    : parsed({ address: address.value, length })
}

/** The block of `length` bits that `address` is in. Throws a RangeError unless 0 ≤ length ≤ 32. */
export function ipv4Prefix(address: Ipv4Address, length: number): Ipv4Prefix {
  if (!Number.isInteger(length) || length < 0 || length > 32) {
    throw new RangeError(`A prefix length must be from 0 to 32, not ${length}`)
  }
  return { network: (Math.floor(address / 2 ** (32 - length)) * 2 ** (32 - length)) as Ipv4Address, length }
}

/** Writes a prefix as `network/length`. */
export function formatIpv4Prefix(prefix: Ipv4Prefix): string {
  return `${formatIpv4Address(prefix.network)}/${prefix.length}`
}

/** Writes an interface's address as a lab file has it. */
export function formatIpv4Interface({ address, prefixLength }: Ipv4Interface): string {
  return formatIpv4Address(address) + (prefixLength === undefined ? '' : `/${prefixLength}`)
}

/** How many addresses a prefix has, from 1 (/32) to 2^32 (/0). */
export function ipv4PrefixSize(prefix: Ipv4Prefix): number {
  return 2 ** (32 - prefix.length)
}

/** Whether an address is in a prefix. */
export function ipv4PrefixContains(prefix: Ipv4Prefix, address: Ipv4Address): boolean {
  return address >= prefix.network && address < prefix.network + ipv4PrefixSize(prefix)
}

/** Whether every address of `inner` is in `outer`. */
export function ipv4PrefixCovers(outer: Ipv4Prefix, inner: Ipv4Prefix): boolean {
  return outer.length <= inner.length && ipv4PrefixContains(outer, inner.network)
}

/** Whether two prefixes have an address in common. */
export function ipv4PrefixesOverlap(a: Ipv4Prefix, b: Ipv4Prefix): boolean {
  return ipv4PrefixCovers(a, b) || ipv4PrefixCovers(b, a)
}

/** The address `index` places after the network address. Throws a RangeError when the prefix has no such address. */
export function nthIpv4Address(prefix: Ipv4Prefix, index: number): Ipv4Address {
  if (!Number.isInteger(index) || index < 0 || index >= ipv4PrefixSize(prefix)) {
    throw new RangeError(`${formatIpv4Prefix(prefix)} has no address number ${index}`)
  }
  return (prefix.network + index) as Ipv4Address
}
