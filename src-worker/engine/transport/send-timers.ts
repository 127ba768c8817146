/**
 * The one timer of a sender that runs at a time, as in the kernel (icsk_pending): it moves with every acknowledgement, so its
 * events stay where they are and look at the deadline when they fire. Deadlines also come nearer, though never nearer than
 * the least time of their sort: an event is never set further ahead than that.
 */

import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { MIN_RTO_NS, MIN_TIMEOUT_NS } from './tcp-constants'

/** What the timer is for. */
export const SEND_TIMER = { none: 0, retransmit: 1, lossProbe: 2, reordering: 3, windowProbe: 4 } as const

export class SendTimers {
  /** What runs, of {@link SEND_TIMER}. */
  readonly kind: Uint8Array
  private readonly deadlineNs: Float64Array
  /** When the pending events fire; Infinity: not pending. */
  private readonly longAtNs: Float64Array
  private readonly shortAtNs: Float64Array
  private readonly events: EventQueue
  private readonly layout: EventLayout

  constructor(count: number, events: EventQueue, layout: EventLayout) {
    this.kind = new Uint8Array(count)
    this.deadlineNs = new Float64Array(count).fill(Infinity)
    this.longAtNs = new Float64Array(count).fill(Infinity)
    this.shortAtNs = new Float64Array(count).fill(Infinity)
    this.events = events
    this.layout = layout
  }

  /** Starts the timer, instead of what ran. */
  arm(socket: number, kind: number, deadlineNs: number, nowNs: number): void {
    this.kind[socket] = kind
    this.deadlineNs[socket] = deadlineNs
    if (this.longAtNs[socket] <= deadlineNs || this.shortAtNs[socket] <= deadlineNs) return
    this.watch(socket, nowNs)
  }

  /** Stops the timer. */
  stop(socket: number): void {
    this.kind[socket] = SEND_TIMER.none
    this.deadlineNs[socket] = Infinity
  }

  /** The event of long waits fired: returns what is due, `none` mostly; what is due is stopped. */
  onLong(socket: number, nowNs: number): number {
    this.longAtNs[socket] = Infinity
    return this.due(socket, nowNs)
  }

  /** The event of short waits fired. */
  onShort(socket: number, nowNs: number): number {
    this.shortAtNs[socket] = Infinity
    return this.due(socket, nowNs)
  }

  private due(socket: number, nowNs: number): number {
    const deadline = this.deadlineNs[socket]
    if (deadline > nowNs) {
      if (deadline < Infinity && this.longAtNs[socket] > deadline && this.shortAtNs[socket] > deadline) {
        this.watch(socket, nowNs)
      }
      return SEND_TIMER.none
    }
    const kind = this.kind[socket]
    this.stop(socket)
    return kind
  }

  private watch(socket: number, nowNs: number): void {
    const deadline = Math.ceil(this.deadlineNs[socket])
    if (deadline - nowNs >= MIN_RTO_NS && this.longAtNs[socket] === Infinity) {
      this.longAtNs[socket] = Math.min(deadline, nowNs + MIN_RTO_NS)
      this.events.schedule(this.layout.retransmit + socket, this.longAtNs[socket])
    } else if (this.shortAtNs[socket] === Infinity) {
      this.shortAtNs[socket] = Math.min(deadline, nowNs + MIN_TIMEOUT_NS)
      this.events.schedule(this.layout.lossTimer + socket, this.shortAtNs[socket])
    }
  }
}
