/** TCP connections: handshake, close, and what a packet that reached its socket sets off in both halves. */

import { dropReasonId, FLOW_KIND, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { CongestionControl } from './congestion'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import { connectionNumber, SOCKET_STATE, type Sockets } from './sockets'
import type { TcpReceiver } from './tcp-receiver'
import type { TcpSender } from './tcp-sender'

const NO_SOCKET = dropReasonId('no-socket')

/** What a connection tells the application's threads. `core` −1: no core does (timer or bare host). */
export interface TcpListener {
  /** The handshake is over: at the client with the server's SYN, at the server with the acknowledgement of its own. */
  onEstablished(socket: number, core: number, nowNs: number): void
  onReadable(socket: number, bytes: number, core: number, nowNs: number): void
  onWritable(socket: number, core: number, nowNs: number): void
  /** The peer has closed its direction: nothing follows what is unread (`Sockets.endOfStream`). */
  onEndOfStream(socket: number, core: number, nowNs: number): void
  /** Both directions are closed, and the socket's own FIN is acknowledged or its peer's answered (TIME_WAIT). */
  onClosed(socket: number, core: number, nowNs: number): void
  /** The connection ended without a close: a reset came, or nobody answered any more. */
  onReset(socket: number, core: number, nowNs: number): void
}

/** Gives a connection the port that it leaves its host by. */
export interface ConnectionPorts {
  /** A socket begins connection `number` of its row, 1 or above: its packets bear a new client port. */
  renew(socket: number, number: number): void
}

export class Tcp {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: Outlet
  private readonly congestion: CongestionControl
  private readonly sender: TcpSender
  private readonly receiver: TcpReceiver
  /** Set once by the engine. */
  listener!: TcpListener
  ports!: ConnectionPorts

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    accounts: Accounts
    maker: PacketMaker
    outlet: Outlet
    congestion: CongestionControl
    sender: TcpSender
    receiver: TcpReceiver
  }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.congestion = parts.congestion
    this.sender = parts.sender
    this.receiver = parts.receiver
  }

  /**
   * Opens a connection from the client's socket, which may have had others: each gets a client port of its own, and
   * TIME_WAIT of an earlier one does not hold the row. Requires: an earlier connection was closed by its application.
   */
  connect(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    sockets.renew(socket)
    this.begin(socket, sockets.sndBase[socket], SOCKET_STATE.synSent)
    this.sendSyn(socket, PACKET_FLAG.syn, core, nowNs)
    this.sender.rearm(socket, nowNs)
  }

  /** Closes the sending direction: FIN goes behind everything written. Reading goes on (half-close). */
  close(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const state = sockets.state[socket]
    if (state === SOCKET_STATE.established || state === SOCKET_STATE.synReceived) {
      sockets.state[socket] = SOCKET_STATE.finWait1
    } else if (state === SOCKET_STATE.closeWait) {
      sockets.state[socket] = SOCKET_STATE.lastAck
    } else {
      if (state === SOCKET_STATE.synSent) this.end(socket, SOCKET_STATE.closed)
      return
    }
    sockets.sndFin[socket] = sockets.written[socket]
    this.sender.transmit(socket, core, nowNs)
  }

  /** Ends a connection at once: the peer gets a reset. */
  abort(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.state[socket] >= SOCKET_STATE.synReceived) this.sendReset(socket, core, nowNs)
    this.end(socket, SOCKET_STATE.closed)
  }

  /** Takes a packet that reached its socket, and releases it. `core` −1 on a bare host. */
  receive(packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    const socket = pool.flow[packet] * 2 + (pool.direction[packet] === 0 ? 1 : 0)
    const flags = pool.flags[packet]
    if ((flags & (PACKET_FLAG.syn | PACKET_FLAG.reset)) !== 0) {
      this.deliver(packet)
      if ((flags & PACKET_FLAG.reset) !== 0) this.onReset(socket, packet, core, nowNs)
      else if ((socket & 1) === 1) this.onSyn(socket, packet, core, nowNs)
      else this.onSynAck(socket, packet, core, nowNs)
      pool.release(packet)
      return
    }
    if (sockets.state[socket] < SOCKET_STATE.synReceived || pool.sequence[packet] <= sockets.rcvBase[socket]) {
      this.receiveWithoutConnection(socket, packet, core, nowNs)
      return
    }
    if (sockets.state[socket] === SOCKET_STATE.synReceived && !this.accept(socket, packet, core, nowNs)) {
      this.receiveWithoutConnection(socket, packet, core, nowNs)
      return
    }
    this.receiveSynchronized(socket, packet, core, nowNs)
  }

  /** The retransmission event of a socket fired. */
  onRetransmitTimer(socket: number, nowNs: number): void {
    if (!this.sender.isTimedOut(socket, nowNs)) return
    const { sockets } = this
    const state = sockets.state[socket]
    if (!this.sender.backOff(socket)) {
      this.end(socket, SOCKET_STATE.failed)
      this.listener.onReset(socket, sockets.threadCore[socket], nowNs)
      return
    }
    if (state > SOCKET_STATE.synReceived) {
      this.sender.onTimeout(socket, nowNs)
      return
    }
    const ack = state === SOCKET_STATE.synReceived ? PACKET_FLAG.ack : 0
    this.sendSyn(socket, PACKET_FLAG.syn | ack | PACKET_FLAG.retransmission, sockets.threadCore[socket], nowNs)
    this.sender.rearm(socket, nowNs)
  }

  private receiveSynchronized(socket: number, packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    const acked = this.sender.onAck(socket, packet, nowNs)
    const hasFin = (pool.flags[packet] & PACKET_FLAG.fin) !== 0
    let readable = 0
    if (pool.payloadBytes[packet] > 0 || hasFin) readable = this.receiver.onData(socket, packet, core, nowNs)
    if (readable >= 0) this.deliver(packet)
    const flow = pool.flow[packet]
    if (readable > 0 && this.flows.kind[flow] === FLOW_KIND.tcpStream) {
      this.accounts.sample(this.flows.traffic[flow], nowNs - pool.createdNs[packet], pool.segments[packet], nowNs)
    }
    pool.release(packet)
    if (readable > 0) this.listener.onReadable(socket, readable, core, nowNs)
    if (sockets.rcvNxt[socket] > sockets.rcvFin[socket] && sockets.endOfStream[socket] === 0) {
      this.onFin(socket, core, nowNs)
    }
    if (acked > 0) {
      if (sockets.sndUna[socket] > sockets.sndFin[socket]) this.onFinAcknowledged(socket, core, nowNs)
      else this.listener.onWritable(socket, core, nowNs)
    }
    this.sender.transmit(socket, core, nowNs)
  }

  /** What is left of an earlier connection, or came without one: it is lost, and unless it is old, its sender is told. */
  private receiveWithoutConnection(socket: number, packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    const isOld = pool.sequence[packet] <= sockets.rcvBase[socket]
    const isLastFin = sockets.state[socket] === SOCKET_STATE.timeWait && (pool.flags[packet] & PACKET_FLAG.fin) !== 0
    if (!isOld && isLastFin) {
      this.deliver(packet)
      this.receiver.acknowledge(socket, core, nowNs)
    } else {
      this.accounts.drop(NO_SOCKET, pool.segments[packet], nowNs)
      if (!isOld && sockets.state[socket] <= SOCKET_STATE.failed) this.sendReset(socket, core, nowNs)
    }
    pool.release(packet)
  }

  /** The acknowledgement of the server's SYN: the connection is there. */
  private accept(socket: number, packet: number, core: number, nowNs: number): boolean {
    const { sockets, pool } = this
    if (pool.acknowledged[packet] <= sockets.sndBase[socket]) return false
    sockets.state[socket] = SOCKET_STATE.established
    this.listener.onEstablished(socket, core, nowNs)
    return true
  }

  private onSyn(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const isKnown = sockets.state[socket] >= SOCKET_STATE.synReceived && pool.sequence[packet] === sockets.rcvBase[socket]
    if (!isKnown) {
      if (pool.sequence[packet] < sockets.rcvBase[socket]) return
      if (sockets.state[socket] >= SOCKET_STATE.synReceived) this.listener.onClosed(socket, core, nowNs)
      sockets.renew(socket)
      sockets.beginReceiving(socket, pool.sequence[packet])
      this.begin(socket, pool.sequence[packet], SOCKET_STATE.synReceived)
    }
    if (sockets.state[socket] !== SOCKET_STATE.synReceived) {
      this.receiver.acknowledge(socket, core, nowNs)
      return
    }
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = sockets.sndBase[socket] + 1 + pool.windowBytes[packet]
    this.sendSyn(socket, PACKET_FLAG.syn | PACKET_FLAG.ack, core, nowNs)
    this.sender.rearm(socket, nowNs)
  }

  private onSynAck(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    if (pool.acknowledged[packet] !== sockets.sndBase[socket] + 1) return
    if (sockets.state[socket] !== SOCKET_STATE.synSent) {
      if (sockets.state[socket] >= SOCKET_STATE.established) this.receiver.acknowledge(socket, core, nowNs)
      return
    }
    sockets.state[socket] = SOCKET_STATE.established
    sockets.beginReceiving(socket, pool.sequence[packet])
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = pool.acknowledged[packet] + pool.windowBytes[packet]
    sockets.sndUna[socket] = pool.acknowledged[packet]
    sockets.timeouts[socket] = 0
    if (pool.echoNs[packet] >= 0) this.sender.sampleRtt(socket, nowNs - pool.echoNs[packet])
    this.sender.rearm(socket, nowNs)
    this.receiver.acknowledge(socket, core, nowNs)
    this.listener.onEstablished(socket, core, nowNs)
  }

  private onReset(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const state = sockets.state[socket]
    if (state < SOCKET_STATE.synSent) return
    const isAnswer = pool.acknowledged[packet] > sockets.sndBase[socket]
    if (!isAnswer && (state === SOCKET_STATE.synSent || pool.sequence[packet] <= sockets.rcvBase[socket])) return
    this.end(socket, SOCKET_STATE.closed)
    this.listener.onReset(socket, core, nowNs)
  }

  /** The peer's FIN is next in order. */
  private onFin(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    sockets.endOfStream[socket] = 1
    const state = sockets.state[socket]
    if (state === SOCKET_STATE.established) sockets.state[socket] = SOCKET_STATE.closeWait
    else if (state === SOCKET_STATE.finWait1) sockets.state[socket] = SOCKET_STATE.closing
    this.listener.onEndOfStream(socket, core, nowNs)
    if (state !== SOCKET_STATE.finWait2) return
    // tcp_fin, FIN_WAIT2: the last FIN is acknowledged at once.
    if (sockets.lastAcked[socket] < sockets.rcvNxt[socket]) this.receiver.acknowledge(socket, core, nowNs)
    this.end(socket, SOCKET_STATE.timeWait)
    this.listener.onClosed(socket, core, nowNs)
  }

  private onFinAcknowledged(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    const state = sockets.state[socket]
    if (state === SOCKET_STATE.finWait1) {
      sockets.state[socket] = SOCKET_STATE.finWait2
      return
    }
    if (state !== SOCKET_STATE.closing && state !== SOCKET_STATE.lastAck) return
    if (state === SOCKET_STATE.closing && sockets.lastAcked[socket] < sockets.rcvNxt[socket]) {
      this.receiver.acknowledge(socket, core, nowNs)
    }
    this.end(socket, state === SOCKET_STATE.closing ? SOCKET_STATE.timeWait : SOCKET_STATE.closed)
    this.listener.onClosed(socket, core, nowNs)
  }

  /** Begins a connection whose client's SYN has this position. */
  private begin(socket: number, clientBase: number, state: number): void {
    const { sockets } = this
    sockets.state[socket] = state
    sockets.sndNxt[socket]++
    this.congestion.renew(socket)
    const number = connectionNumber(clientBase)
    if (number > 0) this.ports.renew(socket, number)
  }

  private end(socket: number, state: number): void {
    const { sockets } = this
    sockets.state[socket] = state
    sockets.rtoDeadlineNs[socket] = Infinity
    sockets.ackDeadlineNs[socket] = Infinity
  }

  private sendSyn(socket: number, flags: number, core: number, nowNs: number): void {
    const packet = this.maker.make(socket, this.sockets.sndBase[socket], 0, 1, flags | PACKET_FLAG.control, nowNs)
    this.receiver.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  private sendReset(socket: number, core: number, nowNs: number): void {
    const flags = PACKET_FLAG.reset | PACKET_FLAG.ack | PACKET_FLAG.control
    const packet = this.maker.make(socket, this.sockets.sndNxt[socket], 0, 1, flags, nowNs)
    this.outlet.emit(packet, core, nowNs)
  }

  private deliver(packet: number): void {
    const { pool } = this
    this.accounts.delivered[this.flows.traffic[pool.flow[packet]]] += pool.segments[packet]
  }
}
