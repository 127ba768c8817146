/** Which program a packet runs on one side of its way: by its direction, and whether it carries payload. */

import type { FlowTable } from '#shared/plan/index'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'

/** The programs of one side, by flow. */
export interface SidePrograms {
  readonly forward: Int32Array
  readonly forwardControl: Int32Array
  readonly reverse: Int32Array
  readonly reverseControl: Int32Array
}

/** The programs of sending hosts. */
export function transmitPrograms(flows: FlowTable): SidePrograms {
  return { forward: flows.forwardTx, forwardControl: flows.forwardAckTx, reverse: flows.reverseTx, reverseControl: flows.reverseAckTx }
}

/** The programs of receiving hosts. */
export function receivePrograms(flows: FlowTable): SidePrograms {
  return { forward: flows.forwardRx, forwardControl: flows.forwardAckRx, reverse: flows.reverseRx, reverseControl: flows.reverseAckRx }
}

/** The number of a packet's program. */
export function programOf(packet: number, pool: PacketPool, programs: SidePrograms): number {
  const flow = pool.flow[packet]
  const isControl = (pool.flags[packet] & PACKET_FLAG.control) !== 0
  if (pool.direction[packet] === 0) return (isControl ? programs.forwardControl : programs.forward)[flow]
  return (isControl ? programs.reverseControl : programs.reverse)[flow]
}
