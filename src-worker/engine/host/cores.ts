/**
 * Cores as resources that contexts compete for. Softirq work (passes of packets, NAPI polls) runs to its end and pauses
 * whatever thread runs, until it must share the core with threads (`softirq-shares.ts`).
 */

import { PASS_ENTRY, coreTotal, dropReasonId, type HostTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { PacketPool } from '../packet-pool'
import type { Tracking } from '../tracking/tracking'
import { ColdCaches } from './cold-caches'
import { PacketLists } from './packet-list'
import type { PacketSink } from './packet-sink'
import { AFTER_PASS, type PassTable } from './pass-table'
import { PollLists } from './poll-lists'
import type { ReceiveOffload } from './receive-offload'
import type { ReceiveQueues } from './receive-queues'
import { SoftirqRounds } from './softirq-rounds'
import { SoftirqShares } from './softirq-shares'
import { type ThreadRunner, ThreadTurns } from './thread-turns'
import { WholeTime } from './whole-time'
import type { WorkerQueues } from './worker-queues'

const NONE = -1
const BACKLOG_FULL = dropReasonId('backlog-full')

/** Softirq work under way on a core. */
const SOFTIRQ = { none: 0, pass: 1, poll: 2, debt: 3 } as const

export class Cores {
  readonly hostOf: Int32Array
  private readonly hosts: HostTable
  private readonly pool: PacketPool
  private readonly passes: PassTable
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly offload: ReceiveOffload
  private readonly queues: ReceiveQueues
  private readonly workers: WorkerQueues
  private readonly tracking: Tracking
  private readonly inline: PacketLists
  private readonly polled: PacketLists
  private readonly polls: PollLists
  private readonly backlog: PacketLists
  private readonly cell: PacketLists
  private readonly softirq: Uint8Array
  private readonly softirqSubject: Int32Array
  private readonly debtNs: Float64Array
  private readonly rounds: SoftirqRounds
  private readonly shares: SoftirqShares
  private readonly cold: ColdCaches
  private readonly time: WholeTime
  private readonly threads: ThreadTurns
  /** Set once by the engine. */
  sink!: PacketSink

  constructor(parts: {
    hosts: HostTable
    pool: PacketPool
    passes: PassTable
    events: EventQueue
    layout: EventLayout
    accounts: Accounts
    offload: ReceiveOffload
    queues: ReceiveQueues
    workers: WorkerQueues
    tracking: Tracking
    contextSwitchNs: Float64Array
    threads: number
  }) {
    const total = coreTotal(parts.hosts)
    this.hosts = parts.hosts
    this.pool = parts.pool
    this.passes = parts.passes
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.offload = parts.offload
    this.queues = parts.queues
    this.workers = parts.workers
    this.tracking = parts.tracking
    this.hostOf = new Int32Array(total)
    for (let host = 0; host < parts.hosts.count; host++) {
      const first = parts.hosts.coreFirst[host]
      this.hostOf.fill(host, first, first + parts.hosts.coreCount[host])
    }
    this.inline = new PacketLists(parts.pool, total)
    this.polled = new PacketLists(parts.pool, total)
    this.backlog = new PacketLists(parts.pool, total)
    this.cell = new PacketLists(parts.pool, total)
    this.polls = new PollLists(total, parts.queues.count)
    this.softirq = new Uint8Array(total)
    this.softirqSubject = new Int32Array(total)
    this.debtNs = new Float64Array(total)
    this.rounds = new SoftirqRounds({ ...parts, hostOf: this.hostOf })
    this.shares = new SoftirqShares(total)
    this.time = new WholeTime(total, parts.accounts)
    this.cold = new ColdCaches({ ...parts, hostOf: this.hostOf })
    this.threads = new ThreadTurns({ ...parts, hostOf: this.hostOf, time: this.time, cold: this.cold, count: parts.threads })
  }

  /** What threads do; set once by the engine. */
  set runner(runner: ThreadRunner) {
    this.threads.runner = runner
  }

  /** Tells of every pass that ends from now on, and what it costs a busy core, while the packet's columns are still as they were. */
  watch(passed: (packet: number, core: number, costNs: number, nowNs: number) => void): void {
    const finish = this.finishPass.bind(this)
    this.finishPass = (packet, core, nowNs) => {
      const { pool, passes } = this
      passed(packet, core, passes.costNs(pool.pass[packet], packet, pool, this.hosts, this.hostOf[core]), nowNs)
      finish(packet, core, nowNs)
    }
  }

  /** Runs a program for a packet, beginning at once in the context that runs on the core. */
  submit(packet: number, program: number, core: number, nowNs: number): void {
    this.pool.pass[packet] = this.passes.programFirst[program]
    this.inline.push(core, packet)
    this.kick(core, nowNs)
  }

  /** A receive queue's interrupt fires: the core will poll it. */
  interrupt(queue: number, nowNs: number): void {
    const core = this.queues.coreOf[queue]
    const host = this.hostOf[core]
    const costNs = this.hosts.interruptCycles[host] * this.hosts.nsPerCycle[host]
    this.debtNs[core] += costNs
    this.accounts.call(host, CALL.interrupt, costNs, nowNs)
    this.polls.add(core, queue)
    this.kick(core, nowNs)
  }

  /** Makes a thread runnable on its core; the waker's core pays for it. `waker` −1: a timer. */
  wake(thread: number, core: number, waker: number, wakeUpNs: number, nowNs: number): void {
    if (this.threads.isAwake(thread, core)) return
    if (waker !== NONE) {
      this.debtNs[waker] += wakeUpNs
      this.accounts.call(this.hostOf[waker], CALL.wakeUp, wakeUpNs, nowNs)
    }
    this.threads.enqueue(thread, core)
    this.kick(core, nowNs)
  }

  /** The core's softirq work has ended. */
  onSoftirqDone(core: number, nowNs: number): void {
    const subject = this.softirqSubject[core]
    const kind = this.softirq[core]
    if (kind === SOFTIRQ.pass) this.finishPass(subject, core, nowNs)
    else if (kind === SOFTIRQ.poll) this.finishPoll(subject, core, nowNs)
    this.softirq[core] = SOFTIRQ.none
    this.next(core, nowNs)
  }

  /** The core's thread event fired: its step has ended, unless softirq work paused it meanwhile. */
  onThreadDone(core: number, nowNs: number): void {
    if (!this.threads.isStepOver(core, nowNs)) return
    // Held until the step is carried out, so that whatever the step sets off waits for it.
    this.softirq[core] = SOFTIRQ.debt
    this.threads.finishStep(core, nowNs)
    this.softirq[core] = SOFTIRQ.none
    this.next(core, nowNs)
  }

  private kick(core: number, nowNs: number): void {
    if (this.softirq[core] === SOFTIRQ.none) this.next(core, nowNs)
  }

  private next(core: number, nowNs: number): void {
    if (this.debtNs[core] > 0 || this.inline.count[core] > 0 || this.polls.isInTurn(core) || this.goesOnPolling(core, nowNs)) {
      this.beginSoftirq(core, nowNs)
    } else {
      this.threads.run(core, nowNs)
    }
  }

  /** Between two polls: whether the core polls on, in the same round or another one. */
  private goesOnPolling(core: number, nowNs: number): boolean {
    const { polls, rounds, shares } = this
    if (rounds.isOpen(core)) {
      if (!rounds.endPoll(core, polls.isRoundDone(core), nowNs)) return true
      shares.endRound(core, nowNs)
    }
    if (polls.current(core) === NONE) {
      shares.rest(core)
      return false
    }
    if (shares.isThreadsTurn(core, this.threads.isWanted(core), nowNs)) return false
    polls.beginRound(core)
    rounds.begin(core, nowNs)
    shares.beginRound(core, nowNs)
    return true
  }

  private beginSoftirq(core: number, nowNs: number): void {
    this.threads.pause(core, nowNs)
    if (this.debtNs[core] > 0) {
      const exact = this.debtNs[core]
      this.debtNs[core] = 0
      this.occupy(core, SOFTIRQ.debt, NONE, exact, nowNs)
      return
    }
    if (this.inline.count[core] === 0) this.drawFromPolls(core, nowNs)
    const packet = this.inline.shift(core)
    if (packet !== NONE) this.beginPass(packet, core, nowNs)
  }

  /** Takes what the core polls next: a batch from a NIC queue, or packets of the backlog or GRO cell. */
  private drawFromPolls(core: number, nowNs: number): void {
    const host = this.hostOf[core]
    const napi = this.polls.current(core)
    const weight = this.hosts.napiWeight[host]
    if (this.polls.isBacklog(core, napi)) {
      this.inline.push(core, this.backlog.shift(core))
      this.rounds.take(core, 1)
      this.polls.spend(core, 1, weight, this.backlog.count[core] === 0)
    } else if (this.polls.isCell(core, napi)) {
      const count = Math.min(weight, this.cell.count[core])
      this.offload.merge(this.cell, core, count, 0, this.inline, core)
      this.rounds.take(core, count)
      this.polls.spend(core, count, weight, this.cell.count[core] === 0)
    } else {
      const costNs = this.queues.beginPoll(napi, weight, nowNs)
      this.rounds.take(core, this.queues.polled(napi))
      this.occupy(core, SOFTIRQ.poll, napi, costNs, nowNs)
    }
  }

  private beginPass(packet: number, core: number, nowNs: number): void {
    const { pool, passes } = this
    const host = this.hostOf[core]
    let pass = pool.pass[packet]
    // The core is taken before the socket hears of its packet and sends the next.
    this.softirq[core] = SOFTIRQ.pass
    if (passes.orphans[pass] === 1 && pool.isOwned(packet)) this.sink.orphan(packet, nowNs)
    if (passes.looks[pass] === 1 && this.tracking.concerns(packet)) {
      pass = this.tracking.enter(packet, pass, host, nowNs)
      pool.pass[packet] = pass
    }
    const exact = passes.costNs(pass, packet, pool, this.hosts, host)
    this.accounts.pass(host, pass, pool.isFirst(packet), pool.segments[packet], pool.payloadBytes[packet], exact, nowNs)
    this.occupy(core, SOFTIRQ.pass, packet, exact + this.cold.passNs(pass, packet, core, nowNs), nowNs)
  }

  /** The core wakes if it was idle, and works until `exact` ns have passed; fractions are carried on. */
  private occupy(core: number, kind: number, subject: number, exact: number, nowNs: number): void {
    const idleExit = this.threads.leaveIdle(core, nowNs)
    const whole = this.time.spend(core, exact, nowNs)
    this.softirq[core] = kind
    this.softirqSubject[core] = subject
    this.events.schedule(this.layout.softirqDone + core, nowNs + idleExit + whole)
  }

  private finishPass(packet: number, core: number, nowNs: number): void {
    const { passes, pool } = this
    const after = passes.after[pool.pass[packet]]
    if (after === AFTER_PASS.nic) this.sink.transmit(packet, core, nowNs)
    else if (after === AFTER_PASS.socket) this.sink.receive(packet, core, nowNs)
    else if (after === AFTER_PASS.drop) this.dropAfter(packet, core, passes.dropReason[pool.pass[packet]], nowNs)
    else if (after === AFTER_PASS.back) this.sink.sendBack(packet, core, nowNs)
    else this.enterNextPass(packet, core, nowNs)
  }

  /** Polled packets stand at the pass that polled them: each goes on to the next one. */
  private finishPoll(queue: number, core: number, nowNs: number): void {
    this.queues.endPoll(queue, this.polled, core)
    while (this.polled.count[core] > 0) this.finishPass(this.polled.shift(core), core, nowNs)
    // A poll that took less than its weight is complete (napi_complete_done): what came meanwhile interrupts again.
    if (this.queues.isComplete(queue, this.hosts.napiWeight[this.hostOf[core]])) {
      this.polls.remove(core)
      this.queues.enableInterrupt(queue, nowNs)
    } else {
      this.polls.rotate(core)
    }
  }

  private enterNextPass(packet: number, core: number, nowNs: number): void {
    const before = this.pool.pass[packet]
    if (this.passes.entry[before] === PASS_ENTRY.worker) {
      this.finishWork(packet, core, nowNs)
      return
    }
    this.pool.pass[packet] = before + 1
    const entry = this.passes.entry[before + 1]
    if (entry === PASS_ENTRY.inline) this.inline.push(core, packet)
    else if (entry === PASS_ENTRY.worker) this.handToWorker(packet, core, nowNs)
    else this.enqueue(packet, core, nowNs)
  }

  /** Puts a packet into the queue of a core that its pass is behind. */
  private enqueue(packet: number, core: number, nowNs: number): void {
    const isCell = this.passes.entry[this.pool.pass[packet]] === PASS_ENTRY.groCell
    const list = isCell ? this.cell : this.backlog
    if (list.count[core] >= this.hosts.maxBacklog[this.hostOf[core]]) {
      this.dropQueued(packet, core, nowNs)
      return
    }
    list.push(core, packet)
    this.polls.add(core, isCell ? this.polls.cellOf(core) : this.polls.backlogOf(core))
  }

  private dropQueued(packet: number, core: number, nowNs: number): void {
    this.dropAfter(packet, core, BACKLOG_FULL, nowNs)
  }

  /** A packet ends on the host. */
  private dropAfter(packet: number, core: number, reason: number, nowNs: number): void {
    if (this.pool.isOwned(packet)) this.sink.orphan(packet, nowNs)
    this.sink.drop(packet, core, reason, nowNs)
    this.accounts.drop(reason, this.pool.segments[packet], nowNs, this.pool.flow[packet])
    this.pool.release(packet)
  }

  /** A worker on the next core in turn takes the packet up. */
  private handToWorker(packet: number, core: number, nowNs: number): void {
    const worker = this.workers.enter(packet, this.hostOf[core])
    if (worker === NONE) {
      this.dropQueued(packet, core, nowNs)
      return
    }
    this.backlog.push(worker, packet)
    this.polls.add(worker, this.polls.backlogOf(worker))
    this.kick(worker, nowNs)
  }

  /** A worker is done with a packet: it, and those that waited for it, go on in order on their peer's core. */
  private finishWork(packet: number, core: number, nowNs: number): void {
    const ring = this.workers.finish(packet, this.hostOf[core])
    const peerCore = this.workers.coreOf(ring)
    for (let next = this.workers.release(ring); next !== NONE; next = this.workers.release(ring)) {
      this.pool.pass[next]++
      this.enqueue(next, peerCore, nowNs)
    }
    this.kick(peerCore, nowNs)
  }
}
