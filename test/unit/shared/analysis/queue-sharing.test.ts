import { describe, expect, it } from 'vitest'

import { queueSharingChange } from '#shared/analysis/queue-sharing'
import type { SeedResult, VariantResult } from '#shared/metrics/index'

/** A variant whose entries arrive in these queues, seed by seed. */
function variant(seeds: readonly { bulk: string[]; ping: string[] }[]): VariantResult {
  const results = seeds.map(({ bulk, ping }) => ({
    traffic: [
      { name: 'bulk', receiveQueues: bulk },
      { name: 'ping', receiveQueues: ping },
    ],
  }))
  return { name: 'v', seeds: results as unknown as SeedResult[], summary: {} }
}

const apart = { bulk: ['n1 rx-0', 'n2 rx-1'], ping: ['n1 rx-2', 'n2 rx-3'] }
const half = { bulk: ['n1 rx-0', 'n2 rx-1'], ping: ['n1 rx-4', 'n2 rx-1'] }
const together = { bulk: ['n1 rx-0', 'n2 rx-1'], ping: ['n1 rx-0', 'n2 rx-1'] }

describe('the sharing of receive queues', () => {
  it('is told where it changes by half or more', () => {
    expect(queueSharingChange(variant([together, together]), variant([apart, half]))).toBe(
      'bulk and ping share 100\u202f% of their receive queues instead of 25.0\u202f%: one waits behind the other.',
    )
    expect(queueSharingChange(variant([apart, apart]), variant([together, together]))).toBe(
      'bulk and ping share 0\u202f% of their receive queues instead of 100\u202f%: neither waits behind the other.',
    )
  })

  it('is not told where it is much the same, or where nothing is known of queues', () => {
    expect(queueSharingChange(variant([half, apart]), variant([apart, half]))).toBeNull()
    expect(queueSharingChange(variant([{ bulk: [], ping: [] }]), variant([apart]))).toBeNull()
  })
})
