import { CalicoIpam, type CalicoIpamRules } from '#main/simulation/ipam/index'
import { formatIpv4Address, formatIpv4Prefix, ipv4Address, ipv4Prefix, nthIpv4Address, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const HOSTS = ['node1', 'node2', 'node3', 'kind-worker']

/** A block as libcalico-go stores it: the list of ordinals that are free, in the order they will be given. */
interface StoredBlock {
  readonly prefix: Ipv4Prefix
  host: string | undefined
  claimedAt: number
  unallocated: number[]
}

/** libcalico-go/lib/ipam, read function by function (autoAssign, findUsableBlock, releaseIPsFromBlock), over a plain list. */
class NaiveIpam {
  private readonly blocks: StoredBlock[] = []
  private readonly rules: CalicoIpamRules

  constructor(rules: CalicoIpamRules) {
    this.rules = rules
  }

  assign(host: string, now: number): string {
    const own = this.blocks.filter((block) => block.host === host)
    const listed = own.toSorted((a, b) => (`${host}-${formatIpv4Prefix(a.prefix)}` < `${host}-${formatIpv4Prefix(b.prefix)}` ? -1 : 1))
    for (const block of listed) if (block.unallocated.length > 0) return this.take(block)
    if (own.length >= this.rules.maxBlocksPerHost) return 'block-limit'
    const usable = this.walk(host).find((prefix) => this.stored(prefix) === undefined) ?? this.reclaim(host, now)
    if (usable !== undefined) return this.take(this.create(usable, host, now))
    if (this.rules.strictAffinity) return 'pools-exhausted'
    const lender = this.walk(host).map((prefix) => this.stored(prefix)!).find(({ unallocated }) => unallocated.length > 0)
    return lender === undefined ? 'pools-exhausted' : this.take(lender)
  }

  release(address: Ipv4Address): boolean {
    const block = this.blocks.find(({ prefix }) => address >= prefix.network && address < prefix.network + sizeOf(prefix))
    if (block === undefined || block.unallocated.includes(address - block.prefix.network)) return false
    block.unallocated.push(address - block.prefix.network)
    if (block.host === undefined && isEmpty(block)) this.delete(block)
    return true
  }

  removeHost(host: string): void {
    for (const block of this.blocks.filter((each) => each.host === host)) {
      if (isEmpty(block)) this.delete(block)
      else block.host = undefined
    }
  }

  private reclaim(host: string, now: number): Ipv4Prefix | undefined {
    const old = this.walk(host).map((prefix) => this.stored(prefix)!)
      .find((block) => isEmpty(block) && block.host !== undefined && now - block.claimedAt > 60)
    if (old !== undefined) this.delete(old)
    return old?.prefix
  }

  /** Every block of the pools in the order in which this node's generator yields them. */
  private walk(host: string): Ipv4Prefix[] {
    return this.rules.pools.flatMap(({ cidr, blockLength }) => {
      const count = 2 ** (blockLength - cidr.length)
      const start = CalicoIpam.startIndex(host, count)
      return Array.from({ length: count }, (_, step) => {
        const index = (start + step) % count
        return ipv4Prefix(nthIpv4Address(cidr, index * 2 ** (32 - blockLength)), blockLength)
      })
    })
  }

  private stored(prefix: Ipv4Prefix): StoredBlock | undefined {
    return this.blocks.find((block) => block.prefix.network === prefix.network)
  }

  private create(prefix: Ipv4Prefix, host: string, claimedAt: number): StoredBlock {
    const block = { prefix, host, claimedAt, unallocated: Array.from({ length: sizeOf(prefix) }, (_, ordinal) => ordinal) }
    this.blocks.push(block)
    return block
  }

  private delete(block: StoredBlock): void {
    this.blocks.splice(this.blocks.indexOf(block), 1)
  }

  private take(block: StoredBlock): string {
    return formatIpv4Address(nthIpv4Address(block.prefix, block.unallocated.shift()!))
  }
}

function sizeOf({ length }: Ipv4Prefix): number {
  return 2 ** (32 - length)
}

function isEmpty({ prefix, unallocated }: StoredBlock): boolean {
  return unallocated.length === sizeOf(prefix)
}

const pool = fc.record({ bits: fc.nat(3), blockBits: fc.nat(2) })
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('assign' as const), host: fc.constantFrom(...HOSTS) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(10, 61) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), host: fc.constantFrom(...HOSTS) }) },
)

it('Calico’s addresses are those that its own steps, taken one by one, come to', () => {
  fc.assert(
    fc.property(
      fc.array(pool, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.constantFrom(1, 2, 20),
      fc.array(step, { maxLength: 80 }),
      (pools, strictAffinity, maxBlocksPerHost, steps) => {
        const rules: CalicoIpamRules = {
          pools: pools.map(({ bits, blockBits }, index) => ({
            cidr: ipv4Prefix(ipv4Address(0x0a000000 + 256 * index), 32 - bits - blockBits),
            blockLength: 32 - blockBits,
          })),
          strictAffinity,
          maxBlocksPerHost,
        }
        const [ours, naive] = [new CalicoIpam(rules), new NaiveIpam(rules)]
        const given: Ipv4Address[] = []
        let now = 0
        for (const each of steps) {
          if (each.kind === 'assign') {
            const answer = ours.assign(each.host, now)
            expect(typeof answer === 'string' ? answer : formatIpv4Address(answer)).toBe(naive.assign(each.host, now))
            if (typeof answer !== 'string') given.push(answer)
          } else if (each.kind === 'release' && given.length > 0) {
            const address = given[each.which % given.length]!
            expect(ours.release(address)).toBe(naive.release(address))
          } else if (each.kind === 'remove') {
            ours.removeHost(each.host)
            naive.removeHost(each.host)
          } else if (each.kind === 'wait') now += each.seconds
        }
      },
    ),
    { numRuns: 500 },
  )
})
