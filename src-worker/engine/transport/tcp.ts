/** TCP connections: their close, and what a packet that reached its socket sets off in both halves. */

import { dropReasonId, FLOW_KIND, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { LEAST_MTU } from '../ip/path-mtu'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import { AckTaker } from './ack-taker'
import { congestionAlgorithms } from './congestion/index'
import { Handshake } from './handshake'
import { LossProbe } from './loss-probe'
import { LossRecovery } from './loss-recovery'
import type { PacketOutlet } from './outlet'
import { Pacing } from './pacing'
import type { PacketMaker } from './packet-maker'
import { ReceiveWindow } from './receive-window'
import { RoundTripTimes } from './round-trip-time'
import { SendBuffers } from './send-buffer'
import { SEND_TIMER, SendTimers } from './send-timers'
import { SendWaits } from './send-waits'
import { SOCKET_STATE, type Sockets } from './sockets'
import type { ConnectionPorts, TcpListener } from './tcp-listener'
import { TcpReceiver } from './tcp-receiver'
import { TcpSender } from './tcp-sender'
import { WindowUse } from './window-use'

/** Bytes of IPv4 and TCP headers with timestamps. */
const HEADER_BYTES = 52
const NO_SOCKET = dropReasonId('no-socket')

/** What TCP is built from. */
export interface TcpParts {
  readonly sockets: Sockets
  readonly flows: FlowTable
  readonly pool: PacketPool
  readonly events: EventQueue
  readonly layout: EventLayout
  readonly accounts: Accounts
  readonly maker: PacketMaker
  readonly outlet: PacketOutlet
  readonly seed: number
}

export class Tcp {
  readonly sender: TcpSender
  readonly receiver: TcpReceiver
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: PacketOutlet
  private readonly recovery: LossRecovery
  private readonly timers: SendTimers
  private readonly waits: SendWaits
  private readonly pacing: Pacing
  private readonly window: ReceiveWindow
  private readonly acks: AckTaker
  private readonly buffers: SendBuffers
  private readonly handshake: Handshake
  /** Set once by the engine. */
  listener!: TcpListener
  ports!: ConnectionPorts

  constructor(parts: TcpParts) {
    const { sockets } = parts
    this.sockets = sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
    const algorithms = congestionAlgorithms(sockets, parts.seed)
    this.recovery = new LossRecovery(sockets, algorithms)
    this.timers = new SendTimers(sockets.count, parts.events, parts.layout)
    this.waits = new SendWaits(sockets, this.timers)
    this.pacing = new Pacing(parts)
    this.window = new ReceiveWindow(sockets, parts.flows)
    this.buffers = new SendBuffers({ ...parts, algorithms })
    const shared = {
      ...parts,
      algorithms,
      recovery: this.recovery,
      timers: this.timers,
      waits: this.waits,
      probe: new LossProbe(sockets.count),
      use: new WindowUse(sockets, algorithms),
      pacing: this.pacing,
      rtt: new RoundTripTimes(sockets),
      window: this.window,
      buffers: this.buffers,
    }
    this.receiver = new TcpReceiver(shared)
    this.sender = new TcpSender({ ...shared, ackState: this.receiver })
    this.acks = new AckTaker({ ...shared, sender: this.sender })
    const { receiver, sender, acks } = this
    this.handshake = new Handshake({ ...shared, receiver, sender, acks, told: this })
  }

  /**
   * Opens a connection from the client's socket, which may have had others: each gets a client port of its own, and
   * TIME_WAIT of an earlier one does not hold the row. Requires: an earlier connection was closed by its application.
   */
  connect(socket: number, core: number, nowNs: number): void {
    this.handshake.connect(socket, core, nowNs)
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

  /** Takes a packet that reached its socket, and releases it. `core` −1 on a bare host. */
  receive(packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    const socket = pool.flow[packet] * 2 + (pool.direction[packet] === 0 ? 1 : 0)
    const flags = pool.flags[packet]
    if ((flags & (PACKET_FLAG.syn | PACKET_FLAG.reset)) !== 0) {
      this.deliver(packet)
      if ((flags & PACKET_FLAG.reset) !== 0) this.onReset(socket, packet, core, nowNs)
      else if ((socket & 1) === 1) this.handshake.onSyn(socket, packet, core, nowNs)
      else this.handshake.onSynAck(socket, packet, core, nowNs)
      pool.release(packet)
      return
    }
    if (sockets.state[socket] < SOCKET_STATE.synReceived || pool.sequence[packet] <= sockets.rcvBase[socket]) {
      this.receiveWithoutConnection(socket, packet, core, nowNs)
      return
    }
    if (sockets.state[socket] === SOCKET_STATE.synReceived && !this.handshake.accept(socket, packet, core, nowNs)) {
      this.receiveWithoutConnection(socket, packet, core, nowNs)
      return
    }
    this.receiveSynchronized(socket, packet, core, nowNs)
  }

  /** The event of a socket's long timer fired. */
  onRetransmitTimer(socket: number, nowNs: number): void {
    this.onTimer(socket, this.timers.onLong(socket, nowNs), nowNs)
  }

  /** The event of a socket's short timer fired. */
  onLossTimer(socket: number, nowNs: number): void {
    this.onTimer(socket, this.timers.onShort(socket, nowNs), nowNs)
  }

  /** A paced socket may go on. */
  onPacingTimer(socket: number, nowNs: number): void {
    this.pacing.onTimer(socket)
    this.sender.resume(socket, nowNs)
  }

  /**
   * A router could not send on what the socket sent: no IP packet of its own layer may be longer than `ipBytes`
   * (tcp_v4_mtu_reduced). Segments become shorter, and those that were too long go again at once.
   */
  onPathMtu(socket: number, ipBytes: number, nowNs: number): void {
    const { sockets, recovery, sender } = this
    const mss = Math.max(LEAST_MTU, ipBytes) - HEADER_BYTES
    if (sockets.state[socket] < SOCKET_STATE.established || mss >= sockets.mssBytes[socket]) return
    sockets.mssBytes[socket] = mss
    if (recovery.loseLongSegments(socket, nowNs)) sender.sendLost(socket, sockets.threadCore[socket], nowNs)
  }

  private onTimer(socket: number, kind: number, nowNs: number): void {
    const { sender, sockets, recovery, waits } = this
    const core = sockets.threadCore[socket]
    switch (kind) {
      case SEND_TIMER.none:
        return
      case SEND_TIMER.lossProbe:
        sender.sendLossProbe(socket, core, nowNs)
        return
      case SEND_TIMER.reordering:
        if (recovery.onReorderTimer(socket, nowNs)) sender.sendLost(socket, core, nowNs)
        if (recovery.reorderWaitNs > 0) waits.armReordering(socket, recovery.reorderWaitNs, nowNs)
        else waits.armTimeout(socket, nowNs)
        return
      default:
        this.onTimeout(socket, kind, core, nowNs)
    }
  }

  private onTimeout(socket: number, kind: number, core: number, nowNs: number): void {
    const { sockets, sender, waits } = this
    const state = sockets.state[socket]
    if (!waits.backOff(socket)) {
      this.fail(socket, SOCKET_STATE.failed, core, nowNs)
      return
    }
    if (kind === SEND_TIMER.windowProbe) {
      sender.sendWindowProbe(socket, core, nowNs)
      this.timers.arm(socket, kind, nowNs + sockets.rtoNs[socket], nowNs)
      return
    }
    if (state <= SOCKET_STATE.synReceived) {
      this.handshake.repeat(socket, core, nowNs)
      return
    }
    this.recovery.enterTimeout(socket, nowNs)
    sender.sendHead(socket, core, nowNs)
    waits.armTimeout(socket, nowNs)
  }

  private receiveSynchronized(socket: number, packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    this.receiver.noteTimestamp(socket, packet)
    const acked = this.acks.take(socket, packet, core, nowNs)
    const hasFin = (pool.flags[packet] & PACKET_FLAG.fin) !== 0
    let readable = 0
    if (pool.payloadBytes[packet] > 0 || hasFin) readable = this.receiver.onData(socket, packet, core, nowNs)
    if (readable >= 0) this.deliver(packet)
    const flow = pool.flow[packet]
    if (readable > 0 && this.flows.kind[flow] === FLOW_KIND.tcpStream) {
      this.accounts.sample(this.flows.traffic[flow], nowNs - pool.createdNs[packet], pool.segments[packet], nowNs)
    }
    pool.release(packet)
    if (readable > 0) {
      this.listener.onReadable(socket, readable, core, nowNs)
      if (core < 0) this.window.adjust(socket, nowNs)
    }
    if (sockets.rcvNxt[socket] > sockets.rcvFin[socket] && sockets.endOfStream[socket] === 0) {
      this.onFin(socket, core, nowNs)
    }
    if (acked > 0) {
      if (sockets.sndUna[socket] > sockets.sndFin[socket]) this.onFinAcknowledged(socket, core, nowNs)
      else this.offerRoom(socket, core, nowNs)
    }
    this.sender.transmit(socket, core, nowNs)
  }

  /**
   * What is left of an earlier connection, or came without one: it is lost, and unless it is old, its sender is told. Where
   * the earlier one's socket would still be there beside the row's next (LAST_ACK, TIME_WAIT), it takes what is old.
   */
  private receiveWithoutConnection(socket: number, packet: number, core: number, nowNs: number): void {
    const { pool, sockets } = this
    const isOld = pool.sequence[packet] <= sockets.rcvBase[socket]
    const isLastFin = sockets.state[socket] === SOCKET_STATE.timeWait && (pool.flags[packet] & PACKET_FLAG.fin) !== 0
    if (!isOld && isLastFin) {
      this.deliver(packet)
      this.receiver.acknowledge(socket, core, nowNs)
    } else if (isOld && sockets.leftOpen[socket] === 1) {
      this.deliver(packet)
    } else {
      this.accounts.drop(NO_SOCKET, pool.segments[packet], nowNs, pool.flow[packet])
      if (!isOld && sockets.state[socket] <= SOCKET_STATE.failed) this.sendReset(socket, core, nowNs)
    }
    pool.release(packet)
  }

  private onReset(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const state = sockets.state[socket]
    if (state < SOCKET_STATE.synSent) return
    const isAnswer = pool.acknowledged[packet] > sockets.sndBase[socket]
    if (!isAnswer && (state === SOCKET_STATE.synSent || pool.sequence[packet] <= sockets.rcvBase[socket])) return
    this.fail(socket, SOCKET_STATE.closed, core, nowNs)
  }

  /** A connection ends without a close. Of one that is half open no application has heard yet (inet_csk_reqsk_queue_drop). */
  private fail(socket: number, endState: number, core: number, nowNs: number): void {
    const isHalfOpen = this.sockets.state[socket] === SOCKET_STATE.synReceived
    this.end(socket, endState)
    if (!isHalfOpen) this.listener.onReset(socket, core, nowNs)
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

  /** What was acknowledged makes room for the writer. */
  private offerRoom(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    // A window that is full does not ask for a larger buffer (tcp_should_expand_sndbuf).
    if (sockets.flight[socket].inNetwork < Math.floor(sockets.cwnd[socket])) this.buffers.tune(socket)
    this.listener.onWritable(socket, core, nowNs)
  }

  private end(socket: number, state: number): void {
    this.sockets.state[socket] = state
    this.timers.stop(socket)
    this.sockets.ackDeadlineNs[socket] = Infinity
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
