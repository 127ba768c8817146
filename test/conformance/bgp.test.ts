import { readdirSync, readFileSync } from 'node:fs'

import { bgpVectorSchema, prefixOfKey, readVector, runVector, type FibEntry, type PrefixKey } from '#main/simulation/bgp/index'
import { formatIpv4Address, formatIpv4Prefix, ipv4PrefixCovers, type Ipv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

interface Expected {
  readonly fib: Record<string, Record<string, string[]>>
  readonly messagesUntilConverged?: Record<string, number>
  readonly messagesExact?: boolean
  readonly withdrawnBetweenSeconds?: [number, number]
}

const folder = new URL('../fixture/bgp/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
/** Seeds that every vector is simulated with: its timers differ, the outcome must not. */
const seeds = [1, 2, 3, 4, 5, 6, 7, 8]

function load(file: string) {
  const content = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { expected: Expected }
  return { vector: bgpVectorSchema.parse(content), expected: content.expected }
}

function rowsIn(pool: Ipv4Prefix, fib: ReadonlyMap<PrefixKey, FibEntry>): Record<string, string[]> {
  const rows = [...fib].filter(([key]) => ipv4PrefixCovers(pool, prefixOfKey(key)))
  return Object.fromEntries(
    rows.map(([key, entry]) => [
      formatIpv4Prefix(prefixOfKey(key)),
      entry.kind === 'via' ? entry.gateways.map(formatIpv4Address) : [entry.kind],
    ]),
  )
}

describe.each(files)('%s', (file) => {
  const { vector, expected } = load(file)

  it.each(seeds)('has BIRD’s routes with seed %i', (seed) => {
    const { nodes } = runVector(readVector(vector), seed)
    const fibs = Object.fromEntries(nodes.map(({ name, fib }) => [name, rowsIn(vector.topology.pool, fib)]))
    expect(fibs).toEqual(expected.fib)
  })

  const { messagesUntilConverged: counts, withdrawnBetweenSeconds: window } = expected
  if (counts !== undefined) {
    it.each(seeds)('sends as many messages with seed %i', (seed) => expectCounts(counts, seed))
  }
  if (window !== undefined) {
    it.each(seeds)('withdraws in the recorded time with seed %i', (seed) => expectWithdrawals(window, seed))
  }

  function expectCounts(sums: Record<string, number>, seed: number): void {
    const { nodes } = runVector(readVector(vector), seed)
    for (const [kind, count] of Object.entries(sums)) {
      const sent = nodes.reduce((sum, { messages }) => sum + messages[kind as keyof typeof messages], 0)
      if (expected.messagesExact) expect(sent).toBe(count)
      else expect(Math.abs(sent - count) / count).toBeLessThan(0.3)
    }
  }

  function expectWithdrawals([from, to]: [number, number], seed: number): void {
    const at = (observeAtSeconds: number) =>
      runVector(readVector({ ...vector, observeAtSeconds }), seed).nodes.map(({ name, fib }) => ({
        name,
        rows: rowsIn(vector.topology.pool, fib),
      }))
    const [before, after] = [at(from - 0.001), at(to)]
    const failed = vector.events[0]!
    for (const [index, { name, rows }] of after.entries()) {
      // The failed node's own routes may go at other times.
      if (name === failed.node) continue
      expect(rows).toEqual(expected.fib[name])
      if (failed.link === undefined) {
        expect(Object.keys(before[index]!.rows).length).toBeGreaterThan(Object.keys(rows).length)
      }
    }
  }
})
