/**
 * Receive rings of the hosts' NICs, with the interrupts and polls that empty them (NAPI, Linux net/core/dev.c): the first
 * packet in an idle ring interrupts the queue's core after the hold-off (rx-usecs); the core then polls, with interrupts
 * off, until the ring is empty.
 */

import { dropReasonId, type HostTable } from '#shared/plan/index'
import { receiveQueueOf } from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { PacketPool } from '../packet-pool'
import { InterruptModeration } from './interrupt-moderation'
import { PacketLists } from './packet-list'
import type { PassTable } from './pass-table'
import type { ReceiveOffload } from './receive-offload'

const RING_FULL = dropReasonId('rx-ring-full')

export class ReceiveQueues {
  /** Queues of all hosts together. */
  readonly count: number
  /** Global core that each queue interrupts. */
  readonly coreOf: Int32Array
  private readonly hosts: HostTable
  private readonly pool: PacketPool
  private readonly passes: PassTable
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly offload: ReceiveOffload
  private readonly hostOf: Int32Array
  private readonly firstOf: Int32Array
  private readonly rings: PacketLists
  private readonly batch: Int32Array
  private readonly interruptsOff: Uint8Array
  private readonly moderation: InterruptModeration

  constructor(parts: {
    hosts: HostTable
    pool: PacketPool
    passes: PassTable
    events: EventQueue
    layout: EventLayout
    accounts: Accounts
    offload: ReceiveOffload
  }) {
    this.hosts = parts.hosts
    this.pool = parts.pool
    this.passes = parts.passes
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.offload = parts.offload
    this.count = receiveQueueTotal(parts.hosts)
    this.coreOf = new Int32Array(this.count)
    this.hostOf = new Int32Array(this.count)
    this.firstOf = new Int32Array(parts.hosts.count)
    this.rings = new PacketLists(parts.pool, this.count)
    this.batch = new Int32Array(this.count)
    this.interruptsOff = new Uint8Array(this.count)
    this.assignCores()
    this.moderation = new InterruptModeration(parts.hosts, this.hostOf)
  }

  /** The queue of a host that a packet with this RSS hash lands in. */
  queueOf(host: number, rssHash: number): number {
    return this.firstOf[host] + receiveQueueOf(rssHash, this.hosts.rxQueueCount[host])
  }

  /** Number of a queue among those of its host. */
  localNumber(queue: number): number {
    return queue - this.firstOf[this.hostOf[queue]]
  }

  /** A packet arrives from the wire. `program` is its receive program. */
  arrive(packet: number, queue: number, program: number, nowNs: number): void {
    const host = this.hostOf[queue]
    if (this.rings.count[queue] >= this.hosts.rxRingSize[host]) {
      this.accounts.drop(RING_FULL, this.pool.segments[packet], nowNs, this.pool.flow[packet])
      this.pool.release(packet)
      return
    }
    this.pool.pass[packet] = this.passes.programFirst[program]
    this.rings.push(queue, packet)
    if (this.interruptsOff[queue] === 0) this.holdInterrupt(queue, nowNs)
  }

  /** Takes up to `weight` packets for a poll; returns what the poll costs in ns, exact. */
  beginPoll(queue: number, weight: number, nowNs: number): number {
    const { pool, passes } = this
    const host = this.hostOf[queue]
    const count = Math.min(weight, this.rings.count[queue])
    this.batch[queue] = count
    let cost = 0
    let packet = this.rings.peek(queue)
    for (let i = 0; i < count; i++) {
      const exact = passes.costNs(pool.pass[packet], packet, pool, this.hosts, host)
      this.accounts.pass(host, pool.pass[packet], pool.isFirst(packet), 1, pool.payloadBytes[packet], exact, nowNs)
      this.moderation.polled(queue, pool.ipBytes[packet])
      cost += exact
      packet = pool.next[packet]
    }
    return cost
  }

  /** Packets of the poll under way. */
  polled(queue: number): number {
    return this.batch[queue]
  }

  /** Hands the polled packets over, merged where the pass behind the poll merges. */
  endPoll(queue: number, to: PacketLists, row: number): void {
    this.offload.merge(this.rings, queue, this.batch[queue], 1, to, row)
  }

  /** Whether the last poll emptied the ring as it found it, and left no more than arrived since. */
  isComplete(queue: number, weight: number): boolean {
    return this.batch[queue] < weight || this.rings.count[queue] === 0
  }

  /** The queue is no longer polled: the next packet interrupts, and so do those that wait. */
  enableInterrupt(queue: number, nowNs: number): void {
    this.interruptsOff[queue] = 0
    this.moderation.adapt(queue, nowNs)
    if (this.rings.count[queue] > 0) this.holdInterrupt(queue, nowNs)
  }

  private holdInterrupt(queue: number, nowNs: number): void {
    this.interruptsOff[queue] = 1
    this.events.schedule(this.layout.interrupt + queue, nowNs + this.moderation.delayNs[queue])
  }

  private assignCores(): void {
    let queue = 0
    for (let host = 0; host < this.hosts.count; host++) {
      this.firstOf[host] = queue
      const cores = this.hosts.coreCount[host]
      if (cores === 0) continue
      for (let i = 0; i < this.hosts.rxQueueCount[host]; i++, queue++) {
        this.hostOf[queue] = host
        this.coreOf[queue] = this.hosts.coreFirst[host] + (i % cores)
      }
    }
  }
}

/** Receive queues of all hosts that have cores. */
export function receiveQueueTotal(hosts: HostTable): number {
  let total = 0
  for (let host = 0; host < hosts.count; host++) if (hosts.coreCount[host] > 0) total += hosts.rxQueueCount[host]
  return total
}
