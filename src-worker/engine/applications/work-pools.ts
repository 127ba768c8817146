/**
 * Which connection does which work. Connections between the same two ends form a pool: work comes to the pool by its
 * schedule and runs on whichever connection is idle; without a schedule each connection goes on as it is done. Work that
 * finds no connection idle waits: its due time is kept, and nothing later of the pool goes before it. A pool with a barrier is
 * all connections of a client: none has work until all are idle, then all have.
 */

import type { FlowTable } from '#shared/plan/index'
import type { Pace } from './pace'
import type { Threads } from './threads'

const NONE = -1

export class WorkPools {
  private readonly flows: FlowTable
  private readonly threads: Threads
  private readonly pace: Pace
  /** Last idle flow of each pool, by its first flow, and of each idle flow the one before. */
  private readonly idle: Int32Array
  private readonly idleBefore: Int32Array
  private readonly begun: Uint8Array
  /** Flows of each pool with a barrier, by its first flow, that wait at it; none: those that are idle go on now. */
  private readonly met: Int32Array
  /** Since when there was work for the flow that {@link dispatch} named last, ns. */
  dispatchedDueNs = 0

  constructor(flows: FlowTable, threads: Threads, pace: Pace) {
    this.flows = flows
    this.threads = threads
    this.pace = pace
    this.idle = new Int32Array(flows.count).fill(NONE)
    this.idleBefore = new Int32Array(flows.count).fill(NONE)
    this.begun = new Uint8Array(flows.count)
    this.met = new Int32Array(flows.count)
  }

  /** Whether the work of a flow comes by a schedule. */
  isPaced(flow: number): boolean {
    return this.pace.isPaced(this.flows.pool[flow])
  }

  /**
   * A connection is ready for work: returns since when there is some for it, ns. Else −1: it is idle, and
   * {@link dispatch} will name it once there is. Requires: it is not idle.
   */
  take(flow: number, nowNs: number): number {
    const pool = this.flows.pool[flow]
    if (this.flows.barrier[pool] > 0) return this.meet(flow, pool, nowNs)
    if (!this.pace.isPaced(pool)) return nowNs < this.flows.stopNs[flow] ? nowNs : NONE
    if (this.begun[pool] === 0) {
      this.begun[pool] = 1
      this.pace.dueNs[pool] = nowNs
    }
    const due = this.takeDue(pool, nowNs)
    if (due >= 0) return due
    this.rest(flow, pool)
    this.arm(pool)
    return NONE
  }

  /** The timer of a pool's first client fired: an idle flow that has work now, −1 when there is none left. */
  dispatch(pool: number, nowNs: number): number {
    const flow = this.idle[pool]
    if (flow === NONE) return NONE
    if (this.flows.barrier[pool] > 0) return this.pass(flow, pool, nowNs)
    this.dispatchedDueNs = this.takeDue(pool, nowNs)
    if (this.dispatchedDueNs < 0) {
      this.arm(pool)
      return NONE
    }
    this.idle[pool] = this.idleBefore[flow]
    return flow
  }

  private rest(flow: number, pool: number): void {
    this.idleBefore[flow] = this.idle[pool]
    this.idle[pool] = flow
  }

  /** A flow waits at its pool's barrier; the last one opens it. */
  private meet(flow: number, pool: number, nowNs: number): number {
    this.rest(flow, pool)
    if (++this.met[pool] < this.flows.barrier[pool] || nowNs >= this.flows.stopNs[pool]) return NONE
    this.met[pool] = 0
    this.threads.setTimer(pool * 2, nowNs)
    return NONE
  }

  /** The next flow that passes its pool's barrier, which is idle; −1: all have. */
  private pass(flow: number, pool: number, nowNs: number): number {
    if (this.met[pool] > 0) return NONE
    this.idle[pool] = this.idleBefore[flow]
    this.dispatchedDueNs = nowNs
    return flow
  }

  private takeDue(pool: number, nowNs: number): number {
    const due = this.pace.dueTime(pool)
    if (due > nowNs || due >= this.flows.stopNs[pool]) return NONE
    this.pace.advance(pool)
    return due
  }

  private arm(pool: number): void {
    const due = this.pace.dueTime(pool)
    if (this.threads.hasTimer(pool * 2) || due >= this.flows.stopNs[pool]) return
    this.threads.setTimer(pool * 2, due)
  }
}
