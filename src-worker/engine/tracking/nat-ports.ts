/**
 * The ports of one translated address: towards each destination every port is there once. Netfilter searches from a random
 * port on, in rounds of which each is half as long as the one before (net/netfilter/nf_nat_core.c,
 * nf_nat_l4proto_unique_tuple); Cilium's program makes one round (bpf/lib/nat.h, snat_v4_new_mapping).
 */

import type { RandomStream } from '../random'

const NONE = -1
/** nf_nat_core.c: a round of fewer attempts is the last; in the last ones of a round a closing connection may lose its port. */
const LAST_ROUND = 16
const HARDER = 32

/** Who holds ports, and whether it may lose one to a new connection. */
export interface PortHolders {
  mayLosePort(entry: number): boolean
  losePort(entry: number): void
}

export class NatPorts {
  /** Ports in use towards the destination that uses most. */
  most = 0
  /** Ports taken from connections that were closing. */
  taken = 0
  readonly limit: number
  private readonly first: number
  private readonly attempts: number
  private readonly random: RandomStream
  private readonly holders: PortHolders
  /** Holders by port, for each destination that has any. */
  private readonly byDestination = new Map<number, Map<number, number>>()

  constructor(parts: { first: number; limit: number; attempts: number; random: RandomStream; holders: PortHolders }) {
    this.first = parts.first
    this.limit = parts.limit
    this.attempts = parts.attempts
    this.random = parts.random
    this.holders = parts.holders
  }

  /** A port towards a destination, −1 where none was found. `rounds`: goes on in shorter rounds, as netfilter does. */
  choose(entry: number, destination: number, rounds: boolean): number {
    const used = this.byDestination.get(destination) ?? new Map<number, number>()
    this.byDestination.set(destination, used)
    for (let attempts = Math.min(this.attempts, this.limit); ; attempts = attempts >> 1) {
      const port = this.round(used, attempts, rounds)
      if (port !== NONE) {
        used.set(port, entry)
        this.most = Math.max(this.most, used.size)
        return port
      }
      if (!rounds || attempts >= this.limit || attempts < LAST_ROUND) return NONE
    }
  }

  /** A connection gives its port back. */
  release(destination: number, port: number): void {
    this.byDestination.get(destination)?.delete(port)
  }

  private round(used: Map<number, number>, attempts: number, mayTake: boolean): number {
    const from = this.random.below(this.limit)
    for (let attempt = 0; attempt < attempts; attempt++) {
      const port = this.first + ((from + attempt) % this.limit)
      const holder = used.get(port)
      if (holder === undefined) return port
      if (!mayTake || attempts - attempt > HARDER || !this.holders.mayLosePort(holder)) continue
      // The new SYN's number must lie beyond the old connection's: of random ones half do (nf_seq_has_advanced).
      if (this.random.below(2) === 0) continue
      this.taken++
      this.holders.losePort(holder)
      return port
    }
    return NONE
  }
}
