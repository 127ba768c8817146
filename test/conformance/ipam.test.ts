import { CalicoIpam, fnv1, GoRandom } from '#main/simulation/ipam/index'
import { formatIpv4Prefix, parseIpv4Prefix, type Ipv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

import vectors from '../fixture/ipam/calico-blocks.json'

function prefix(text: string): Ipv4Prefix {
  const result = parseIpv4Prefix(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

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

describe.each(vectors.scenarios)('blocks of $pool', ({ pool, blockSize, claims_in_order: claims }) => {
  it('go to the nodes that Calico gives them', () => {
    const ipam = new CalicoIpam({
      pools: [{ cidr: prefix(pool), blockLength: blockSize }],
      strictAffinity: false,
      maxBlocksPerHost: vectors.rules.max_blocks_per_host_default,
    })
    const taken = claims.map(({ host }) => {
      const block = ipam.claim(host)
      return typeof block === 'string' ? null : formatIpv4Prefix(block)
    })
    expect(taken).toEqual(claims.map(({ block }) => block))
  })
})
