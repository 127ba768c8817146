/**
 * UDP sockets: the send buffer that pushes back on the application while the kernel still accounts for its datagrams, and
 * the receive buffer that drops. Buffers are counted in truesize, as the kernel does.
 */

import { dropReasonId, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import type { Sockets } from './sockets'

const RECEIVE_BUFFER_FULL = dropReasonId('udp-receive-buffer')
/** include/linux/skbuff.h, SKB_TRUESIZE: sk_buff 256 and skb_shared_info 320 bytes beside the data. */
const SKB_OVERHEAD_BYTES = 576
/** Least that a received packet accounts for: drivers post buffers of half a page, and the head comes on top. */
const RECEIVE_MIN_BYTES = 2304

export class Udp {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: Outlet

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    accounts: Accounts
    maker: PacketMaker
    outlet: Outlet
  }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
  }

  /** Whether the send buffer takes another datagram. */
  canSend(socket: number): boolean {
    return this.sockets.outputBytes[socket] < this.flows.sendBufferBytes[socket >> 1]
  }

  /** Sends a datagram. */
  send(socket: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const bytes = this.flows.writeBytes[socket >> 1]
    const packet = this.maker.make(socket, sockets.sndNxt[socket], bytes, 1, PACKET_FLAG.owned, nowNs)
    sockets.sndNxt[socket] += bytes
    const truesize = bytes + SKB_OVERHEAD_BYTES
    pool.ownedBytes[packet] = truesize
    sockets.outputBytes[socket] += truesize
    this.outlet.emit(packet, core, nowNs)
  }

  /** The kernel no longer accounts for `bytes` of the socket's datagrams. */
  released(socket: number, bytes: number): void {
    this.sockets.outputBytes[socket] -= bytes
  }

  /** Takes a datagram that reached its socket, and releases it. Returns the payload queued, 0 if it was dropped. */
  receive(packet: number, nowNs: number): number {
    const { pool, sockets, accounts, flows } = this
    const flow = pool.flow[packet]
    const socket = flow * 2 + 1
    const bytes = pool.payloadBytes[packet]
    const truesize = receiveTruesize(bytes)
    if (sockets.unread[socket] + truesize > flows.receiveBufferBytes[flow]) {
      accounts.drop(RECEIVE_BUFFER_FULL, 1, nowNs)
      pool.release(packet)
      return 0
    }
    accounts.delivered[flows.traffic[flow]]++
    accounts.sample(flows.traffic[flow], nowNs - pool.createdNs[packet], 1, nowNs)
    sockets.unread[socket] += truesize
    pool.release(packet)
    return bytes
  }

  /** The application reads one datagram of `bytes`. */
  read(socket: number, bytes: number): void {
    this.sockets.unread[socket] -= receiveTruesize(bytes)
  }
}

function receiveTruesize(bytes: number): number {
  return Math.max(RECEIVE_MIN_BYTES, bytes + SKB_OVERHEAD_BYTES)
}
