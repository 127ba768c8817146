import type { PathAttributes } from '#main/simulation/bgp/attributes'
import { isAsGood, RouteTable, type Route } from '#main/simulation/bgp/route'
import { ipv4Address } from '#shared/units/index'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const KEY = 64

/** Routes of which every property has few values, so that every step has ties. `med` says how many values MED has. */
function routesArbitrary(meds: number) {
  const attributes = fc.record({
    origin: fc.nat(2),
    asPath: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    med: fc.option(fc.nat(meds), { nil: undefined }),
    localPref: fc.option(fc.constantFrom(99, 100, 101), { nil: undefined }),
    originatorId: fc.option(fc.integer({ min: 1, max: 3 }).map((id) => ipv4Address(id)), { nil: undefined }),
    clusterList: fc.array(fc.constant(ipv4Address(9)), { maxLength: 2 }),
  }).map((drawn): PathAttributes => ({ ...drawn, nextHop: ipv4Address(1), communities: [] }))
  const route = fc.record({
    attributes,
    internal: fc.boolean(),
    routerId: fc.integer({ min: 1, max: 3 }),
    igpMetric: fc.nat(1),
    gateway: fc.constantFrom(undefined, ipv4Address(1), ipv4Address(2)),
  })
  return fc.array(route, { minLength: 1, maxLength: 6 }).map((drawn) =>
    drawn.map((some, session): Route => ({ ...some, kind: 'bgp', session, peer: 100 + session, pathId: 0, stale: false })),
  )
}

/** Keeps the routes with the least value. */
function least(routes: readonly Route[], value: (route: Route) => number): Route[] {
  const best = Math.min(...routes.map(value))
  return routes.filter((route) => value(route) === best)
}

/** RFC 4271, section 9.1.2.2, a to e, read as it is written: what each step leaves over. */
function survivors(routes: readonly Route[]): Route[] {
  let left = least(routes, ({ gateway }) => (gateway === undefined ? 1 : 0))
  left = least(left, ({ attributes: { localPref } }) => -(localPref ?? 100))
  left = least(left, ({ attributes: { asPath } }) => asPath.length)
  left = least(left, ({ attributes: { origin } }) => origin)
  left = left.filter(({ attributes: { asPath, med } }) =>
    left.every(({ attributes: other }) => other.asPath[0] !== asPath[0] || (other.med ?? 0) >= (med ?? 0)),
  )
  left = least(left, ({ internal }) => Number(internal))
  return least(left, ({ igpMetric }) => igpMetric)
}

/** Steps f and g with those of RFC 4456, section 9, between. */
function chosen(routes: readonly Route[]): Route {
  let left = least(survivors(routes), ({ attributes: { originatorId }, routerId }) => originatorId ?? routerId)
  left = least(left, ({ attributes: { clusterList } }) => clusterList.length)
  return least(left, ({ peer }) => peer)[0]!
}

function tableOf(routes: readonly Route[]): RouteTable {
  const table = new RouteTable()
  for (const route of routes) table.put(KEY, route)
  return table
}

describe('the decision process', () => {
  it('chooses what the steps of the RFCs leave over, in whatever order routes come', () => {
    fc.assert(
      fc.property(routesArbitrary(0), (routes) => {
        const best = chosen(routes)
        expect(tableOf(routes).to(KEY)[0]).toBe(best)
        expect(tableOf(routes.toReversed()).to(KEY)[0]).toBe(best)
      }),
      { numRuns: 2000 },
    )
  })

  it('compares MED between two routes of one neighbouring AS only', () => {
    fc.assert(
      fc.property(routesArbitrary(2).map((routes) => routes.slice(0, 2)), (routes) => {
        expect(tableOf(routes).to(KEY)[0]).toBe(chosen(routes))
      }),
      { numRuns: 2000 },
    )
  })

  it('spreads over just the routes that are left before ties are broken', () => {
    fc.assert(
      fc.property(routesArbitrary(0), (routes) => {
        const [best, ...others] = tableOf(routes).to(KEY)
        fc.pre(best!.gateway !== undefined)
        const equals = new Set(survivors(routes))
        for (const other of others) expect(isAsGood(best!, other)).toBe(equals.has(other))
      }),
      { numRuns: 2000 },
    )
  })

  it('falls back to the next when the best goes', () => {
    fc.assert(
      fc.property(routesArbitrary(0), (routes) => {
        const table = tableOf(routes)
        const best = table.to(KEY)[0]!
        table.remove(KEY, (route) => route === best)
        const rest = routes.filter((route) => route !== best)
        expect(table.to(KEY)[0]).toBe(rest.length > 0 ? chosen(rest) : undefined)
      }),
      { numRuns: 1000 },
    )
  })
})
