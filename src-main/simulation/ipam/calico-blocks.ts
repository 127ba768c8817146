import {
  formatIpv4Prefix,
  ipv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixSize,
  nthIpv4Address,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

import { fnv1, GoRandom } from './go-random'

/** Rules of Calico's address management (IPPool, IPAMConfig). */
export interface CalicoIpamRules {
  /** Ranges in the order they are tried, each cut into blocks of one length. */
  readonly pools: readonly CalicoPool[]
  /** Addresses of a block go to the node that holds it only. */
  readonly strictAffinity: boolean
  /** Blocks a node may hold; `Infinity` for no limit. The default of a request is 20. */
  readonly maxBlocksPerHost: number
}

/** A range of addresses and the length of its blocks. */
export interface CalicoPool {
  readonly cidr: Ipv4Prefix
  readonly blockLength: number
}

/** Why a node gets no address: it holds as many blocks as it may, or the pools have none left that it may use. */
export type CalicoIpamFailure = 'block-limit' | 'pools-exhausted'

/** A block with the node that holds it. */
export interface CalicoBlock {
  readonly prefix: Ipv4Prefix
  /** The node it is affine to; undefined once released. */
  readonly host: string | undefined
  /** Addresses in use, and those that other nodes have borrowed. */
  readonly used: number
  readonly borrowed: readonly { readonly address: Ipv4Address; readonly host: string }[]
}

/** An empty block may be taken from its node once it is this old (libcalico-go/lib/ipam, minimum age of an empty block). */
const RECLAIM_AFTER_SECONDS = 60

/**
 * Calico's IPAM (libcalico-go/lib/ipam), as one datastore sees it: blocks, their affinity to nodes, and which addresses are
 * in use. An assignment tries, in order: the node's own blocks; a new block, searched from a pseudo-random place that
 * follows from the node's name; another node's block that is empty and older than a minute; an address borrowed from any
 * block. A released address goes to the end of its block's list.
 */
export class CalicoIpam {
  private readonly rules: CalicoIpamRules
  private readonly pools: readonly BlockTable[]
  private readonly affine = new Map<string, Block[]>()

  constructor(rules: CalicoIpamRules) {
    this.rules = rules
    this.pools = rules.pools.map((pool) => new BlockTable(pool))
  }

  /** Makes a block the node's before anything is assigned. Requires: a block of a pool that no node holds. */
  give(host: string, prefix: Ipv4Prefix): void {
    const table = this.pools.find(({ pool }) => ipv4PrefixContains(pool.cidr, prefix.network))
    if (table === undefined) throw new RangeError(`No pool holds the block ${formatIpv4Prefix(prefix)}`)
    this.hold(host, table.createAt(prefix), 0)
  }

  /** Claims a new block for a node at a time (seconds), or says why it cannot. */
  claim(host: string, atSeconds = 0): Ipv4Prefix | CalicoIpamFailure {
    const block = this.claimBlock(host, atSeconds)
    return typeof block === 'string' ? block : block.prefix
  }

  /** The next address for something on a node at a time (seconds), or why there is none. */
  assign(host: string, atSeconds = 0): Ipv4Address | CalicoIpamFailure {
    for (const block of this.blocksListed(host)) {
      const address = block.take(host)
      if (address !== undefined) return address
    }
    const block = this.claimBlock(host, atSeconds)
    if (typeof block !== 'string') return block.take(host)!
    if (block === 'block-limit' || this.rules.strictAffinity) return block
    return this.borrow(host) ?? 'pools-exhausted'
  }

  /** Gives an address back. False where it was not assigned. */
  release(address: Ipv4Address): boolean {
    const table = this.pools.find(({ pool }) => ipv4PrefixContains(pool.cidr, address))
    const block = table?.blockOf(address)
    if (block?.release(address) !== true) return false
    if (block.host === undefined && block.used === 0) table!.remove(block)
    return true
  }

  /**
   * The block in which a search for a new one ends: the first that nobody holds, or that is the node's own and has room.
   * Undefined where there is none.
   */
  find(host: string): { readonly index: number; readonly prefix: Ipv4Prefix } | undefined {
    for (const table of this.pools) {
      const index = table.walk(host, (candidate) => table.isUsable(candidate, host))
      if (index !== undefined) return { index, prefix: table.prefixAt(index) }
    }
    return undefined
  }

  /** Forgets a node that was deleted: its empty blocks go, the others stay without a node until they are empty. */
  removeHost(host: string): void {
    for (const block of this.blocksHeld(host)) {
      block.host = undefined
      if (block.used === 0) for (const table of this.pools) table.remove(block)
    }
    this.affine.delete(host)
  }

  /** The blocks affine to a node, in the order it took them. */
  blocksOf(host: string): readonly CalicoBlock[] {
    return this.blocksHeld(host)
  }

  /** Where a node begins to look for a block among so many. */
  static startIndex(host: string, blocks: number): number {
    return new GoRandom(fnv1(host)).below(blocks)
  }

  private blocksHeld(host: string): readonly Block[] {
    return this.affine.get(host) ?? []
  }

  /** Blocks of a node in the order in which the datastore lists their affinities: by the text of their names. */
  private blocksListed(host: string): readonly Block[] {
    const held = this.blocksHeld(host)
    return held.length > 1 ? held.toSorted((a, b) => (a.listName < b.listName ? -1 : 1)) : held
  }

  private claimBlock(host: string, atSeconds: number): Block | CalicoIpamFailure {
    if (this.blocksHeld(host).length >= this.rules.maxBlocksPerHost) return 'block-limit'
    for (const table of this.pools) {
      const index = table.walk(host, (candidate) => table.at(candidate) === undefined)
      if (index !== undefined) return this.hold(host, table.create(index), atSeconds)
    }
    return this.reclaim(host, atSeconds) ?? 'pools-exhausted'
  }

  /** Takes an empty block from another node. */
  private reclaim(host: string, atSeconds: number): Block | undefined {
    for (const table of this.pools) {
      const index = table.walk(host, (candidate) => {
        const block = table.at(candidate)
        return block !== undefined && block.used === 0 && atSeconds - block.claimedAtSeconds > RECLAIM_AFTER_SECONDS
      })
      if (index === undefined) continue
      const block = table.at(index)!
      const former = this.affine.get(block.host!)!
      former.splice(former.indexOf(block), 1)
      // The empty block is deleted and made anew.
      return this.hold(host, table.create(index), atSeconds)
    }
    return undefined
  }

  private borrow(host: string): Ipv4Address | undefined {
    for (const table of this.pools) {
      const index = table.walk(host, (candidate) => (table.at(candidate)?.free ?? 0) > 0)
      if (index !== undefined) return table.at(index)!.take(host)
    }
    return undefined
  }

  private hold(host: string, block: Block, atSeconds: number): Block {
    block.host = host
    block.claimedAtSeconds = atSeconds
    const held = this.affine.get(host)
    if (held === undefined) this.affine.set(host, [block])
    else held.push(block)
    return block
  }
}

/** The blocks of a pool that exist, by index. */
class BlockTable {
  readonly pool: CalicoPool
  private readonly count: number
  private readonly blocks = new Map<number, Block>()
  private readonly starts = new Map<string, number>()

  constructor(pool: CalicoPool) {
    this.pool = pool
    this.count = pool.blockLength < pool.cidr.length ? 0 : 2 ** (pool.blockLength - pool.cidr.length)
  }

  at(index: number): Block | undefined {
    return this.blocks.get(index)
  }

  create(index: number): Block {
    const block = new Block(this.prefixAt(index))
    this.blocks.set(index, block)
    return block
  }

  prefixAt(index: number): Ipv4Prefix {
    const { cidr, blockLength } = this.pool
    return this.blocks.get(index)?.prefix ?? ipv4Prefix(nthIpv4Address(cidr, index * 2 ** (32 - blockLength)), blockLength)
  }

  /** Whether a block does not exist yet, or is the node's own and has addresses left. */
  isUsable(index: number, host: string): boolean {
    const block = this.blocks.get(index)
    return block === undefined || (block.host === host && block.free > 0)
  }

  remove(block: Block): void {
    for (const [index, other] of this.blocks) if (other === block) this.blocks.delete(index)
  }

  /** A block of any length, which takes the place of the blocks of the pool that it covers. */
  createAt(prefix: Ipv4Prefix): Block {
    const block = new Block(prefix)
    const first = this.indexOf(prefix.network)
    const covered = Math.max(1, ipv4PrefixSize(prefix) / 2 ** (32 - this.pool.blockLength))
    for (let index = first; index < first + covered; index++) this.blocks.set(index, block)
    return block
  }

  blockOf(address: Ipv4Address): Block | undefined {
    return this.blocks.get(this.indexOf(address))
  }

  /** The first index that fits, from the node's start on, wrapping at the end. */
  walk(host: string, fits: (index: number) => boolean): number | undefined {
    if (this.count === 0) return undefined
    let start = this.starts.get(host)
    if (start === undefined) this.starts.set(host, (start = CalicoIpam.startIndex(host, this.count)))
    for (let step = 0; step < this.count; step++) {
      const index = (start + step) % this.count
      if (fits(index)) return index
    }
    return undefined
  }

  private indexOf(address: Ipv4Address): number {
    return Math.floor((address - this.pool.cidr.network) / 2 ** (32 - this.pool.blockLength))
  }
}

/** A block: ordinals not in use wait in a list, at first in order, later in the order they were released. */
class Block implements CalicoBlock {
  readonly prefix: Ipv4Prefix
  /** What its affinity is listed by, beside the node's name. */
  readonly listName: string
  host: string | undefined
  claimedAtSeconds = 0
  private untouched = 0
  private readonly released: number[] = []
  private readonly users = new Map<number, string>()

  constructor(prefix: Ipv4Prefix) {
    this.prefix = prefix
    this.listName = formatIpv4Prefix(prefix)
  }

  get used(): number {
    return this.users.size
  }

  get free(): number {
    return ipv4PrefixSize(this.prefix) - this.users.size
  }

  get borrowed(): CalicoBlock['borrowed'] {
    return [...this.users]
      .filter(([, user]) => user !== this.host)
      .map(([ordinal, host]) => ({ address: nthIpv4Address(this.prefix, ordinal), host }))
  }

  take(host: string): Ipv4Address | undefined {
    const ordinal = this.untouched < ipv4PrefixSize(this.prefix) ? this.untouched++ : this.released.shift()
    if (ordinal === undefined) return undefined
    this.users.set(ordinal, host)
    return nthIpv4Address(this.prefix, ordinal)
  }

  release(address: Ipv4Address): boolean {
    const ordinal = address - this.prefix.network
    if (!this.users.delete(ordinal)) return false
    this.released.push(ordinal)
    return true
  }
}
