import {
  ipv4Prefix,
  ipv4PrefixSize,
  ipv4PrefixesOverlap,
  nthIpv4Address,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

/**
 * Hands ranges of one length to nodes, as Cilium's operator (`pkg/ipam/cidrset`) and Kubernetes' node controller do: the
 * next index after the last one given, wrapping at the end, skipping those in use. A range that came back is given again
 * only once the pointer has come round.
 */
export class NodeRanges {
  private readonly cidr: Ipv4Prefix
  private readonly length: number
  private readonly count: number
  private readonly used = new Set<number>()
  private next = 0

  constructor(cidr: Ipv4Prefix, length: number) {
    this.cidr = cidr
    this.length = length
    this.count = length < cidr.length ? 0 : 2 ** (length - cidr.length)
  }

  /** Takes whatever a range given by other means overlaps out of circulation. */
  occupy(range: Ipv4Prefix): void {
    for (let index = 0; index < this.count; index++) {
      if (ipv4PrefixesOverlap(this.at(index), range)) this.used.add(index)
    }
  }

  /** The next range; undefined when all are in use. */
  take(): Ipv4Prefix | undefined {
    for (let step = 0; step < this.count; step++) {
      const index = (this.next + step) % this.count
      if (this.used.has(index)) continue
      this.used.add(index)
      this.next = (index + 1) % this.count
      return this.at(index)
    }
    return undefined
  }

  /** Takes a range back. */
  release(range: Ipv4Prefix): void {
    this.used.delete(Math.floor((range.network - this.cidr.network) / 2 ** (32 - this.length)))
  }

  private at(index: number): Ipv4Prefix {
    return ipv4Prefix(nthIpv4Address(this.cidr, index * 2 ** (32 - this.length)), this.length)
  }
}

/**
 * Hands the addresses of a node's ranges to pods, as Cilium's agent does (`pkg/ipam/service/ipallocator`): not the first
 * and the last of a range; each search starts at a random offset and goes on one by one. The offsets are drawn from the
 * node's name, so that a lab gets the same addresses again; a real node's differ from start to start.
 */
export class RandomScanPool {
  private readonly ranges: readonly Ipv4Prefix[]
  private readonly used: readonly Set<number>[]
  private state: number

  /** `seed` is any 32-bit number. */
  constructor(ranges: readonly Ipv4Prefix[], seed: number) {
    this.ranges = ranges
    this.used = ranges.map(() => new Set<number>())
    this.state = seed >>> 0 || 1
  }

  /** An address that is not in use; undefined when all are. */
  take(): Ipv4Address | undefined {
    for (const [index, range] of this.ranges.entries()) {
      const used = this.used[index]!
      const size = ipv4PrefixSize(range) - 2
      if (used.size >= size) continue
      let offset = this.draw() % size
      while (used.has(offset)) offset = (offset + 1) % size
      used.add(offset)
      return nthIpv4Address(range, offset + 1)
    }
    return undefined
  }

  /** Takes an address back. */
  release(address: Ipv4Address): void {
    this.ranges.forEach((range, index) => this.used[index]!.delete(address - range.network - 1))
  }

  /** xorshift32 (Marsaglia 2003). */
  private draw(): number {
    let x = this.state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x >>> 0
    return this.state
  }
}
