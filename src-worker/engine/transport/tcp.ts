/** TCP connections: handshake, and what a packet that reached its socket sets off in both halves. */

import { FLOW_KIND, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import { SOCKET_STATE, type Sockets } from './sockets'
import type { TcpReceiver } from './tcp-receiver'
import type { TcpSender } from './tcp-sender'

/** What a connection tells the application's threads. `core` −1: no core does (timer or bare host). */
export interface TcpListener {
  onEstablished(socket: number, core: number, nowNs: number): void
  onReadable(socket: number, bytes: number, core: number, nowNs: number): void
  onWritable(socket: number, core: number, nowNs: number): void
}

export class Tcp {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: Outlet
  private readonly sender: TcpSender
  private readonly receiver: TcpReceiver
  /** Set once by the engine. */
  listener!: TcpListener

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    accounts: Accounts
    maker: PacketMaker
    outlet: Outlet
    sender: TcpSender
    receiver: TcpReceiver
  }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.sender = parts.sender
    this.receiver = parts.receiver
  }

  /** Opens a connection from the client's socket. */
  connect(socket: number, core: number, nowNs: number): void {
    this.sockets.state[socket] = SOCKET_STATE.synSent
    this.sendSyn(socket, PACKET_FLAG.syn, core, nowNs)
    this.sender.rearm(socket, nowNs)
  }

  /** Takes a packet that reached its socket, and releases it. `core` −1 on a bare host. */
  receive(packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    const socket = pool.flow[packet] * 2 + (pool.direction[packet] === 0 ? 1 : 0)
    if ((pool.flags[packet] & PACKET_FLAG.syn) !== 0) {
      this.deliver(packet)
      this.onSyn(socket, packet, core, nowNs)
      pool.release(packet)
      return
    }
    if (sockets.state[socket] === SOCKET_STATE.synReceived) this.onHandshakeDone(socket, core, nowNs)
    const acked = sockets.state[socket] === SOCKET_STATE.established ? this.sender.onAck(socket, packet, nowNs) : 0
    const bytes = pool.payloadBytes[packet]
    let readable = 0
    if (bytes > 0) readable = this.receiver.onData(socket, packet, core, nowNs)
    if (readable >= 0) this.deliver(packet)
    const flow = pool.flow[packet]
    if (readable > 0 && this.flows.kind[flow] === FLOW_KIND.tcpStream) {
      this.accounts.sample(this.flows.traffic[flow], nowNs - pool.createdNs[packet], pool.segments[packet], nowNs)
    }
    pool.release(packet)
    if (readable > 0) this.listener.onReadable(socket, readable, core, nowNs)
    if (acked > 0) this.listener.onWritable(socket, core, nowNs)
    this.sender.transmit(socket, core, nowNs)
  }

  /** The retransmission event of a socket fired. */
  onRetransmitTimer(socket: number, nowNs: number): void {
    if (!this.sender.isTimedOut(socket, nowNs)) return
    if (this.sockets.state[socket] !== SOCKET_STATE.synSent) {
      this.sender.onTimeout(socket, nowNs)
      return
    }
    if (!this.sender.backOff(socket)) return
    this.sendSyn(socket, PACKET_FLAG.syn | PACKET_FLAG.retransmission, this.sockets.threadCore[socket], nowNs)
    this.sender.rearm(socket, nowNs)
  }

  private onSyn(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const isServer = (socket & 1) === 1
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = pool.windowBytes[packet]
    const wasEstablished = sockets.state[socket] === SOCKET_STATE.established
    if (isServer) {
      if (!wasEstablished) sockets.state[socket] = SOCKET_STATE.synReceived
      this.sendSyn(socket, PACKET_FLAG.syn | PACKET_FLAG.ack, core, nowNs)
      return
    }
    sockets.state[socket] = SOCKET_STATE.established
    if (wasEstablished) return
    sockets.timeouts[socket] = 0
    if (pool.echoNs[packet] >= 0) this.sender.sampleRtt(socket, nowNs - pool.echoNs[packet])
    this.sender.rearm(socket, nowNs)
    this.receiver.acknowledge(socket, core, nowNs)
    this.listener.onEstablished(socket, core, nowNs)
  }

  /** The handshake's last packet, or data that overtook it, has reached the server: accept returns. */
  private onHandshakeDone(socket: number, core: number, nowNs: number): void {
    this.sockets.state[socket] = SOCKET_STATE.established
    this.listener.onEstablished(socket, core, nowNs)
  }

  private sendSyn(socket: number, flags: number, core: number, nowNs: number): void {
    const packet = this.maker.make(socket, 0, 0, 1, flags | PACKET_FLAG.control, nowNs)
    this.receiver.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  private deliver(packet: number): void {
    const { pool } = this
    this.accounts.delivered[this.flows.traffic[pool.flow[packet]]] += pool.segments[packet]
  }
}
