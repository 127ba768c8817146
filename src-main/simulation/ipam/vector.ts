import { z } from 'zod'

import { formatIpv4Prefix, parseIpv4Prefix } from '#shared/units/index'

import { CalicoIpam } from './calico-blocks'
import { fnv1, GoRandom } from './go-random'

const host = z.string().regex(/^[\x21-\x7e]+$/, 'not a node’s name: ASCII without spaces')
/** More blocks than a word of random bits can tell apart. */
const TOO_MANY_BLOCKS = 2 ** 32

const pool = z.string().transform((text, context) => {
  const parsed = parseIpv4Prefix(text)
  if (parsed.ok) return parsed.value
  context.addIssue({ code: 'custom', message: parsed.error.message })
  return z.NEVER
})

/** A file of IPAM vectors as far as it asks: names of nodes, numbers of blocks, pools, and who claims in which order. */
export const ipamVectorSchema = z.looseObject({
  go_reference: z
    .array(z.looseObject({
      host,
      start_index_by_num_blocks: z.record(z.string().refine(isBlockCount, 'not a number of blocks'), z.unknown()).default({}),
    }))
    .default([]),
  scenarios: z
    .array(z.looseObject({
      pool,
      blockSize: z.int().min(1).max(32),
      claims_in_order: z.array(z.looseObject({ host })),
    }).refine(({ pool: { length }, blockSize }) => isBlockCount(String(2 ** (blockSize - length))), 'blocks do not fit the pool'))
    .default([]),
}).refine(({ go_reference: hosts, scenarios }) => hosts.length + scenarios.length > 0, 'neither go_reference nor scenarios')

/** A file of IPAM vectors, read. */
export type IpamVector = z.output<typeof ipamVectorSchema>

/** What a file of IPAM vectors comes to, in its own form. */
export interface IpamVectorOutcome {
  readonly go_reference: readonly {
    readonly host: string
    readonly fnv1_32: number
    readonly go_rand_uint32_first4: readonly number[]
    readonly start_index_by_num_blocks: Readonly<Record<string, number>>
  }[]
  readonly scenarios: readonly {
    readonly pool: string
    readonly blockSize: number
    readonly num_blocks: number
    readonly claims_in_order: readonly {
      readonly host: string
      readonly start_index: number
      /** Absent where no block is left. */
      readonly index?: number
      readonly block: string | null
    }[]
  }[]
}

/** Answers a file of IPAM vectors: each node's hash and first random numbers, and the blocks that are claimed in turn. */
export function runIpamVector({ go_reference: hosts, scenarios }: IpamVector): IpamVectorOutcome {
  return {
    go_reference: hosts.map(({ host: name, start_index_by_num_blocks: starts }) => {
      const random = new GoRandom(fnv1(name))
      return {
        host: name,
        fnv1_32: fnv1(name),
        go_rand_uint32_first4: Array.from({ length: 4 }, () => random.uint32()),
        start_index_by_num_blocks: Object.fromEntries(
          Object.keys(starts).map((blocks) => [blocks, CalicoIpam.startIndex(name, Number(blocks))]),
        ),
      }
    }),
    scenarios: scenarios.map((scenario) => claimsOf(scenario)),
  }
}

function claimsOf({ pool: cidr, blockSize, claims_in_order: claims }: IpamVector['scenarios'][number]): IpamVectorOutcome['scenarios'][number] {
  const ipam = new CalicoIpam({ pools: [{ cidr, blockLength: blockSize }], strictAffinity: false, maxBlocksPerHost: Infinity })
  const blocks = 2 ** (blockSize - cidr.length)
  return {
    pool: formatIpv4Prefix(cidr),
    blockSize,
    num_blocks: blocks,
    claims_in_order: claims.map(({ host: name }) => {
      const found = ipam.find(name)
      const start = { host: name, start_index: CalicoIpam.startIndex(name, blocks) }
      if (found === undefined) return { ...start, block: null }
      const block = formatIpv4Prefix(found.prefix)
      if (!ipam.blocksOf(name).some(({ prefix }) => formatIpv4Prefix(prefix) === block)) ipam.claim(name)
      return { ...start, index: found.index, block }
    }),
  }
}

function isBlockCount(text: string): boolean {
  const count = Number(text)
  return Number.isInteger(count) && count > 0 && count < TOO_MANY_BLOCKS
}
