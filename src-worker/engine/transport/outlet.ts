/**
 * The way from a socket to the NIC: through the sending host's program where hosts cost CPU time, straight to the transmit
 * queue where they don't.
 */

import type { FlowTable, HostTable } from '#shared/plan/index'
import type { Cores } from '../host/cores'
import type { TransmitQueues } from '../host/transmit-queues'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'

export class Outlet {
  private readonly flows: FlowTable
  private readonly hosts: HostTable
  private readonly pool: PacketPool
  private readonly cores: Cores
  private readonly queues: TransmitQueues
  /** Uplink port per flow and direction. */
  private readonly uplink: Int32Array

  constructor(parts: {
    flows: FlowTable
    hosts: HostTable
    pool: PacketPool
    cores: Cores
    queues: TransmitQueues
    uplink: Int32Array
  }) {
    this.flows = parts.flows
    this.hosts = parts.hosts
    this.pool = parts.pool
    this.cores = parts.cores
    this.queues = parts.queues
    this.uplink = parts.uplink
  }

  /** Sends a packet from its socket. `core` is the core whose context sends; −1 on a bare host. */
  emit(packet: number, core: number, nowNs: number): void {
    if (core < 0) {
      this.toNic(packet, 0, nowNs)
      return
    }
    this.cores.submit(packet, this.program(packet), core, nowNs)
  }

  /** Hands a packet whose program has ended to the NIC. */
  transmit(packet: number, core: number, nowNs: number): void {
    this.toNic(packet, core - this.hosts.coreFirst[this.cores.hostOf[core]], nowNs)
  }

  private toNic(packet: number, localCore: number, nowNs: number): void {
    const port = this.uplink[this.pool.flow[packet] * 2 + this.pool.direction[packet]]
    this.queues.send(packet, port, localCore, nowNs)
  }

  private program(packet: number): number {
    const { pool, flows } = this
    const flow = pool.flow[packet]
    const isControl = (pool.flags[packet] & PACKET_FLAG.control) !== 0
    if (pool.direction[packet] === 0) return isControl ? flows.forwardAckTx[flow] : flows.forwardTx[flow]
    return isControl ? flows.reverseAckTx[flow] : flows.reverseTx[flow]
  }
}
