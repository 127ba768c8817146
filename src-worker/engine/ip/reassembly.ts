/**
 * Puts fragments together again where they arrive (net/ipv4/ip_fragment.c): those of the outer header of a tunnel first,
 * then those that the sender's header tells of. A datagram has 30 s to be complete; each host has memory for so much.
 */

import { dropReasonId, tunnelBytes, type FlowTable } from '#shared/plan/index'
import { ETHERNET, IPV4, readUint16 } from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'

const NONE = -1
const TIMEOUT = dropReasonId('fragment-timeout')
const NO_MEMORY = dropReasonId('fragment-memory')
/** net.ipv4.ipfrag_time and ipfrag_high_thresh. */
const LIFETIME_NS = 30e9
const MEMORY_BYTES = 4 * 1024 * 1024
const IDENTIFICATIONS = 0x10000
/** Numbers of the headers that packets can be fragments by. */
const OUTER = 0
const INNER = 1

/** A datagram of which fragments have arrived; they are linked in the order of their places. */
interface Incomplete {
  readonly host: number
  readonly sinceNs: number
  first: number
  /** Bytes behind the IP headers that have arrived, and that there will be: −1 until the last fragment came. */
  bytes: number
  totalBytes: number
}

/** Simulated time, ns. */
interface Clock {
  readonly nowNs: number
}

/** By which header packets are fragments. */
interface Level {
  readonly number: number
  readonly fragment: number
  readonly more: number
  readonly starts: Float64Array
  /** Bytes of headers in front of a fragment's data. */
  readonly headerBytes: number
}

export class Reassembly {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly accounts: Accounts
  private readonly clock: Clock
  private readonly memory: Float64Array
  /** Datagrams by flow, direction, header and identification, oldest first. */
  private readonly incomplete = new Map<number, Incomplete>()

  constructor(parts: {
    pool: PacketPool
    flows: FlowTable
    hosts: { readonly count: number }
    accounts: Accounts
    events: Clock
  }) {
    this.pool = parts.pool
    this.flows = parts.flows
    this.accounts = parts.accounts
    this.clock = parts.events
    this.memory = new Float64Array(parts.hosts.count)
  }

  /** Takes a fragment that reached its host. Returns the whole packet when it was the last that lacked; else −1. */
  take(packet: number): number {
    const { nowNs } = this.clock
    this.expire(nowNs)
    const { pool } = this
    let whole = packet
    if ((pool.flags[whole] & PACKET_FLAG.outerFragment) !== 0) whole = this.join(whole, this.outerLevel(), nowNs)
    if (whole === NONE || (pool.flags[whole] & PACKET_FLAG.fragment) === 0) return whole
    return this.join(whole, this.innerLevel(whole), nowNs)
  }

  private join(packet: number, level: Level, nowNs: number): number {
    const { pool, incomplete } = this
    const key = this.keyOf(packet, level)
    let datagram = incomplete.get(key)
    const host = datagram?.host ?? this.hostOf(packet)
    if (this.memory[host] + pool.ipBytes[packet] > MEMORY_BYTES) {
      this.drop(packet, NO_MEMORY, nowNs)
      return NONE
    }
    if (datagram === undefined) {
      datagram = { host, sinceNs: nowNs, first: NONE, bytes: 0, totalBytes: NONE }
      incomplete.set(key, datagram)
    }
    if (!this.insert(datagram, packet, level)) return NONE
    if (datagram.bytes !== datagram.totalBytes) return NONE
    incomplete.delete(key)
    return this.whole(datagram, level)
  }

  /** Links a fragment into its datagram; false where it is there already: the later one is nothing new. */
  private insert(datagram: Incomplete, packet: number, level: Level): boolean {
    const { pool } = this
    const start = level.starts[packet]
    let before = NONE
    let at = datagram.first
    while (at !== NONE && level.starts[at] < start) {
      before = at
      at = pool.next[at]
    }
    if (at !== NONE && level.starts[at] === start) {
      this.end(packet)
      return false
    }
    pool.next[packet] = at
    if (before === NONE) datagram.first = packet
    else pool.next[before] = packet
    const bytes = pool.ipBytes[packet] - level.headerBytes
    datagram.bytes += bytes
    this.memory[datagram.host] += pool.ipBytes[packet]
    if ((pool.flags[packet] & level.more) === 0) datagram.totalBytes = start + bytes
    return true
  }

  /** The first fragment becomes the packet that it was once part of. */
  private whole(datagram: Incomplete, level: Level): number {
    const { pool } = this
    const packet = datagram.first
    let at = pool.next[packet]
    this.memory[datagram.host] -= pool.ipBytes[packet]
    while (at !== NONE) {
      const following = pool.next[at]
      this.memory[datagram.host] -= pool.ipBytes[at]
      pool.payloadBytes[packet] += pool.payloadBytes[at]
      if (pool.ecn[at] > pool.ecn[packet]) pool.ecn[packet] = pool.ecn[at]
      this.end(at)
      at = following
    }
    pool.next[packet] = NONE
    pool.ipBytes[packet] = datagram.totalBytes + level.headerBytes
    pool.flags[packet] &= ~(level.fragment | level.more)
    return packet
  }

  /** A fragment has done its part. */
  private end(packet: number): void {
    const { pool, accounts } = this
    if ((pool.flags[packet] & PACKET_FLAG.networkMade) !== 0) accounts.networkDelivered++
    else accounts.delivered[this.flows.traffic[pool.flow[packet]]]++
    pool.release(packet)
  }

  private expire(nowNs: number): void {
    for (const [key, datagram] of this.incomplete) {
      if (datagram.sinceNs + LIFETIME_NS > nowNs) return
      this.incomplete.delete(key)
      for (let at = datagram.first; at !== NONE; ) {
        const following = this.pool.next[at]
        this.memory[datagram.host] -= this.pool.ipBytes[at]
        this.drop(at, TIMEOUT, nowNs)
        at = following
      }
    }
  }

  private drop(packet: number, reason: number, nowNs: number): void {
    this.accounts.drop(reason, 1, nowNs, this.pool.flow[packet])
    this.pool.release(packet)
  }

  /**
   * Fragments of one packet have one identification in their headers. Where a tunnel hides them, or they have none as they
   * never leave their host, they go by the number of their datagram.
   */
  private keyOf(packet: number, level: Level): number {
    const { pool } = this
    const row = pool.rowOf(packet)
    const isHidden = level.number === INNER && (tunnelBytes(this.flows, row) > 0 || this.staysOnHost(row >> 1))
    const header = headerAt(packet) + ETHERNET.length
    const id = isHidden ? pool.sequence[packet] % IDENTIFICATIONS : readUint16(pool.header, header + IPV4.identification)
    return (row * 2 + level.number) * IDENTIFICATIONS + id
  }

  private staysOnHost(flow: number): boolean {
    return this.flows.clientHost[flow] === this.flows.serverHost[flow]
  }

  private hostOf(packet: number): number {
    const flow = this.pool.flow[packet]
    return this.pool.direction[packet] === 0 ? this.flows.serverHost[flow] : this.flows.clientHost[flow]
  }

  private outerLevel(): Level {
    const { outerFragment: fragment, moreOuterFragments: more } = PACKET_FLAG
    return { number: OUTER, fragment, more, starts: this.pool.outerFragmentStart, headerBytes: IPV4.length }
  }

  private innerLevel(packet: number): Level {
    const { fragment, moreFragments: more } = PACKET_FLAG
    const headerBytes = IPV4.length + tunnelBytes(this.flows, this.pool.rowOf(packet))
    return { number: INNER, fragment, more, starts: this.pool.fragmentStart, headerBytes }
  }
}
