/**
 * How many ICMP errors a stack tells one peer: net.ipv4.icmp_ratelimit, a bucket of tokens for each address that it tells
 * (net/ipv4/icmp.c, icmpv4_xrlim_allow; net/ipv4/inetpeer.c, inet_peer_xrlim_allow).
 */

/** What an error takes from its peer's bucket: net.ipv4.icmp_ratelimit, a second. */
const ERROR_COSTS_NS = 1e9
/** A bucket holds so many errors: XRLIM_BURST_FACTOR. */
const BURST = 6

/** A peer's bucket. */
interface Bucket {
  tokensNs: number
  filledNs: number
}

export class ErrorLimits {
  /** By address of the stack that tells, and of whom it tells. */
  private readonly buckets = new Map<number, Map<number, Bucket>>()

  /** Whether the stack at address `from` may tell the one at `to` another error; takes the tokens for it. */
  take(from: number, to: number, nowNs: number): boolean {
    const bucket = this.bucketOf(from, to, nowNs)
    bucket.tokensNs = Math.min(BURST * ERROR_COSTS_NS, bucket.tokensNs + nowNs - bucket.filledNs)
    bucket.filledNs = nowNs
    if (bucket.tokensNs < ERROR_COSTS_NS) return false
    bucket.tokensNs -= ERROR_COSTS_NS
    return true
  }

  /** A peer that was not told before begins with a full bucket. */
  private bucketOf(from: number, to: number, nowNs: number): Bucket {
    const peers = this.buckets.get(from) ?? new Map<number, Bucket>()
    const bucket = peers.get(to) ?? { tokensNs: BURST * ERROR_COSTS_NS, filledNs: nowNs }
    this.buckets.set(from, peers.set(to, bucket))
    return bucket
  }
}
