/** The threads of cores: they run in steps, first come first served, and pause while softirq work has their core. */

import type { HostTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { ColdCaches } from './cold-caches'
import { RunQueues } from './run-queues'
import type { WholeTime } from './whole-time'

const NONE = -1

/** What threads do. */
export interface ThreadRunner {
  /** Decides the thread's next step; returns its cost in ns, exact. */
  begin(thread: number, nowNs: number): number
  /** Carries the step out; returns whether the thread can run on. */
  finish(thread: number, core: number, nowNs: number): boolean
}

export class ThreadTurns {
  private readonly hosts: HostTable
  private readonly hostOf: Int32Array
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly time: WholeTime
  private readonly cold: ColdCaches
  /** Cost of a switch between threads on each host, ns. */
  private readonly contextSwitchNs: Float64Array
  private readonly queues: RunQueues
  /** The thread in the middle of a step, running or paused, and the one before; −1: none. */
  private readonly current: Int32Array
  private readonly last: Int32Array
  private readonly isRunning: Uint8Array
  /** When a running step ends, and what a paused one has left, ns. */
  private readonly doneNs: Float64Array
  private readonly remainingNs: Float64Array
  private readonly isEventPending: Uint8Array
  /** Since when the core has had nothing to do, ns; −1: it has something. */
  private readonly idleSinceNs: Float64Array
  /** Set once by the engine. */
  runner!: ThreadRunner

  constructor(parts: {
    hosts: HostTable
    hostOf: Int32Array
    events: EventQueue
    layout: EventLayout
    accounts: Accounts
    time: WholeTime
    cold: ColdCaches
    contextSwitchNs: Float64Array
    count: number
  }) {
    const cores = parts.hostOf.length
    this.hosts = parts.hosts
    this.hostOf = parts.hostOf
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.time = parts.time
    this.cold = parts.cold
    this.contextSwitchNs = parts.contextSwitchNs
    this.queues = new RunQueues(cores, parts.count)
    this.current = new Int32Array(cores).fill(NONE)
    this.last = new Int32Array(cores).fill(NONE)
    this.isRunning = new Uint8Array(cores)
    this.doneNs = new Float64Array(cores)
    this.remainingNs = new Float64Array(cores)
    this.isEventPending = new Uint8Array(cores)
    this.idleSinceNs = new Float64Array(cores)
  }

  /** Whether a thread waits for a core, or is in the middle of a step on this one. */
  isAwake(thread: number, core: number): boolean {
    return this.queues.isQueued(thread) || this.current[core] === thread
  }

  /** Whether a thread runs on the core, or wants to. */
  isWanted(core: number): boolean {
    return this.current[core] !== NONE || !this.queues.isEmpty(core)
  }

  /** Puts a thread behind those that wait for the core. Requires: it is not awake. */
  enqueue(thread: number, core: number): void {
    this.queues.push(core, thread)
  }

  /** No softirq work has the core: the step under way goes on, or the next thread's begins, or the core is idle. */
  run(core: number, nowNs: number): void {
    if (this.isRunning[core] === 1) return
    if (this.current[core] !== NONE) this.resume(core, nowNs)
    else if (!this.queues.isEmpty(core)) this.begin(core, nowNs)
    else this.idleSinceNs[core] = nowNs
  }

  /** Softirq work takes the core. */
  pause(core: number, nowNs: number): void {
    if (this.isRunning[core] === 0) return
    this.isRunning[core] = 0
    this.remainingNs[core] = this.doneNs[core] - nowNs
  }

  /** The core's event fired. Returns whether its step is over: softirq work may have paused it meanwhile. */
  isStepOver(core: number, nowNs: number): boolean {
    this.isEventPending[core] = 0
    if (this.isRunning[core] === 0) return false
    if (this.doneNs[core] <= nowNs) return true
    this.arm(core)
    return false
  }

  /** Carries out the step that is over; its thread waits for its next turn if it can run on. */
  finishStep(core: number, nowNs: number): void {
    const thread = this.current[core]
    this.isRunning[core] = 0
    const goesOn = this.runner.finish(thread, core, nowNs)
    this.current[core] = NONE
    if (goesOn && !this.queues.isQueued(thread)) this.queues.push(core, thread)
  }

  /** Work takes the core; returns how long the core needs until it begins, ns: an idle one has to wake. */
  leaveIdle(core: number, nowNs: number): number {
    const sinceNs = this.idleSinceNs[core]
    const wasIdle = this.isIdle(core, nowNs)
    this.idleSinceNs[core] = NONE
    if (!wasIdle) return 0
    const idleExitNs = this.hosts.idleExitNs[this.hostOf[core]]
    this.cold.wake(core, sinceNs, nowNs, nowNs + idleExitNs)
    return idleExitNs
  }

  private isIdle(core: number, nowNs: number): boolean {
    return this.idleSinceNs[core] < nowNs && this.idleSinceNs[core] >= 0
  }

  private begin(core: number, nowNs: number): void {
    const thread = this.queues.shift(core)
    this.current[core] = thread
    const wasIdle = this.isIdle(core, nowNs)
    const idleExit = this.leaveIdle(core, nowNs)
    const exact = this.switchTo(thread, core, wasIdle, nowNs) + this.runner.begin(thread, nowNs)
    this.isRunning[core] = 1
    this.doneNs[core] = nowNs + idleExit + this.time.spend(core, exact, nowNs)
    this.arm(core)
  }

  private switchTo(thread: number, core: number, wasIdle: boolean, nowNs: number): number {
    if (this.last[core] === thread && !wasIdle) return 0
    this.last[core] = thread
    const host = this.hostOf[core]
    const costNs = this.contextSwitchNs[host]
    this.accounts.call(host, CALL.contextSwitch, costNs, nowNs)
    return costNs
  }

  private resume(core: number, nowNs: number): void {
    this.isRunning[core] = 1
    this.doneNs[core] = nowNs + this.remainingNs[core]
    this.arm(core)
  }

  private arm(core: number): void {
    if (this.isEventPending[core] === 1) return
    this.isEventPending[core] = 1
    this.events.schedule(this.layout.threadDone + core, this.doneNs[core])
  }
}
