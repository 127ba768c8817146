import { CalicoIpam, fnv1, GoRandom, ipamVectorSchema, runIpamVector } from '#main/simulation/ipam/index'
import { describe, expect, it } from 'vitest'

import vectors from '../fixture/ipam/calico-blocks.json'

describe.each(vectors.go_reference)('node $host', (reference) => {
  it('has the hash and the random numbers that Go gives it', () => {
    expect(fnv1(reference.host)).toBe(reference.fnv1_32)
    const random = new GoRandom(reference.fnv1_32)
    expect(Array.from({ length: 4 }, () => random.uint32())).toEqual(reference.go_rand_uint32_first4)
  })

  it.each(Object.entries(reference.start_index_by_num_blocks))('of %s blocks begins at %i', (blocks, start) => {
    expect(CalicoIpam.startIndex(reference.host, Number(blocks))).toBe(start)
  })
})

describe.each(vectors.scenarios)('blocks of $pool', (scenario) => {
  it('go to the nodes that Calico gives them', () => {
    const [answer] = runIpamVector(ipamVectorSchema.parse({ scenarios: [scenario] })).scenarios
    expect(answer).toMatchObject(scenario)
  })
})

it('a node that claims again gets its own block while that has room', () => {
  const [first] = vectors.scenarios
  const claims = ['node1', 'node2', 'node1'].map((host) => ({ host }))
  const [answer] = runIpamVector(ipamVectorSchema.parse({ scenarios: [{ ...first, claims_in_order: claims }] })).scenarios
  expect(answer!.claims_in_order.map(({ block }) => block)).toEqual(['10.244.166.128/26', '10.244.104.0/26', '10.244.166.128/26'])
})
