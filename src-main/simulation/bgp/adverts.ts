import { BGP_HEADER_BYTES, BGP_MAX_BYTES, type BgpAttributes, type BgpRoute, type BgpUpdate } from '#shared/wire/bgp/index'

import { wireLength, type PathAttributes } from './attributes'
import { exportedAttributes, type ExportSession } from './export-policy'
import { prefixOfKey, type PrefixKey, type Route } from './route'

/** Lengths of withdrawn routes and of attributes: two bytes each. */
const UPDATE_FIXED_BYTES = BGP_HEADER_BYTES + 4
const PATH_ID_BYTES = 4
/** Routes of a table that are told at once when a session comes up (BIRD: max_feed), and packed among themselves. */
const FEED_ROUTES = 256

/** What a session has told its neighbour, and what has changed since. */
export class Adverts {
  private readonly session: ExportSession
  private addPath = false
  private feeding = false
  private readonly touched = new Set<PrefixKey>()
  /** By prefix, the attributes told per path. */
  private readonly told = new Map<PrefixKey, Map<number, PathAttributes>>()

  constructor(session: ExportSession) {
    this.session = session
  }

  /** A session came up: everything is news. */
  begin(addPath: boolean, prefixes: Iterable<PrefixKey>): void {
    this.clear()
    this.addPath = addPath
    this.feeding = true
    for (const key of prefixes) this.touched.add(key)
  }

  clear(): void {
    this.feeding = false
    this.touched.clear()
    this.told.clear()
  }

  /** A prefix may have changed. */
  touch(key: PrefixKey): void {
    this.touched.add(key)
  }

  /** The UPDATEs for everything that changed; routes with the same attributes share one as far as it holds them. */
  updates(): BgpUpdate[] {
    const lots = this.feeding ? this.feedLots() : [this.touched]
    const updates = lots.flatMap((keys) => this.updatesFor(keys))
    this.feeding = false
    this.touched.clear()
    return updates
  }

  /** What is to be told first, in lots of so many routes: each path where all are told. */
  private feedLots(): PrefixKey[][] {
    const lots: PrefixKey[][] = []
    let room = 0
    for (const key of this.touched) {
      if (room <= 0) {
        lots.push([])
        room = FEED_ROUTES
      }
      lots.at(-1)!.push(key)
      room -= this.addPath ? this.session.speaker.table.to(key).length : 1
    }
    return lots
  }

  private updatesFor(keys: Iterable<PrefixKey>): BgpUpdate[] {
    const withdrawn: BgpRoute[] = []
    const announced = new Map<PathAttributes, BgpRoute[]>()
    for (const key of keys) this.compare(key, withdrawn, announced)
    const updates: BgpUpdate[] = pack(withdrawn, 0, this.addPath).map((routes) => ({
      kind: 'update',
      withdrawn: routes,
      announced: [],
    }))
    for (const [attributes, routes] of announced) {
      const wire: BgpAttributes = this.session.speaker.attributes.toWire(attributes)
      for (const part of pack(routes, wireLength(attributes), this.addPath)) {
        updates.push({ kind: 'update', withdrawn: [], attributes: wire, announced: part })
      }
    }
    return updates
  }

  private compare(key: PrefixKey, withdrawn: BgpRoute[], announced: Map<PathAttributes, BgpRoute[]>): void {
    const before = this.told.get(key)
    const now = this.wanted(key)
    const prefix = prefixOfKey(key)
    const route = (pathId: number): BgpRoute => (this.addPath ? { prefix, pathId } : { prefix })
    for (const pathId of before?.keys() ?? []) {
      if (now?.has(pathId) !== true) withdrawn.push(route(pathId))
    }
    for (const [pathId, attributes] of now ?? []) {
      if (before?.get(pathId) === attributes) continue
      // Nobody is told to reach something through himself: BIRD says instead that there is no such route.
      if (attributes.nextHop === this.session.config.address) {
        withdrawn.push(route(pathId))
        continue
      }
      const others = announced.get(attributes)
      if (others === undefined) announced.set(attributes, [route(pathId)])
      else others.push(route(pathId))
    }
    if (now === undefined) this.told.delete(key)
    else this.told.set(key, now)
  }

  /** What the neighbour should know of a prefix: the best route, or with ADD-PATH all. */
  private wanted(key: PrefixKey): Map<number, PathAttributes> | undefined {
    const routes = this.session.speaker.table.to(key)
    const candidates: readonly Route[] = this.addPath ? routes : routes.slice(0, 1)
    let wanted: Map<number, PathAttributes> | undefined
    for (const route of candidates) {
      const attributes = exportedAttributes(this.session, key, route)
      if (attributes === undefined) continue
      wanted ??= new Map()
      wanted.set(this.addPath ? this.session.speaker.pathIdOf(route) : 0, attributes)
    }
    return wanted
  }
}

/** Cuts routes into lots that fit into a message each beside so many bytes of attributes. */
function pack(routes: readonly BgpRoute[], attributeBytes: number, addPath: boolean): BgpRoute[][] {
  const room = BGP_MAX_BYTES - UPDATE_FIXED_BYTES - attributeBytes
  const lots: BgpRoute[][] = []
  let used = Infinity
  for (const route of routes) {
    const bytes = 1 + Math.ceil(route.prefix.length / 8) + (addPath ? PATH_ID_BYTES : 0)
    if (used + bytes > room) {
      lots.push([])
      used = 0
    }
    lots.at(-1)!.push(route)
    used += bytes
  }
  return lots
}
