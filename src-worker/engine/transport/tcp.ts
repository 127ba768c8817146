/** TCP connections: handshake, close, and what a packet that reached its socket sets off in both halves. */

import { dropReasonId, FLOW_KIND, type FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import { AckTaker } from './ack-taker'
import { congestionAlgorithms } from './congestion/index'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import { LossProbe } from './loss-probe'
import { LossRecovery } from './loss-recovery'
import type { PacketOutlet } from './outlet'
import { PACES, Pacing } from './pacing'
import type { PacketMaker } from './packet-maker'
import { ReceiveWindow } from './receive-window'
import { RoundTripTimes } from './round-trip-time'
import { expandSendBuffer } from './send-buffer'
import { SEND_TIMER, SendTimers } from './send-timers'
import { SendWaits } from './send-waits'
import { connectionNumber, SOCKET_STATE, type Sockets } from './sockets'
import { TIMESTAMP_TICK_NS } from './tcp-constants'
import { TcpReceiver } from './tcp-receiver'
import { TcpSender } from './tcp-sender'
import { WindowUse } from './window-use'

/** net/ipv4/tcp.c, tcp_wmem: default. */
const INITIAL_SEND_BUFFER_BYTES = 16_384
/** net/ipv4/route.c, ip_rt_min_pmtu; and bytes of IPv4 and TCP headers with timestamps. */
const MIN_PATH_MTU = 552
const HEADER_BYTES = 52
/** Both flags of a SYN that asks for ECN; its answer has ECN-Echo alone. */
const ECN_SETUP = PACKET_FLAG.ece | PACKET_FLAG.cwr
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
  private readonly algorithms: readonly CongestionAlgorithm[]
  private readonly recovery: LossRecovery
  private readonly timers: SendTimers
  private readonly waits: SendWaits
  private readonly pacing: Pacing
  private readonly rtt: RoundTripTimes
  private readonly window: ReceiveWindow
  private readonly acks: AckTaker
  /** The client's SYN asked for ECN. */
  private readonly asksEcn: Uint8Array
  /** The row's connection before had a socket still when the row went on to its next. */
  private readonly leftOpen: Uint8Array
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
    this.algorithms = congestionAlgorithms(sockets, parts.seed)
    this.recovery = new LossRecovery(sockets, this.algorithms)
    this.timers = new SendTimers(sockets.count, parts.events, parts.layout)
    this.waits = new SendWaits(sockets, this.timers)
    this.pacing = new Pacing(parts)
    this.rtt = new RoundTripTimes(sockets)
    this.window = new ReceiveWindow(sockets, parts.flows)
    const shared = {
      ...parts,
      algorithms: this.algorithms,
      recovery: this.recovery,
      timers: this.timers,
      waits: this.waits,
      probe: new LossProbe(sockets.count),
      use: new WindowUse(sockets, this.algorithms),
      pacing: this.pacing,
    }
    this.asksEcn = new Uint8Array(sockets.count)
    this.leftOpen = new Uint8Array(sockets.count)
    this.receiver = new TcpReceiver({ ...parts, window: this.window })
    this.sender = new TcpSender({ ...shared, ackState: this.receiver })
    this.acks = new AckTaker({ ...shared, rtt: this.rtt, sender: this.sender })
  }

  /**
   * Opens a connection from the client's socket, which may have had others: each gets a client port of its own, and
   * TIME_WAIT of an earlier one does not hold the row. Requires: an earlier connection was closed by its application.
   */
  connect(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    this.renew(socket, SOCKET_STATE.synSent)
    this.beginPorts(socket, sockets.sndBase[socket])
    // An ECN-setup SYN (RFC 3168, section 6.1.1).
    this.asksEcn[socket] = this.flows.ecn[socket >> 1] === 1 || this.algorithm(socket).needsEcn ? 1 : 0
    const ecn = this.asksEcn[socket] === 1 ? PACKET_FLAG.ece | PACKET_FLAG.cwr : 0
    this.sendSyn(socket, PACKET_FLAG.syn | ecn, core, nowNs)
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
    const mss = Math.max(MIN_PATH_MTU, ipBytes) - HEADER_BYTES
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
      this.end(socket, SOCKET_STATE.failed)
      this.listener.onReset(socket, core, nowNs)
      return
    }
    if (kind === SEND_TIMER.windowProbe) {
      sender.sendWindowProbe(socket, core, nowNs)
      this.timers.arm(socket, kind, nowNs + sockets.rtoNs[socket], nowNs)
      return
    }
    if (state <= SOCKET_STATE.synReceived) {
      const ack = state === SOCKET_STATE.synReceived ? PACKET_FLAG.ack : 0
      this.asksEcn[socket] = 0
      this.accounts.retransmits[this.flows.traffic[socket >> 1]]++
      this.sendSyn(socket, PACKET_FLAG.syn | ack | PACKET_FLAG.retransmission, core, nowNs)
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
    } else if (isOld && this.leftOpen[socket] === 1) {
      this.deliver(packet)
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
    this.establish(socket, packet, nowNs)
    this.listener.onEstablished(socket, core, nowNs)
    return true
  }

  private onSyn(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const isKnown = sockets.state[socket] >= SOCKET_STATE.synReceived && pool.sequence[packet] === sockets.rcvBase[socket]
    if (!isKnown) {
      if (pool.sequence[packet] < sockets.rcvBase[socket]) return
      if (sockets.state[socket] >= SOCKET_STATE.synReceived) this.listener.onClosed(socket, core, nowNs)
      this.renew(socket, SOCKET_STATE.synReceived)
      this.beginPorts(socket, pool.sequence[packet])
      sockets.beginReceiving(socket, pool.sequence[packet])
      const isEcnSetup = (pool.flags[packet] & ECN_SETUP) === ECN_SETUP
      sockets.usesEcn[socket] = isEcnSetup ? 1 : 0
    }
    if (sockets.state[socket] !== SOCKET_STATE.synReceived) {
      this.receiver.acknowledge(socket, core, nowNs)
      return
    }
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = sockets.sndBase[socket] + 1 + pool.windowBytes[packet]
    const ecn = sockets.usesEcn[socket] === 1 ? PACKET_FLAG.ece : 0
    this.sendSyn(socket, PACKET_FLAG.syn | PACKET_FLAG.ack | ecn, core, nowNs)
  }

  private onSynAck(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    if (pool.acknowledged[packet] !== sockets.sndBase[socket] + 1) return
    if (sockets.state[socket] !== SOCKET_STATE.synSent) {
      if (sockets.state[socket] >= SOCKET_STATE.established) this.receiver.acknowledge(socket, core, nowNs)
      return
    }
    sockets.beginReceiving(socket, pool.sequence[packet])
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = pool.acknowledged[packet] + pool.windowBytes[packet]
    const agrees = (pool.flags[packet] & ECN_SETUP) === PACKET_FLAG.ece
    sockets.usesEcn[socket] = agrees ? this.asksEcn[socket] : 0
    this.establish(socket, packet, nowNs)
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

  /** The handshake's answer came: the connection is there, and its first round trip measured. */
  private establish(socket: number, packet: number, nowNs: number): void {
    const { sockets, pool } = this
    sockets.state[socket] = SOCKET_STATE.established
    sockets.sndUna[socket] = sockets.sndBase[socket] + 1
    this.timers.stop(socket)
    if (pool.echoNs[packet] >= 0) {
      const rttNs = nowNs - pool.echoNs[packet]
      // A SYN that was sent again tells no time by itself (Karn), and the timestamps' clock is coarse.
      if (sockets.timeouts[socket] === 0) sockets.minRttNs[socket] = rttNs
      this.rtt.sample(socket, sockets.timeouts[socket] === 0 ? rttNs : Math.max(rttNs, TIMESTAMP_TICK_NS))
    }
    sockets.timeouts[socket] = 0
    this.window.begin(socket, nowNs)
    const algorithm = this.algorithm(socket)
    if (algorithm.isModelBased && sockets.paces[socket] === PACES.no) sockets.paces[socket] = PACES.socket
    algorithm.renew(socket, nowNs)
    this.pacing.update(socket)
    this.tuneSendBuffer(socket)
  }

  /** What was acknowledged makes room for the writer. */
  private offerRoom(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    // A window that is full does not ask for a larger buffer (tcp_should_expand_sndbuf).
    if (sockets.flight[socket].inNetwork < Math.floor(sockets.cwnd[socket])) this.tuneSendBuffer(socket)
    this.listener.onWritable(socket, core, nowNs)
  }

  private tuneSendBuffer(socket: number): void {
    const flow = socket >> 1
    if (this.flows.autotuned[flow] === 0) return
    expandSendBuffer(this.sockets, socket, this.algorithm(socket), this.flows.sendBufferBytes[flow])
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.algorithms[this.sockets.congestion[socket]]
  }

  /** Makes a row ready for a connection in this state. */
  private renew(socket: number, state: number): void {
    const { sockets } = this
    this.leftOpen[socket] = sockets.state[socket] >= SOCKET_STATE.timeWait ? 1 : 0
    sockets.renew(socket)
    sockets.sendBuffer[socket] =
      this.flows.autotuned[socket >> 1] === 1
        ? Math.min(INITIAL_SEND_BUFFER_BYTES, this.flows.sendBufferBytes[socket >> 1])
        : this.flows.sendBufferBytes[socket >> 1]
    this.rtt.renew(socket)
    this.recovery.renew(socket)
    this.pacing.renew(socket)
    this.sender.renew(socket)
    this.receiver.renew(socket)
    this.acks.renew(socket)
    sockets.state[socket] = state
    sockets.sndNxt[socket]++
  }

  /** Gives a connection whose client's SYN has this position its ports. */
  private beginPorts(socket: number, clientBase: number): void {
    const number = connectionNumber(clientBase)
    if (number > 0) this.ports.renew(socket, number)
  }

  private end(socket: number, state: number): void {
    this.sockets.state[socket] = state
    this.timers.stop(socket)
    this.sockets.ackDeadlineNs[socket] = Infinity
  }

  private sendSyn(socket: number, flags: number, core: number, nowNs: number): void {
    const packet = this.maker.make(socket, this.sockets.sndBase[socket], 0, 1, flags | PACKET_FLAG.control, nowNs)
    this.receiver.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
    this.timers.arm(socket, SEND_TIMER.retransmit, nowNs + this.sockets.rtoNs[socket], nowNs)
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
