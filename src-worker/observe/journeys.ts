import type { ProgramTable } from '#shared/plan/index'
import { JOURNEY, JOURNEY_COLUMNS, JOURNEY_PASSES, UNSEEN_NS } from '#shared/plan/index'

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
    this.reserve(packet)
    const at = packet * JOURNEY_COLUMNS
    this.times.fill(UNSEEN_NS, at, at + JOURNEY_COLUMNS)
    this.times[at + JOURNEY.emitted] = nowNs
  }

  /** A packet becomes a copy of another. */
  copy(from: number, to: number): void {
    this.reserve(Math.max(from, to))
    this.times.copyWithin(to * JOURNEY_COLUMNS, from * JOURNEY_COLUMNS, (from + 1) * JOURNEY_COLUMNS)
  }

  /** A pass of the sender's or the receiver's program ended. */
  passed(packet: number, pass: number, isSender: boolean, beganNs: number, endedNs: number): void {
    const number = this.passNumber[pass]
    if (number >= JOURNEY_PASSES) return
    this.reserve(packet)
    const at = packet * JOURNEY_COLUMNS + (isSender ? JOURNEY.sender : JOURNEY.receiver) + 2 * number
    this.times[at] = beganNs
    this.times[at + 1] = endedNs
  }

  /** A frame starts on a wire: the first one counts. */
  started(packet: number, nowNs: number): void {
    this.reserve(packet)
    const at = packet * JOURNEY_COLUMNS + JOURNEY.wireStart
    if (this.times[at] === UNSEEN_NS) this.times[at] = nowNs
  }

  /** A frame reached the end of a wire: the last one counts. */
  arrived(packet: number, nowNs: number): void {
    this.reserve(packet)
    this.times[packet * JOURNEY_COLUMNS + JOURNEY.wireEnd] = nowNs
  }

  /** Writes what is known by now into `column` from `at` on. */
  write(packet: number, column: Float64Array, at: number): void {
    this.reserve(packet)
    for (let index = 0; index < JOURNEY_COLUMNS; index++) column[at + index] = this.times[packet * JOURNEY_COLUMNS + index]
  }

  private reserve(packet: number): void {
    if ((packet + 1) * JOURNEY_COLUMNS <= this.times.length) return
    const old = this.times
    this.times = new Float64Array(Math.max(old.length * 2, (packet + 1) * 2 * JOURNEY_COLUMNS)).fill(UNSEEN_NS)
    this.times.set(old)
  }
}
