/**
 * How long each receive queue holds its interrupt back. Adaptive moderation goes by what arrives: a queue that brings much
 * holds back longer, as nobody waits for single packets of a stream; one that brings little holds back less, as somebody
 * waits for an answer. The classes are those of drivers/net/ethernet/intel/ixgbe/ixgbe_main.c (ixgbe_update_itr): below
 * 10 MB/s lowest latency, above 20 MB/s bulk, but for interrupts with few packets. Linux lib/dim/net_dim.c finds the same by
 * trying.
 */

import type { HostTable } from '#shared/plan/index'

/** Bytes a nanosecond above which the hold-off doubles, and below which it halves. */
const BULK = 0.02
const LOWEST_LATENCY = 0.01
/** A queue that brings fewer packets than these in the longest hold-off brings answers, however long they are. */
const LEAST_GATHERED = 4

export class InterruptModeration {
  /** Hold-off of each queue now, ns. */
  readonly delayNs: Float64Array
  private readonly hosts: HostTable
  private readonly hostOf: Int32Array
  private readonly bytes: Float64Array
  private readonly packets: Float64Array
  private readonly sinceNs: Float64Array

  constructor(hosts: HostTable, hostOf: Int32Array) {
    this.hosts = hosts
    this.hostOf = hostOf
    this.bytes = new Float64Array(hostOf.length)
    this.packets = new Float64Array(hostOf.length)
    this.sinceNs = new Float64Array(hostOf.length)
    this.delayNs = Float64Array.from(hostOf, (host) => hosts.interruptMinDelayNs[host])
  }

  /** Counts a packet that a poll took. */
  polled(queue: number, bytes: number): void {
    this.bytes[queue] += bytes
    this.packets[queue]++
  }

  /** The queue is empty and arms its interrupt again: chooses the next hold-off. */
  adapt(queue: number, nowNs: number): void {
    const host = this.hostOf[queue]
    const elapsedNs = Math.max(1, nowNs - this.sinceNs[queue])
    const rate = this.bytes[queue] / elapsedNs
    const longestNs = this.hosts.interruptMaxDelayNs[host]
    const gathered = (this.packets[queue] / elapsedNs) * longestNs
    this.bytes[queue] = 0
    this.packets[queue] = 0
    this.sinceNs[queue] = nowNs
    if (rate < LOWEST_LATENCY || gathered < LEAST_GATHERED) {
      this.delayNs[queue] = Math.max(this.hosts.interruptMinDelayNs[host], this.delayNs[queue] / 2)
    } else if (rate > BULK) {
      this.delayNs[queue] = Math.min(longestNs, this.delayNs[queue] * 2)
    }
  }
}
