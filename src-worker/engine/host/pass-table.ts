/**
 * The plan's programs made ready for the loop: per pass the sum of its stages' costs, what comes after it, and whether the
 * sending socket's account ends at its start.
 */

import { PROGRAM_END, type HostTable, type ProgramTable, type TrackingTable } from '#shared/plan/index'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'

/** What follows a pass. */
export const AFTER_PASS = { pass: 0, nic: 1, socket: 2, drop: 3, back: 4 } as const

/** What follows a program's last pass, by its end below {@link PROGRAM_END.drop}. */
const AFTER_END = Uint8Array.of(AFTER_PASS.nic, AFTER_PASS.socket, AFTER_PASS.back)

/** Cost terms of a pass: per packet, per segment, per byte; for established connections, then for first packets. */
const TERMS = 6

export class PassTable {
  readonly entry: Int32Array
  readonly merges: Uint8Array
  readonly after: Uint8Array
  /** Why packets end behind a pass; of use where `after` says that they do. */
  readonly dropReason: Int32Array
  readonly orphans: Uint8Array
  /** 1 where a pass looks at tables of connections. */
  readonly looks: Uint8Array
  readonly programFirst: Int32Array
  private readonly cycles: Float64Array
  private readonly coldCycles: Float64Array
  private readonly coldFirstCycles: Float64Array

  constructor(programs: ProgramTable, { passFirst }: TrackingTable) {
    this.entry = programs.entry
    this.merges = programs.merges
    this.programFirst = programs.passFirst
    this.after = new Uint8Array(programs.passCount)
    this.dropReason = new Int32Array(programs.passCount)
    this.orphans = new Uint8Array(programs.passCount)
    this.looks = Uint8Array.from({ length: programs.passCount }, (_, pass) => Number(passFirst[pass + 1] > passFirst[pass]))
    this.cycles = new Float64Array(programs.passCount * TERMS)
    this.coldCycles = new Float64Array(programs.passCount)
    this.coldFirstCycles = new Float64Array(programs.passCount)
    for (let program = 0; program < programs.count; program++) {
      const last = programs.passFirst[program + 1] - 1
      const end = programs.end[program]
      if (end >= PROGRAM_END.drop) {
        this.after[last] = AFTER_PASS.drop
        this.dropReason[last] = end - PROGRAM_END.drop
      } else {
        this.after[last] = AFTER_END[end]
      }
      if (programs.orphanPass[program] >= 0) this.orphans[programs.orphanPass[program]] = 1
    }
    for (let pass = 0; pass < programs.passCount; pass++) this.sum(programs, pass)
  }

  /** Exact cost in ns of running a pass for a packet. In a NIC pass every wire packet is one segment. */
  costNs(pass: number, packet: number, pool: PacketPool, hosts: HostTable, host: number): number {
    const at = pass * TERMS + ((pool.flags[packet] & PACKET_FLAG.first) !== 0 ? 3 : 0)
    const { cycles } = this
    const total =
      cycles[at] + cycles[at + 1] * pool.segments[packet] + cycles[at + 2] * pool.payloadBytes[packet]
    return total * hosts.nsPerCycle[host]
  }

  /** What a packet costs more on a core that has slept deep, ns. */
  coldNs(pass: number, packet: number, pool: PacketPool, hosts: HostTable, host: number): number {
    const isFirst = (pool.flags[packet] & PACKET_FLAG.first) !== 0
    return (isFirst ? this.coldFirstCycles : this.coldCycles)[pass] * hosts.nsPerCycle[host]
  }

  private sum(programs: ProgramTable, pass: number): void {
    const at = pass * TERMS
    for (let ref = programs.refFirst[pass]; ref < programs.refFirst[pass + 1]; ref++) {
      this.cycles[at] += programs.refPerPacket[ref]
      this.cycles[at + 1] += programs.refPerSegment[ref]
      this.cycles[at + 2] += programs.refPerByte[ref]
      this.cycles[at + 3] += programs.refFirstPerPacket[ref]
      this.cycles[at + 4] += programs.refFirstPerSegment[ref]
      this.cycles[at + 5] += programs.refFirstPerByte[ref]
      this.coldCycles[pass] += programs.refColdPerPacket[ref]
      this.coldFirstCycles[pass] += programs.refColdFirstPerPacket[ref]
    }
  }
}
