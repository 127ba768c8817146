import { ipv4Address } from '#shared/units/index'

import { readUint16, readUint32 } from '../big-endian'
import { ByteWriter } from './byte-writer'
import { BGP_ERROR, BgpMessageError, type AsPathSegment, type BgpAttributes } from './message'

/** Attribute types (IANA). */
const TYPE = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  localPref: 5,
  communities: 8,
  originatorId: 9,
  clusterList: 10,
} as const

/** Attribute flags (RFC 4271, section 4.3). */
const WELL_KNOWN = 0x40
const OPTIONAL = 0x80
const OPTIONAL_TRANSITIVE = 0xc0
const EXTENDED_LENGTH = 0x10

const AS_SET = 1
const AS_SEQUENCE = 2

/** Writes the attributes by ascending type, AS numbers of four octets. */
export function writeAttributes(out: ByteWriter, attributes: BgpAttributes): void {
  const { med, localPref, communities, originatorId, clusterList } = attributes
  const entries: { flags: number; type: number; value: Uint8Array }[] = [
    { flags: WELL_KNOWN, type: TYPE.origin, value: Uint8Array.of(attributes.origin) },
    { flags: WELL_KNOWN, type: TYPE.asPath, value: asPathBytes(attributes.asPath) },
    { flags: WELL_KNOWN, type: TYPE.nextHop, value: words([attributes.nextHop]) },
  ]
  if (med !== undefined) entries.push({ flags: OPTIONAL, type: TYPE.med, value: words([med]) })
  if (localPref !== undefined) entries.push({ flags: WELL_KNOWN, type: TYPE.localPref, value: words([localPref]) })
  if (communities) entries.push({ flags: OPTIONAL_TRANSITIVE, type: TYPE.communities, value: words(communities) })
  if (originatorId !== undefined) entries.push({ flags: OPTIONAL, type: TYPE.originatorId, value: words([originatorId]) })
  if (clusterList) entries.push({ flags: OPTIONAL, type: TYPE.clusterList, value: words(clusterList) })
  entries.push(...(attributes.others ?? []))
  for (const { flags, type, value } of entries.toSorted((a, b) => a.type - b.type)) {
    const extended = value.length > 0xff
    out.uint8(extended ? flags | EXTENDED_LENGTH : flags & ~EXTENDED_LENGTH, type)
    if (extended) out.uint16(value.length)
    else out.uint8(value.length)
    out.bytes(value)
  }
}

/** Reads the attributes in `bytes`; undefined where there are none. */
export function readAttributes(bytes: Uint8Array): BgpAttributes | undefined {
  if (bytes.length === 0) return undefined
  const values = new Map<number, { flags: number; value: Uint8Array }>()
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes[at]!
    const extended = (flags & EXTENDED_LENGTH) !== 0
    const start = at + (extended ? 4 : 3)
    if (start > bytes.length) throw malformed('An attribute is cut off.')
    const end = start + (extended ? readUint16(bytes, at + 2) : bytes[at + 2]!)
    if (end > bytes.length) throw malformed('An attribute is longer than its message.')
    if (values.has(bytes[at + 1]!)) throw malformed('An attribute occurs twice.')
    values.set(bytes[at + 1]!, { flags, value: bytes.slice(start, end) })
    at = end
  }
  return attributesOf(values)
}

function attributesOf(values: ReadonlyMap<number, { flags: number; value: Uint8Array }>): BgpAttributes {
  const required = (type: number): Uint8Array => {
    const entry = values.get(type)
    if (entry === undefined) throw new BgpMessageError(BGP_ERROR.update, 3, `The attribute ${type} is missing.`)
    return entry.value
  }
  const numbers = (type: number): number[] | undefined => {
    const value = values.get(type)?.value
    return value && Array.from({ length: value.length >>> 2 }, (_, index) => readUint32(value, index * 4))
  }
  const med = numbers(TYPE.med)?.[0]
  const localPref = numbers(TYPE.localPref)?.[0]
  const communities = numbers(TYPE.communities)
  const originatorId = numbers(TYPE.originatorId)?.[0]
  const clusterList = numbers(TYPE.clusterList)
  const known = new Set<number>(Object.values(TYPE))
  const others = [...values].filter(([type]) => !known.has(type)).map(([type, entry]) => ({ type, ...entry }))
  return {
    origin: required(TYPE.origin)[0]!,
    asPath: readAsPath(required(TYPE.asPath)),
    nextHop: ipv4Address(readUint32(required(TYPE.nextHop), 0)),
    ...(med !== undefined && { med }),
    ...(localPref !== undefined && { localPref }),
    ...(communities && { communities }),
    ...(originatorId !== undefined && { originatorId: ipv4Address(originatorId) }),
    ...(clusterList && { clusterList: clusterList.map(ipv4Address) }),
    ...(others.length > 0 && { others }),
  }
}

function asPathBytes(segments: readonly AsPathSegment[]): Uint8Array {
  const out = new ByteWriter()
  for (const { kind, asns } of segments) {
    out.uint8(kind === 'set' ? AS_SET : AS_SEQUENCE, asns.length)
    for (const asn of asns) out.uint32(asn)
  }
  return out.finish()
}

function readAsPath(value: Uint8Array): AsPathSegment[] {
  const segments: AsPathSegment[] = []
  for (let at = 0; at < value.length; ) {
    const kind = value[at] === AS_SET ? 'set' : 'sequence'
    const count = value[at + 1] ?? 0
    if (at + 2 + 4 * count > value.length) throw malformed('The AS path is cut off.')
    const first = at + 2
    segments.push({ kind, asns: Array.from({ length: count }, (_, index) => readUint32(value, first + index * 4)) })
    at += 2 + 4 * count
  }
  return segments
}

function words(values: readonly number[]): Uint8Array {
  const out = new ByteWriter()
  for (const value of values) out.uint32(value)
  return out.finish()
}

function malformed(message: string): BgpMessageError {
  return new BgpMessageError(BGP_ERROR.update, 1, message)
}
