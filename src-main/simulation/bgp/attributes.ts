import type { Ipv4Address } from '#shared/units/index'
import { BGP_ORIGIN, type BgpAttributes } from '#shared/wire/bgp/index'

/** Attributes of routes, kept once: the same attributes are the same object. */
export interface PathAttributes {
  readonly origin: number
  /** AS numbers from the neighbour to the origin, as one sequence. */
  readonly asPath: readonly number[]
  readonly nextHop: Ipv4Address
  readonly med: number | undefined
  /** Undefined on the wire between AS. */
  readonly localPref: number | undefined
  readonly communities: readonly number[]
  readonly originatorId: Ipv4Address | undefined
  readonly clusterList: readonly Ipv4Address[]
}

/** LOCAL_PREF of what comes without one (RFC 4271 leaves it open; BIRD: 100). */
export const DEFAULT_LOCAL_PREF = 100

/** Well-known communities (RFC 1997). */
const NO_EXPORT = 0xffffff01
const NO_ADVERTISE = 0xffffff02

/** Attributes of a route that begins here. */
export function ownAttributes(nextHop: Ipv4Address, communities: readonly number[]): PathAttributes {
  return {
    origin: BGP_ORIGIN.igp,
    asPath: [],
    nextHop,
    med: undefined,
    localPref: DEFAULT_LOCAL_PREF,
    communities,
    originatorId: undefined,
    clusterList: [],
  }
}

/** Keeps attributes once, in both forms: as routes have them and as messages have them. */
export class AttributeTable {
  private readonly known = new Map<string, PathAttributes>()
  private readonly wireForms = new Map<PathAttributes, BgpAttributes>()
  private readonly pathForms = new Map<BgpAttributes, PathAttributes>()

  /** The one object with these attributes. */
  intern(attributes: PathAttributes): PathAttributes {
    const key = keyOf(attributes)
    const known = this.known.get(key)
    if (known !== undefined) return known
    this.known.set(key, attributes)
    return attributes
  }

  /** The attributes as a message has them. */
  toWire(attributes: PathAttributes): BgpAttributes {
    let wire = this.wireForms.get(attributes)
    if (wire === undefined) {
      wire = wireFormOf(attributes)
      this.wireForms.set(attributes, wire)
      this.pathForms.set(wire, attributes)
    }
    return wire
  }

  /** The attributes of a message. Requires: it was made by {@link toWire}. */
  fromWire(wire: BgpAttributes): PathAttributes {
    return this.pathForms.get(wire)!
  }
}

function keyOf(attributes: PathAttributes): string {
  const { origin, asPath, nextHop, med, localPref, communities, originatorId, clusterList } = attributes
  return `${origin}|${asPath.join(' ')}|${nextHop}|${med ?? ''}|${localPref ?? ''}|${communities.join(' ')}|${originatorId ?? ''}|${clusterList.join(' ')}`
}

/** Whether a community forbids announcing a route at all, or to another AS. */
export function forbidsExport({ communities }: PathAttributes, toOtherAs: boolean): boolean {
  return communities.includes(NO_ADVERTISE) || (toOtherAs && communities.includes(NO_EXPORT))
}

function wireFormOf(attributes: PathAttributes): BgpAttributes {
  const { origin, asPath, nextHop, med, localPref, communities, originatorId, clusterList } = attributes
  return {
    origin,
    asPath: asPath.length > 0 ? [{ kind: 'sequence', asns: asPath }] : [],
    nextHop,
    ...(med !== undefined && { med }),
    ...(localPref !== undefined && { localPref }),
    ...(communities.length > 0 && { communities }),
    ...(originatorId !== undefined && { originatorId }),
    ...(clusterList.length > 0 && { clusterList }),
  }
}

/** Bytes of the attributes in an UPDATE (RFC 4271, section 4.3: three bytes before each value). */
export function wireLength(attributes: PathAttributes): number {
  const { asPath, med, localPref, communities, originatorId, clusterList } = attributes
  const path = asPath.length > 0 ? 2 + 4 * asPath.length : 0
  const list = (length: number): number => (length > 0 ? 3 + 4 * length : 0)
  return (
    4 + 3 + path + 7 +
    (med === undefined ? 0 : 7) +
    (localPref === undefined ? 0 : 7) +
    (originatorId === undefined ? 0 : 7) +
    list(communities.length) +
    list(clusterList.length)
  )
}
