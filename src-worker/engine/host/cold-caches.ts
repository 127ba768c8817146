/**
 * What cores lose in their sleep. One that has been idle for long, on a host whose cores sleep deeper than C1, is without what
 * it had in its caches until it has worked for a while: meanwhile packets cost it more.
 */

import type { HostTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { PacketPool } from '../packet-pool'
import type { PassTable } from './pass-table'

export class ColdCaches {
  private readonly hosts: HostTable
  private readonly hostOf: Int32Array
  private readonly pool: PacketPool
  private readonly passes: PassTable
  private readonly accounts: Accounts
  /** Until when each core is without, ns. */
  private readonly untilNs: Float64Array

  constructor(parts: { hosts: HostTable; hostOf: Int32Array; pool: PacketPool; passes: PassTable; accounts: Accounts }) {
    this.hosts = parts.hosts
    this.hostOf = parts.hostOf
    this.pool = parts.pool
    this.passes = parts.passes
    this.accounts = parts.accounts
    this.untilNs = new Float64Array(parts.hostOf.length)
  }

  /** A core wakes that has been idle since `sinceNs`, and works from `fromNs` on. */
  wake(core: number, sinceNs: number, nowNs: number, fromNs: number): void {
    const { hosts } = this
    const host = this.hostOf[core]
    if (hosts.coldShare[host] > 0 && nowNs - sinceNs >= hosts.coldAfterNs[host]) this.untilNs[core] = fromNs + hosts.warmUpNs[host]
  }

  /** What a pass takes longer for a packet, ns; it is counted as a stage of its own. */
  passNs(pass: number, packet: number, core: number, nowNs: number): number {
    if (nowNs >= this.untilNs[core]) return 0
    const { hosts } = this
    const host = this.hostOf[core]
    const costNs = this.passes.coldNs(pass, packet, this.pool, hosts, host) * hosts.coldShare[host]
    this.accounts.call(host, CALL.cold, costNs, nowNs)
    return costNs
  }
}
