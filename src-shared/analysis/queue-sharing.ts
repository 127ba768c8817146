import type { SeedResult, VariantResult } from '#shared/metrics/index'
import { humanShare } from '#shared/units/index'

/** A change of the share by this much is told; less is the luck of the draw. */
const TOLD_FROM = 0.5

/**
 * A sentence about two traffic entries whose packets a NIC sorts into the same receive queues more, or less, than under
 * `base`: in one queue one waits behind the other. Null where there is nothing to tell. NICs sort by the outermost
 * header, so a tunnel without ports (IPIP) puts all that two nodes say to each other into one queue.
 */
export function queueSharingChange(variant: VariantResult, base: VariantResult): string | null {
  const names = variant.seeds[0]?.traffic.map(({ name }) => name) ?? []
  const pairs = names.flatMap((first, index) => names.slice(index + 1).map((second) => [first, second] as const))
  const [largest] = pairs
    .map(([first, second]) => ({ first, second, now: shared(variant, first, second), before: shared(base, first, second) }))
    .sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))
  if (!largest || Math.abs(largest.now - largest.before) < TOLD_FROM) return null
  const { first, second, now, before } = largest
  const effect = now > before ? 'one waits behind the other' : 'neither waits behind the other'
  return `${first} and ${second} share ${humanShare(now)} of their receive queues instead of ${humanShare(before)}: ${effect}.`
}

/** The share of two entries' receive queues that both arrive in, 0 … 1, over all seeds. */
function shared(variant: VariantResult, first: string, second: string): number {
  const both = variant.seeds.map((seed) => {
    const own = new Set(queuesOf(seed, first))
    const other = queuesOf(seed, second)
    const common = other.filter((queue) => own.has(queue)).length
    return { common, all: Math.min(own.size, other.length) }
  })
  const all = both.reduce((sum, seed) => sum + seed.all, 0)
  return all > 0 ? both.reduce((sum, seed) => sum + seed.common, 0) / all : 0
}

function queuesOf(seed: SeedResult, traffic: string): readonly string[] {
  return seed.traffic.find(({ name }) => name === traffic)?.receiveQueues ?? []
}
