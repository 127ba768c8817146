/**
 * How long each receive queue holds its interrupt back. Adaptive moderation (Linux lib/dim/net_dim.c) goes up and down a
 * ladder of hold-offs, and stays where more would not bring more packets per interrupt. The rule here is that ladder's
 * outcome rather than its sampling: a queue whose interrupts bring many packets holds back longer, one whose interrupts
 * bring one or two holds back less.
 */

import type { HostTable } from '#shared/plan/index'

/** Packets per interrupt from which the hold-off doubles, and up to which it halves. */
const MANY_PACKETS = 8
const FEW_PACKETS = 2

export class InterruptModeration {
  /** Hold-off of each queue now, ns. */
  readonly delayNs: Float64Array
  private readonly hosts: HostTable
  private readonly hostOf: Int32Array
  private readonly packets: Int32Array

  constructor(hosts: HostTable, hostOf: Int32Array) {
    this.hosts = hosts
    this.hostOf = hostOf
    this.packets = new Int32Array(hostOf.length)
    this.delayNs = Float64Array.from(hostOf, (host) => hosts.interruptMinDelayNs[host])
  }

  /** Counts packets that a poll took. */
  polled(queue: number, packets: number): void {
    this.packets[queue] += packets
  }

  /** The queue is empty and arms its interrupt again: chooses the next hold-off. */
  adapt(queue: number): void {
    const host = this.hostOf[queue]
    const packets = this.packets[queue]
    this.packets[queue] = 0
    if (packets >= MANY_PACKETS) {
      this.delayNs[queue] = Math.min(this.hosts.interruptMaxDelayNs[host], this.delayNs[queue] * 2)
    } else if (packets <= FEW_PACKETS) {
      this.delayNs[queue] = Math.max(this.hosts.interruptMinDelayNs[host], this.delayNs[queue] / 2)
    }
  }
}
