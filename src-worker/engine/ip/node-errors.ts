/**
 * ICMP errors of hosts about packets that came by their own address, or were to be forwarded by them: they go back by the link
 * that the packet came by.
 */

import { dropReasonId, type PortTable } from '#shared/plan/index'
import { ETHERNET, IP_PROTOCOL, IPV4 } from '#shared/wire/index'
import type { TransmitQueues } from '../host/transmit-queues'
import { headerAt, type PacketPool } from '../packet-pool'
import type { ErrorMessage } from './error-bytes'
import { type InternetErrors, PORT_UNREACHABLE, TIME_EXCEEDED } from './internet-errors'

const NONE = -1
const NO_SOCKET = dropReasonId('no-socket')

export class NodeErrors {
  private readonly pool: PacketPool
  private readonly ports: PortTable
  /** The host that each row's packets come from. */
  private readonly senders: Int32Array
  private readonly errors: InternetErrors
  private readonly queues: TransmitQueues

  constructor(parts: { pool: PacketPool; ports: PortTable; senders: Int32Array; errors: InternetErrors; queues: TransmitQueues }) {
    this.pool = parts.pool
    this.ports = parts.ports
    this.senders = parts.senders
    this.errors = parts.errors
    this.queues = parts.queues
  }

  /**
   * A host drops a packet: of UDP that arrived and has no socket its sender is told (net/ipv4/udp.c, __udp4_lib_rcv). `reason`
   * is a number of `DROP_REASONS`, `localCore` the host's core.
   */
  dropped(packet: number, host: number, reason: number, localCore: number, nowNs: number): void {
    if (reason !== NO_SOCKET || this.senders[this.pool.rowOf(packet)] === host) return
    const ip = headerAt(packet) + ETHERNET.length
    if (this.pool.header[ip + IPV4.protocol] === IP_PROTOCOL.udp) this.tell(packet, PORT_UNREACHABLE, localCore, nowNs)
  }

  /** A host was to forward a packet whose time to live is over (net/ipv4/ip_forward.c). */
  expired(packet: number, localCore: number, nowNs: number): void {
    this.tell(packet, TIME_EXCEEDED, localCore, nowNs)
  }

  private tell(packet: number, message: ErrorMessage, localCore: number, nowNs: number): void {
    const port = this.pool.port[packet]
    const made = this.errors.make(this.ports.peer[port], packet, message, nowNs)
    if (made !== NONE) this.queues.send(made, port ^ 1, localCore, nowNs)
  }
}
