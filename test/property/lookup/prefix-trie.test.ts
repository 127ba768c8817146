import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PrefixTrieBuilder, prefixLookup, type PrefixRoute } from '#shared/lookup/index'

const route = fc
  .record({ address: fc.integer({ min: 0, max: 0xffffffff }), length: fc.integer({ min: 0, max: 32 }), value: fc.nat(1000) })
  .map(({ address, length, value }): PrefixRoute => ({ address: masked(address, length), length, value }))

function masked(address: number, length: number): number {
  return length === 0 ? 0 : (address & (0xffffffff << (32 - length))) >>> 0
}

/** The same routes moved into 10.1.0.0/16, so that they have leading bytes in common. */
function gathered(routes: readonly PrefixRoute[]): PrefixRoute[] {
  return routes.map(({ address, length, value }) => {
    const inside = Math.max(16, length)
    return { address: masked((0x0a010000 | (address & 0xffff)) >>> 0, inside), length: inside, value }
  })
}

/** The longest match, the last of equals, by looking at every route. */
function naiveLookup(routes: readonly PrefixRoute[], address: number): number {
  let best: PrefixRoute | undefined
  for (const candidate of routes) {
    if (masked(address, candidate.length) !== candidate.address) continue
    if (best === undefined || candidate.length >= best.length) best = candidate
  }
  return best?.value ?? -1
}

describe('prefixLookup', () => {
  it('finds what a search through all routes finds, in each of several tries', () => {
    const near = (routes: readonly PrefixRoute[]): fc.Arbitrary<number> =>
      fc.oneof(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.constantFrom(0, ...routes.map(({ address }) => address), ...routes.map(({ address }) => (address + 1) % 2 ** 32)),
      )
    const list = fc.array(route, { maxLength: 30 })
    const tries = fc.array(fc.oneof(list, list.map(gathered)), { minLength: 1, maxLength: 3 })
    const withQueries = tries.chain((lists) => fc.tuple(fc.constant(lists), fc.array(near(lists.flat()), { minLength: 20, maxLength: 20 })))
    fc.assert(
      fc.property(withQueries, ([lists, addresses]) => {
        const builder = new PrefixTrieBuilder()
        const roots = lists.map((routes) => builder.add(routes))
        const slots = builder.finish()
        lists.forEach((routes, trie) => {
          for (const address of addresses) {
            expect(prefixLookup(slots, roots[trie]!, address)).toBe(naiveLookup(routes, address))
          }
        })
      }),
    )
  })
})
