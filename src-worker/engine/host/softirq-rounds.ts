/**
 * Rounds in which a core polls (net_rx_action, Linux net/core/dev.c): everything that is on its poll list when the round
 * begins, each once; a round whose packets or time are used up is cut short and counted as time_squeeze. What is left waits
 * for the next round.
 */

import type { HostTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'

const NONE = -1

export class SoftirqRounds {
  private readonly hosts: HostTable
  private readonly hostOf: Int32Array
  private readonly accounts: Accounts
  /** Packets that the round may still take; the poll under way may take more than that. */
  private readonly budget: Int32Array
  /** When the round began, ns; −1: none is under way. */
  private readonly beganNs: Float64Array

  constructor(parts: { hosts: HostTable; hostOf: Int32Array; accounts: Accounts }) {
    this.hosts = parts.hosts
    this.hostOf = parts.hostOf
    this.accounts = parts.accounts
    this.budget = new Int32Array(parts.hostOf.length)
    this.beganNs = new Float64Array(parts.hostOf.length).fill(NONE)
  }

  /** Whether a round is under way. */
  isOpen(core: number): boolean {
    return this.beganNs[core] !== NONE
  }

  /** A round begins. Requires: none is under way. */
  begin(core: number, nowNs: number): void {
    this.beganNs[core] = nowNs
    this.budget[core] = this.hosts.netdevBudget[this.hostOf[core]]
  }

  /** The round's polls take packets. */
  take(core: number, packets: number): void {
    this.budget[core] -= packets
  }

  /** A poll of the round is over, packets and all; `isLast`: all others are, too. Returns whether the round is over. */
  endPoll(core: number, isLast: boolean, nowNs: number): boolean {
    const host = this.hostOf[core]
    const isSqueezed = this.budget[core] <= 0 || nowNs - this.beganNs[core] >= this.hosts.netdevBudgetNs[host]
    if (isSqueezed) this.accounts.timeSqueezes[host]++
    if (!isSqueezed && !isLast) return false
    this.beganNs[core] = NONE
    return true
  }
}
