/**
 * When senders hear that their packets have left. A NIC tells in batches: the first packet it has sent starts a hold-off
 * (tx-usecs), at whose end the driver frees all that were sent by then and their sockets' buffers have room again. A
 * datagram sender whose buffer is short of a hold-off's worth waits for that, rather than for the wire.
 */

import type { FlowTable, HostTable } from '#shared/plan/index'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'

/** Told when packets of a socket are freed. */
export interface CompletionListener {
  /** The socket stops accounting for `bytes`. */
  completed(socket: number, bytes: number, nowNs: number): void
}

export class TransmitCompletions {
  private readonly flows: FlowTable
  private readonly hosts: HostTable
  private readonly events: EventQueue
  private readonly layout: EventLayout
  /** Bytes that the NIC has sent and not yet told of, per socket; its event is pending while there are any. */
  private readonly sentBytes: Float64Array
  /** Set once by the engine. */
  listener!: CompletionListener

  constructor(parts: { flows: FlowTable; hosts: HostTable; events: EventQueue; layout: EventLayout }) {
    this.flows = parts.flows
    this.hosts = parts.hosts
    this.events = parts.events
    this.layout = parts.layout
    this.sentBytes = new Float64Array(parts.flows.count * 2)
  }

  /** The NIC has taken `bytes` of a socket. */
  taken(socket: number, bytes: number, nowNs: number): void {
    const flow = socket >> 1
    const host = (socket & 1) === 0 ? this.flows.clientHost[flow] : this.flows.serverHost[flow]
    const delayNs = this.hosts.txCompletionDelayNs[host]
    if (delayNs === 0) {
      this.listener.completed(socket, bytes, nowNs)
      return
    }
    if (this.sentBytes[socket] === 0) this.events.schedule(this.layout.completion + socket, nowNs + delayNs)
    this.sentBytes[socket] += bytes
  }

  /** A socket's hold-off is over. */
  onHoldOffEnd(socket: number, nowNs: number): void {
    const bytes = this.sentBytes[socket]
    this.sentBytes[socket] = 0
    this.listener.completed(socket, bytes, nowNs)
  }
}
