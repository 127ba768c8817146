/**
 * UDP sockets: the send buffer that pushes back on the application while the kernel still accounts for its datagrams, and
 * the receive buffer that drops. Buffers are counted in truesize, as the kernel does.
 */

import { dropReasonId, FLOW_KIND, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'
import { SKB_OVERHEAD_BYTES, type DatagramSender } from './datagram-sender'
import type { Sockets } from './sockets'

const NONE = -1
const RECEIVE_BUFFER_FULL = dropReasonId('udp-receive-buffer')
/** Least that a received packet accounts for: drivers post buffers of half a page, and the head comes on top. */
const RECEIVE_MIN_BYTES = 2304

/** What a socket of datagrams tells the application's threads. `core` −1: no core does (bare host, transmission). */
export interface DatagramListener {
  onReadable(socket: number, bytes: number, core: number, nowNs: number): void
  onWritable(socket: number, core: number, nowNs: number): void
}

export class Udp {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly datagrams: DatagramSender
  /** Datagrams of transactions that wait at their socket; streams, which are all alike, are only counted. */
  private readonly waiting: PacketLists
  /** Set once by the engine. */
  listener!: DatagramListener

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    accounts: Accounts
    datagrams: DatagramSender
  }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.datagrams = parts.datagrams
    this.waiting = new PacketLists(parts.pool, parts.sockets.count)
  }

  /** Whether the send buffer takes another datagram. */
  canSend(socket: number): boolean {
    return this.sockets.outputBytes[socket] < this.flows.sendBufferBytes[socket >> 1]
  }

  /** Sends a datagram. `echoNs` is what its receiver is to know of time, ns; −1: nothing. */
  send(socket: number, bytes: number, echoNs: number, core: number, nowNs: number): void {
    const number = this.sockets.sndNxt[socket]++
    this.datagrams.send(socket, number, bytes, echoNs, true, core, nowNs)
  }

  /** The kernel no longer accounts for `bytes` of the socket's datagrams. */
  released(socket: number, bytes: number, nowNs: number): void {
    this.sockets.outputBytes[socket] -= bytes
    this.listener.onWritable(socket, NONE, nowNs)
  }

  /** Takes a datagram that reached its socket: it waits there, or finds the receive buffer full. */
  receive(packet: number, core: number, nowNs: number): void {
    const { pool, sockets, accounts, flows } = this
    const flow = pool.flow[packet]
    const socket = flow * 2 + 1 - pool.direction[packet]
    const bytes = pool.payloadBytes[packet]
    const truesize = receiveTruesize(bytes)
    if (sockets.unread[socket] + truesize > flows.receiveBufferBytes[flow]) {
      accounts.drop(RECEIVE_BUFFER_FULL, 1, nowNs, flow)
      pool.release(packet)
      return
    }
    accounts.delivered[flows.traffic[flow]]++
    sockets.unread[socket] += truesize
    if (flows.kind[flow] === FLOW_KIND.udpStream) {
      accounts.sample(flows.traffic[flow], nowNs - pool.createdNs[packet], 1, nowNs)
      pool.release(packet)
    } else {
      // It has been delivered: what remains is its place in the buffer.
      pool.segments[packet] = 0
      this.waiting.push(socket, packet)
    }
    this.listener.onReadable(socket, bytes, core, nowNs)
  }

  /** The application reads one datagram of a stream. */
  read(socket: number, bytes: number): void {
    this.sockets.unread[socket] -= receiveTruesize(bytes)
  }

  /** Datagrams of transactions that wait at a socket. */
  waitingAt(socket: number): number {
    return this.waiting.count[socket]
  }

  /** Payload of the first that waits. Requires: there is one. */
  firstBytes(socket: number): number {
    return this.pool.payloadBytes[this.waiting.peek(socket)]
  }

  /** The application reads the first that waits. Returns its `echoNs`. Requires: there is one. */
  readFirst(socket: number): number {
    const packet = this.waiting.shift(socket)
    const echoNs = this.pool.echoNs[packet]
    this.read(socket, this.pool.payloadBytes[packet])
    this.pool.release(packet)
    return echoNs
  }
}

function receiveTruesize(bytes: number): number {
  return Math.max(RECEIVE_MIN_BYTES, bytes + SKB_OVERHEAD_BYTES)
}
