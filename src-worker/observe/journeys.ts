import { JOURNEY, JOURNEY_COLUMNS, JOURNEY_PASSES, UNSEEN_NS, type ProgramTable } from '#shared/plan/index'
import { placeOfPacket } from '../engine/packet-pool'

/**
 * When packets under way left their socket, began and ended the passes of their programs, and crossed the network: a row of
 * numbers for each place of the packet pool.
 */
export class Journeys {
  private times = new Float64Array(0)
  /** Number of each pass in its program. */
  private readonly passNumber: Int32Array

  constructor(programs: ProgramTable) {
    this.passNumber = new Int32Array(programs.passCount)
    for (let program = 0; program < programs.count; program++) {
      const first = programs.passFirst[program]
      for (let pass = first; pass < programs.passFirst[program + 1]; pass++) this.passNumber[pass] = pass - first
    }
  }

  /** A packet leaves its socket. */
  begin(packet: number, nowNs: number): void {
    const at = this.rowOf(packet)
    this.times.fill(UNSEEN_NS, at, at + JOURNEY_COLUMNS)
    this.times[at + JOURNEY.emitted] = nowNs
  }

  /** A packet becomes a copy of another. */
  copy(from: number, to: number): void {
    const source = this.rowOf(from)
    const at = this.rowOf(to)
    this.times.copyWithin(at, source, source + JOURNEY_COLUMNS)
  }

  /** A pass of the sender's or the receiver's program ended. */
  passed(packet: number, pass: number, isSender: boolean, beganNs: number, endedNs: number): void {
    const number = this.passNumber[pass]
    if (number >= JOURNEY_PASSES) return
    const at = this.rowOf(packet) + (isSender ? JOURNEY.sender : JOURNEY.receiver) + 2 * number
    this.times[at] = beganNs
    this.times[at + 1] = endedNs
  }

  /** A frame starts on a wire: the first one counts. */
  started(packet: number, nowNs: number): void {
    const at = this.rowOf(packet) + JOURNEY.wireStart
    if (this.times[at] === UNSEEN_NS) this.times[at] = nowNs
  }

  /** A frame reached the end of a wire: the last one counts. */
  arrived(packet: number, nowNs: number): void {
    this.times[this.rowOf(packet) + JOURNEY.wireEnd] = nowNs
  }

  /** Writes what is known by now into `column` from `at` on. */
  write(packet: number, column: Float64Array, at: number): void {
    const from = this.rowOf(packet)
    for (let index = 0; index < JOURNEY_COLUMNS; index++) column[at + index] = this.times[from + index]
  }

  /** Where a packet's times begin; makes room for them. */
  private rowOf(packet: number): number {
    const at = placeOfPacket(packet) * JOURNEY_COLUMNS
    if (at + JOURNEY_COLUMNS > this.times.length) {
      const old = this.times
      this.times = new Float64Array((at + JOURNEY_COLUMNS) * 2).fill(UNSEEN_NS)
      this.times.set(old)
    }
    return at
  }
}
