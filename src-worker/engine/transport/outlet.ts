/**
 * The way from a socket to the NIC: through the sending host's program where hosts cost CPU time, straight to the transmit
 * queue where they don't. A socket's packets stay in order: while some are on their way through the host, later ones follow
 * them on the same core. In Linux the socket's lock sees to that: a sender holds it until its packets have reached the
 * qdisc, and what an acknowledgement sets off on another core meanwhile waits in the socket's backlog for the sender
 * (net/core/sock.c, release_sock); a thread that wants to write while another core sends spins until that is done.
 */

import { dropReasonId, type FlowTable, type HostTable } from '#shared/plan/index'
import type { Cores } from '../host/cores'
import { programOf, type SidePrograms, transmitPrograms } from '../host/row-programs'
import type { TransmitQueues } from '../host/transmit-queues'
import type { PathMtu } from '../ip/path-mtu'
import type { PacketPool } from '../packet-pool'

const TOO_BIG = dropReasonId('packet-too-big')

/** Where sockets hand their packets over. */
export interface PacketOutlet {
  /** Sends a packet from its socket. `core` is the core whose context sends; −1 on a bare host. */
  emit(packet: number, core: number, nowNs: number): void
}

export class Outlet implements PacketOutlet {
  private readonly flows: FlowTable
  private readonly programs: SidePrograms
  private readonly hosts: HostTable
  private readonly pool: PacketPool
  private readonly cores: Cores
  private readonly queues: TransmitQueues
  private readonly paths: PathMtu
  /** Uplink port per flow and direction. */
  private readonly uplink: Int32Array
  /** Per flow and direction: the number of the reason + 1 for which packets do not leave the host; 0: they do. */
  private readonly blocked: Int32Array
  /** Packets on their way through the sending host, and the core they are on, per flow and direction. */
  private readonly underWay: Int32Array
  private readonly underWayCore: Int32Array
  /** 1 where a thread waits until those packets have left. */
  private readonly isAwaited: Uint8Array
  /** Told when a thread need wait no longer; set once by the engine. */
  onUnlocked!: (row: number, nowNs: number) => void

  constructor(parts: {
    flows: FlowTable
    hosts: HostTable
    pool: PacketPool
    cores: Cores
    queues: TransmitQueues
    paths: PathMtu
    uplink: Int32Array
    blocked: Int32Array
  }) {
    this.flows = parts.flows
    this.programs = transmitPrograms(parts.flows)
    this.hosts = parts.hosts
    this.pool = parts.pool
    this.cores = parts.cores
    this.queues = parts.queues
    this.paths = parts.paths
    this.uplink = parts.uplink
    this.blocked = parts.blocked
    this.underWay = new Int32Array(parts.uplink.length)
    this.underWayCore = new Int32Array(parts.uplink.length)
    this.isAwaited = new Uint8Array(parts.uplink.length)
  }

  /** {@link PacketOutlet.emit} */
  emit(packet: number, core: number, nowNs: number): void {
    if (core < 0) {
      this.toNic(packet, 0, nowNs)
      return
    }
    const row = this.pool.rowOf(packet)
    if (this.underWay[row] === 0) this.underWayCore[row] = core
    this.underWay[row]++
    this.cores.submit(packet, programOf(packet, this.pool, this.programs), this.underWayCore[row], nowNs)
  }

  /**
   * Whether the socket's thread on `core` has to wait, as another core is sending the socket's packets and has its lock. It
   * is told when they have left (`onUnlocked`).
   */
  mustWait(row: number, core: number): boolean {
    if (this.underWay[row] === 0 || this.underWayCore[row] === core) return false
    this.isAwaited[row] = 1
    return true
  }

  /** Hands a packet whose program has ended to the NIC. */
  transmit(packet: number, core: number, nowNs: number): void {
    this.leave(packet, nowNs)
    this.toNic(packet, core - this.hosts.coreFirst[this.cores.hostOf[core]], nowNs)
  }

  /** A packet's program has ended at a socket, or by a drop: on its sender's host, or on the other one. */
  ended(packet: number, core: number, nowNs: number): void {
    const flow = this.pool.flow[packet]
    const sender = this.pool.direction[packet] === 0 ? this.flows.clientHost[flow] : this.flows.serverHost[flow]
    if (core >= 0 && this.cores.hostOf[core] === sender) this.leave(packet, nowNs)
  }

  private leave(packet: number, nowNs: number): void {
    const row = this.pool.rowOf(packet)
    if (--this.underWay[row] > 0 || this.isAwaited[row] === 0) return
    this.isAwaited[row] = 0
    this.onUnlocked(row, nowNs)
  }

  private toNic(packet: number, localCore: number, nowNs: number): void {
    const row = this.pool.rowOf(packet)
    if (this.paths.isLimited[row] !== 0 && this.isTooBig(packet, row, nowNs)) {
      this.queues.discard(packet, TOO_BIG, nowNs)
      return
    }
    const reason = this.blocked[row]
    if (reason === 0) this.queues.send(packet, this.uplink[row], localCore, nowNs)
    else this.queues.discard(packet, reason - 1, nowNs)
  }

  /** Whether a packet, or a segment of a train, is larger than its path is known to carry. */
  private isTooBig(packet: number, row: number, nowNs: number): boolean {
    const { pool } = this
    const payload = pool.segments[packet] > 1 ? pool.segmentBytes[packet] : pool.payloadBytes[packet]
    return this.paths.refuses(row, payload, nowNs)
  }
}
