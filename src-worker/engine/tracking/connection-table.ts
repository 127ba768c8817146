/**
 * One connection-tracking table: which entries it holds, and how it makes room. Netfilter's drops early what is not assured,
 * where it finds such an entry in the eight buckets that it looks at, and turns packets away otherwise; a map by recency
 * gives up what was not used for longest.
 */

import { TRACKED_STATE, TRACKED_STATES, TRACKING_FORM, type TrackingTable } from '#shared/plan/index'
import { grown } from '../grown-column'
import type { RandomStream } from '../random'
import { isClosing } from './connection-states'
import type { TrackedEntries } from './tracked-entries'

const NONE = -1
/** nf_conntrack_core.c: NF_CT_EVICTION_RANGE, and each connection is in two buckets. */
const BUCKETS_SEARCHED = 8
const TUPLES = 2
/** nf_conntrack_core.c, gc_worker: entries' remaining time is taken as at least and at most so much, ns. */
const LEAST_REMAINING_NS = 1e9
const MOST_REMAINING_NS = 300e9
/** Share of its limit above which netfilter's collector gives up connections that close or are not assured. */
const NEARLY_FULL = 0.95
/** nf_conntrack_proto_udp.c: datagrams in both directions are assured when they go on for two seconds. */
const UDP_ASSURED_NS = 2e9
/** bpf_lru_list.c: LOCAL_NR_SCANS; behind so many entries a search takes the next whether it was used or not. */
const ENTRIES_SCANNED = 128
const FIRST_PLACES = 64

/** Told of entries that a table gives up. */
export interface EntryOwner {
  forget(entry: number): void
}

export class ConnectionTable {
  count = 0
  /** Entries given up before their time. */
  evicted = 0
  /** Whether it wants to know of every packet of its connections: time without one is about to matter. */
  follows: boolean
  readonly limit: number
  private readonly entries: TrackedEntries
  private readonly owner: EntryOwner
  private readonly random: RandomStream
  private readonly isNetfilter: boolean
  private readonly timeoutsNs: Float64Array
  private readonly collectNs: number
  private readonly tuplesPerSearch: number
  private members = new Int32Array(FIRST_PLACES)
  private oldest = NONE
  private newest = NONE
  private collectAtNs: number
  private wasFull = false

  constructor(parts: { tracking: TrackingTable; kind: number; row: number; durationNs: number; entries: TrackedEntries; owner: EntryOwner; random: RandomStream }) {
    const { tracking, kind, row } = parts
    this.entries = parts.entries
    this.owner = parts.owner
    this.random = parts.random
    this.isNetfilter = tracking.form[kind] === TRACKING_FORM.netfilter
    this.limit = tracking.limit[row]
    this.timeoutsNs = tracking.timeoutsNs.subarray(kind * TRACKED_STATES, (kind + 1) * TRACKED_STATES)
    this.collectNs = tracking.collectNs[kind]
    this.collectAtNs = this.collectNs
    this.tuplesPerSearch = (BUCKETS_SEARCHED * TUPLES) / tracking.buckets[row]
    this.follows = this.timeoutsNs.some((timeoutNs) => timeoutNs < parts.durationNs)
  }

  /** Makes room for another entry; false where there is none. */
  makeRoom(nowNs: number): boolean {
    if (nowNs >= this.collectAtNs) this.collect(nowNs)
    if (this.count < this.limit) return true
    if (this.isNetfilter) return this.dropEarly(nowNs)
    this.evict()
    return true
  }

  /** Takes an entry in. Requires: there is room. */
  insert(entry: number, nowNs: number): void {
    if (this.count === this.members.length) this.members = grown(this.members, new Int32Array(this.count * 2))
    this.members[this.count] = entry
    this.entries.place[entry] = this.count++
    if (this.isNetfilter) return
    this.append(entry, nowNs)
    // From half full on an entry's last use may decide whether it stays.
    if (this.count * 2 > this.limit) this.follows = true
  }

  /** Takes an entry out. */
  remove(entry: number): void {
    const { place } = this.entries
    const last = this.members[--this.count]
    this.members[place[entry]] = last
    place[last] = place[entry]
    if (!this.isNetfilter) this.unlink(entry)
  }

  /** Whether an entry's time is over. */
  isOver(entry: number, nowNs: number): boolean {
    return this.remainingNs(entry, nowNs) <= 0
  }

  private remainingNs(entry: number, nowNs: number): number {
    return this.entries.seenNs[entry] + this.timeoutsNs[this.entries.state[entry]] - nowNs
  }

  /** Looks at the entries in the buckets around a new one's; drops the first that may go. */
  private dropEarly(nowNs: number): boolean {
    this.wasFull = true
    for (let left = this.poisson(this.count * this.tuplesPerSearch); left > 0 && this.count > 0; left--) {
      const entry = this.members[this.random.below(this.count)]
      const isOver = this.isOver(entry, nowNs)
      if (!isOver && this.isAssured(entry, nowNs)) continue
      if (!isOver) this.evicted++
      this.owner.forget(entry)
      // What was over makes room as well, but netfilter counts only what it dropped early.
      if (!isOver) return true
    }
    return this.count < this.limit
  }

  /**
   * Gives up the entry that was not used for longest: an entry used since it was queued gets a second chance, unless the search
   * has taken too long.
   */
  private evict(): void {
    const { seenNs, queuedNs } = this.entries
    for (let scanned = 0; ; scanned++) {
      const entry = this.oldest
      if (seenNs[entry] <= queuedNs[entry] || scanned === ENTRIES_SCANNED) {
        this.evicted++
        this.owner.forget(entry)
        return
      }
      this.unlink(entry)
      this.append(entry, seenNs[entry])
    }
  }

  /** Removes entries whose time is over, as the kernel's or the agent's collector does from time to time. */
  private collect(nowNs: number): void {
    let remaining = 0
    for (let place = this.count - 1; place >= 0; place--) {
      const entry = this.members[place]
      const leftNs = this.remainingNs(entry, nowNs)
      if (leftNs <= 0) {
        this.owner.forget(entry)
      } else if (this.mayGoEarly(entry, nowNs)) {
        this.evicted++
        this.owner.forget(entry)
      } else {
        remaining += Math.min(Math.max(leftNs, LEAST_REMAINING_NS), MOST_REMAINING_NS)
      }
    }
    this.wasFull = false
    const mean = this.count === 0 ? this.collectNs : remaining / this.count
    this.collectAtNs = nowNs + (this.isNetfilter ? Math.min(mean, this.collectNs) : this.collectNs)
  }

  private mayGoEarly(entry: number, nowNs: number): boolean {
    if (!this.wasFull || this.count < this.limit * NEARLY_FULL) return false
    return !this.isAssured(entry, nowNs) || isClosing(this.entries.state[entry])
  }

  private isAssured(entry: number, nowNs: number): boolean {
    const { assured, state, madeNs } = this.entries
    return assured[entry] === 1 || (state[entry] === TRACKED_STATE.replied && nowNs - madeNs[entry] >= UDP_ASSURED_NS)
  }

  private append(entry: number, nowNs: number): void {
    const { next, previous, queuedNs } = this.entries
    queuedNs[entry] = nowNs
    next[entry] = NONE
    previous[entry] = this.newest
    if (this.newest === NONE) this.oldest = entry
    else next[this.newest] = entry
    this.newest = entry
  }

  private unlink(entry: number): void {
    const { next, previous } = this.entries
    if (previous[entry] === NONE) this.oldest = next[entry]
    else next[previous[entry]] = next[entry]
    if (next[entry] === NONE) this.newest = previous[entry]
    else previous[next[entry]] = previous[entry]
  }

  /** A number drawn from the Poisson distribution: how many tuples lie in the buckets (Knuth's method; means stay below 64). */
  private poisson(mean: number): number {
    const least = Math.exp(-mean)
    let draws = 0
    for (let product = this.random.unit(); product > least; product *= this.random.unit()) draws++
    return draws
  }
}
