import type { Ipv4Address, Ipv4Prefix } from '#shared/units/index'

import { DEFAULT_LOCAL_PREF, type PathAttributes } from './attributes'

/** A prefix as one number: the network's address and the length. */
export type PrefixKey = number

/** The key of a prefix. */
export function prefixKey(prefix: Ipv4Prefix): PrefixKey {
  return prefix.network * 64 + prefix.length
}

/** The prefix of a key. */
export function prefixOfKey(key: PrefixKey): Ipv4Prefix {
  return { network: Math.floor(key / 64) as Ipv4Address, length: key % 64 }
}

/** Where a route comes from; preferences as BIRD has them. */
export const ROUTE_PREFERENCE = { direct: 240, static: 200, bgp: 100 } as const

/** A route in a speaker's table. */
export interface Route {
  readonly kind: keyof typeof ROUTE_PREFERENCE
  /** What learned it: a session's number, −1 for the speaker's own routes. */
  readonly session: number
  /** The identifier the neighbour gave the path; 0 without ADD-PATH. */
  readonly pathId: number
  readonly attributes: PathAttributes
  /** From a speaker of the same AS. */
  readonly internal: boolean
  /** Router id and address of the neighbour; 0 for own routes. */
  readonly routerId: number
  readonly peer: number
  /** Kept over the neighbour's restart, not heard of again so far. */
  stale: boolean
  /** Where packets go: a gateway on a subnet of the host; undefined while the next hop cannot be reached. */
  gateway: Ipv4Address | undefined
  /** How far the next hop is, by what leads there (BIRD: igp_metric): 0 on a subnet of the host. */
  readonly igpMetric: number
}

/**
 * Which of two routes to one prefix is better; negative: the first. The order is that of RFC 4271, section 9.1.2.2, and
 * RFC 4456, section 9, with BIRD's own steps before: preference of the protocol, then reachability of the next hop.
 */
export function compareRoutes(a: Route, b: Route): number {
  return (
    ROUTE_PREFERENCE[b.kind] - ROUTE_PREFERENCE[a.kind] ||
    reachability(b) - reachability(a) ||
    comparePaths(a, b) ||
    (a.attributes.originatorId ?? a.routerId) - (b.attributes.originatorId ?? b.routerId) ||
    a.attributes.clusterList.length - b.attributes.clusterList.length ||
    a.peer - b.peer ||
    a.pathId - b.pathId
  )
}

/** Whether a route is as good as the best up to the steps that only break ties: the kernel then uses both (merge paths). */
export function isAsGood(best: Route, other: Route): boolean {
  return best.kind === 'bgp' && other.kind === 'bgp' && other.gateway !== undefined && comparePaths(best, other) === 0
}

/** LOCAL_PREF, length of the AS path, ORIGIN, MED of one neighbour AS, external before internal, way to the next hop. */
function comparePaths(a: Route, b: Route): number {
  const [first, second] = [a.attributes, b.attributes]
  return (
    (second.localPref ?? DEFAULT_LOCAL_PREF) - (first.localPref ?? DEFAULT_LOCAL_PREF) ||
    first.asPath.length - second.asPath.length ||
    first.origin - second.origin ||
    (first.asPath[0] === second.asPath[0] ? (first.med ?? 0) - (second.med ?? 0) : 0) ||
    Number(a.internal) - Number(b.internal) ||
    a.igpMetric - b.igpMetric
  )
}

function reachability({ kind, gateway }: Route): number {
  return kind !== 'bgp' || gateway !== undefined ? 1 : 0
}

/** The routes of a speaker, by prefix, best first. */
export class RouteTable {
  private readonly routes = new Map<PrefixKey, Route[]>()

  /** All prefixes that have a route. */
  get prefixes(): IterableIterator<PrefixKey> {
    return this.routes.keys()
  }

  /** Routes to a prefix, best first. */
  to(key: PrefixKey): readonly Route[] {
    return this.routes.get(key) ?? []
  }

  /** Puts a route in place of the one of the same session and path. */
  put(key: PrefixKey, route: Route): void {
    const routes = this.routes.get(key)
    if (routes === undefined) {
      this.routes.set(key, [route])
      return
    }
    const index = routes.findIndex(({ session, pathId }) => session === route.session && pathId === route.pathId)
    if (index >= 0) routes.splice(index, 1)
    insert(routes, route)
  }

  /** Removes the routes to a prefix that match; whether there were any. */
  remove(key: PrefixKey, matches: (route: Route) => boolean): boolean {
    const routes = this.routes.get(key)
    if (routes === undefined) return false
    const kept = routes.filter((route) => !matches(route))
    if (kept.length === routes.length) return false
    if (kept.length > 0) this.routes.set(key, kept)
    else this.routes.delete(key)
    return true
  }

  /** Sorts the routes to a prefix again after a gateway changed. */
  sort(key: PrefixKey): void {
    this.routes.get(key)?.sort(compareRoutes)
  }
}

function insert(routes: Route[], route: Route): void {
  let index = routes.length
  while (index > 0 && compareRoutes(route, routes[index - 1]!) < 0) index--
  routes.splice(index, 0, route)
}
