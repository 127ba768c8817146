/**
 * CoDel's decision (RFC 8289, section 5; include/net/codel_impl.h): packets are dropped or marked at the head of the queue
 * once the least waiting time of an interval stayed above the target, ever faster by the square root of their number.
 * One row per queue that waiting times are taken of.
 */

import { grown } from '../grown-column'
import type { PacketPool } from '../packet-pool'
import { markCongestion } from './congestion-mark'

/** Intervals for which a pace of dropping is remembered (codel_impl.h: 16). */
const MEMORY_INTERVALS = 16
/** A queue of no more than this is short, whatever its waiting times: one packet of a usual device (psched_mtu in net/sched/sch_codel.c). */
const MTU_BYTES = 1514

/** The parameters of a discipline. */
export interface CodelParameters {
  readonly targetNs: number
  readonly intervalNs: number
  readonly ecn: boolean
}

/** A queue that CoDel takes packets from. */
export interface CodelSource {
  /** Takes the first packet of a row's queue; −1 when there is none. */
  take(row: number): number
  /** Bytes that wait beside what was taken, as the discipline counts them. */
  backlog(row: number): number
  /** Drops a packet that was taken. */
  drop(row: number, packet: number, nowNs: number): void
}

export class CodelLaw {
  private readonly pool: PacketPool
  /** Time from which on waiting too long counts; 0: the last wait was short enough. */
  private firstAboveNs = new Float64Array(0)
  private dropNextNs = new Float64Array(0)
  private count = new Int32Array(0)
  private lastCount = new Int32Array(0)
  private dropping = new Uint8Array(0)

  constructor(pool: PacketPool) {
    this.pool = pool
  }

  /** Makes room for rows up to `rows` − 1. */
  grow(rows: number): void {
    this.firstAboveNs = grown(this.firstAboveNs, new Float64Array(rows))
    this.dropNextNs = grown(this.dropNextNs, new Float64Array(rows))
    this.count = grown(this.count, new Int32Array(rows))
    this.lastCount = grown(this.lastCount, new Int32Array(rows))
    this.dropping = grown(this.dropping, new Uint8Array(rows))
  }

  /** Packets were dropped from a row for other reasons: its pace rises with them (fq_codel_drop). */
  addDrops(row: number, drops: number): void {
    this.count[row] += drops
  }

  /** The packet that goes next, after whatever the law drops before it; −1 when none is left. */
  dequeue(row: number, source: CodelSource, parameters: CodelParameters, nowNs: number): number {
    const packet = source.take(row)
    if (packet < 0) {
      this.dropping[row] = 0
      this.firstAboveNs[row] = 0
      return packet
    }
    const late = this.isLate(row, packet, source, parameters, nowNs)
    if (this.dropping[row] === 1) {
      if (!late) this.dropping[row] = 0
      else if (nowNs >= this.dropNextNs[row]) return this.goOnDropping(row, packet, source, parameters, nowNs)
      return packet
    }
    return late ? this.startDropping(row, packet, source, parameters, nowNs) : packet
  }

  private isLate(row: number, packet: number, source: CodelSource, parameters: CodelParameters, nowNs: number): boolean {
    const waitedNs = nowNs - this.pool.queuedNs[packet]
    if (waitedNs < parameters.targetNs || source.backlog(row) <= MTU_BYTES) {
      this.firstAboveNs[row] = 0
      return false
    }
    if (this.firstAboveNs[row] === 0) {
      this.firstAboveNs[row] = nowNs + parameters.intervalNs
      return false
    }
    return nowNs > this.firstAboveNs[row]
  }

  private goOnDropping(row: number, first: number, source: CodelSource, parameters: CodelParameters, nowNs: number): number {
    let packet = first
    while (this.dropping[row] === 1 && nowNs >= this.dropNextNs[row]) {
      this.count[row]++
      if (parameters.ecn && markCongestion(this.pool, packet)) {
        this.pace(row, this.dropNextNs[row], parameters.intervalNs)
        return packet
      }
      source.drop(row, packet, nowNs)
      packet = source.take(row)
      if (packet < 0 || !this.isLate(row, packet, source, parameters, nowNs)) this.dropping[row] = 0
      else this.pace(row, this.dropNextNs[row], parameters.intervalNs)
    }
    if (packet < 0) this.firstAboveNs[row] = 0
    return packet
  }

  private startDropping(row: number, first: number, source: CodelSource, parameters: CodelParameters, nowNs: number): number {
    let packet = first
    if (!(parameters.ecn && markCongestion(this.pool, packet))) {
      source.drop(row, packet, nowNs)
      packet = source.take(row)
      if (packet < 0) this.firstAboveNs[row] = 0
      else this.isLate(row, packet, source, parameters, nowNs)
    }
    this.dropping[row] = 1
    const recent = nowNs - this.dropNextNs[row] < MEMORY_INTERVALS * parameters.intervalNs
    const gained = this.count[row] - this.lastCount[row]
    this.count[row] = gained > 1 && recent ? gained : 1
    this.lastCount[row] = this.count[row]
    this.pace(row, nowNs, parameters.intervalNs)
    return packet
  }

  /** The control law: the next drop comes an interval over the square root of the number of drops later. */
  private pace(row: number, fromNs: number, intervalNs: number): void {
    this.dropNextNs[row] = fromNs + intervalNs / Math.sqrt(this.count[row])
  }
}
