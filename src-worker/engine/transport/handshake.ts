/** How connections begin: SYN, its answer and its acknowledgement, at both ends. */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { AckTaker } from './ack-taker'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import type { LossRecovery } from './loss-recovery'
import type { PacketOutlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import { PACES, type Pacing } from './pacing'
import type { ReceiveWindow } from './receive-window'
import type { RoundTripTimes } from './round-trip-time'
import type { SendBuffers } from './send-buffer'
import { SEND_TIMER, type SendTimers } from './send-timers'
import { connectionNumber, SOCKET_STATE, type Sockets } from './sockets'
import { TIMESTAMP_TICK_NS } from './tcp-constants'
import type { ConnectionPorts, TcpListener } from './tcp-listener'
import type { TcpReceiver } from './tcp-receiver'
import type { TcpSender } from './tcp-sender'

/** Both flags of a SYN that asks for ECN; its answer has ECN-Echo alone. */
const ECN_SETUP = PACKET_FLAG.ece | PACKET_FLAG.cwr

/** What handshakes set up and use. */
export interface HandshakeParts {
  readonly sockets: Sockets
  readonly flows: FlowTable
  readonly pool: PacketPool
  readonly accounts: Accounts
  readonly maker: PacketMaker
  readonly outlet: PacketOutlet
  readonly algorithms: readonly CongestionAlgorithm[]
  readonly recovery: LossRecovery
  readonly timers: SendTimers
  readonly pacing: Pacing
  readonly rtt: RoundTripTimes
  readonly window: ReceiveWindow
  readonly buffers: SendBuffers
  readonly receiver: TcpReceiver
  readonly sender: TcpSender
  readonly acks: AckTaker
  /** Who is told, once the engine has said so. */
  readonly told: { readonly listener: TcpListener; readonly ports: ConnectionPorts }
}

export class Handshake {
  private readonly parts: HandshakeParts
  private readonly sockets: Sockets
  private readonly pool: PacketPool
  /** The client's SYN asked for ECN. */
  private readonly asksEcn: Uint8Array

  constructor(parts: HandshakeParts) {
    this.parts = parts
    this.sockets = parts.sockets
    this.pool = parts.pool
    this.asksEcn = new Uint8Array(parts.sockets.count)
  }

  /** Sends the SYN of the client's next connection. */
  connect(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    this.renew(socket, SOCKET_STATE.synSent)
    this.beginPorts(socket, sockets.sndBase[socket])
    // An ECN-setup SYN (RFC 3168, section 6.1.1).
    this.asksEcn[socket] = this.parts.flows.ecn[socket >> 1] === 1 || this.algorithm(socket).needsEcn ? 1 : 0
    const ecn = this.asksEcn[socket] === 1 ? PACKET_FLAG.ece | PACKET_FLAG.cwr : 0
    this.sendSyn(socket, PACKET_FLAG.syn | ecn, core, nowNs)
  }

  /**
   * Nobody answered: the SYN or its answer goes again. A SYN then has no ECN flags that might be in its way (RFC 3168, section
   * 6.1.1.1; tcp_ecn_clear_syn), which an answer to the first may still agree to; the answer says again what it said.
   */
  repeat(socket: number, core: number, nowNs: number): void {
    const isAnswer = this.sockets.state[socket] === SOCKET_STATE.synReceived
    this.parts.accounts.retransmits[this.parts.flows.traffic[socket >> 1]]++
    const flags = isAnswer ? this.answerFlags(socket) : PACKET_FLAG.syn
    this.sendSyn(socket, flags | PACKET_FLAG.retransmission, core, nowNs)
  }

  /** The server takes a SYN, and answers. */
  onSyn(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const isKnown = sockets.state[socket] >= SOCKET_STATE.synReceived && pool.sequence[packet] === sockets.rcvBase[socket]
    if (!isKnown) {
      if (pool.sequence[packet] < sockets.rcvBase[socket]) return
      if (sockets.state[socket] >= SOCKET_STATE.synReceived) this.parts.told.listener.onClosed(socket, core, nowNs)
      this.renew(socket, SOCKET_STATE.synReceived)
      this.beginPorts(socket, pool.sequence[packet])
      sockets.beginReceiving(socket, pool.sequence[packet])
      const isEcnSetup = (pool.flags[packet] & ECN_SETUP) === ECN_SETUP
      sockets.usesEcn[socket] = isEcnSetup ? 1 : 0
    }
    if (sockets.state[socket] !== SOCKET_STATE.synReceived) {
      this.parts.receiver.acknowledge(socket, core, nowNs)
      return
    }
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = sockets.sndBase[socket] + 1 + pool.windowBytes[packet]
    this.sendSyn(socket, this.answerFlags(socket), core, nowNs)
  }

  /** The client takes the answer to its SYN. */
  onSynAck(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    if (pool.acknowledged[packet] !== sockets.sndBase[socket] + 1) return
    if (sockets.state[socket] !== SOCKET_STATE.synSent) {
      if (sockets.state[socket] >= SOCKET_STATE.established) this.parts.receiver.acknowledge(socket, core, nowNs)
      return
    }
    sockets.beginReceiving(socket, pool.sequence[packet])
    sockets.echoNs[socket] = pool.createdNs[packet]
    sockets.windowEdge[socket] = pool.acknowledged[packet] + pool.windowBytes[packet]
    const agrees = (pool.flags[packet] & ECN_SETUP) === PACKET_FLAG.ece
    sockets.usesEcn[socket] = agrees ? this.asksEcn[socket] : 0
    this.establish(socket, packet, nowNs)
    this.parts.receiver.acknowledge(socket, core, nowNs)
    this.parts.told.listener.onEstablished(socket, core, nowNs)
  }

  /** Takes the acknowledgement of the server's SYN; false where a packet is none. */
  accept(socket: number, packet: number, core: number, nowNs: number): boolean {
    const { sockets, pool } = this
    if (pool.acknowledged[packet] <= sockets.sndBase[socket]) return false
    this.establish(socket, packet, nowNs)
    this.parts.told.listener.onEstablished(socket, core, nowNs)
    return true
  }

  /** The handshake's answer came: the connection is there, and its first round trip measured. */
  private establish(socket: number, packet: number, nowNs: number): void {
    const { sockets, pool } = this
    sockets.state[socket] = SOCKET_STATE.established
    sockets.sndUna[socket] = sockets.sndBase[socket] + 1
    this.parts.timers.stop(socket)
    if (pool.echoNs[packet] >= 0) {
      const rttNs = nowNs - pool.echoNs[packet]
      // A SYN that was sent again tells no time by itself (Karn), and the timestamps' clock is coarse.
      if (sockets.timeouts[socket] === 0) sockets.minRttNs[socket] = rttNs
      this.parts.rtt.sample(socket, sockets.timeouts[socket] === 0 ? rttNs : Math.max(rttNs, TIMESTAMP_TICK_NS))
    }
    sockets.timeouts[socket] = 0
    this.parts.window.begin(socket, nowNs)
    const algorithm = this.algorithm(socket)
    if (algorithm.isModelBased && sockets.paces[socket] === PACES.no) sockets.paces[socket] = PACES.socket
    algorithm.renew(socket, nowNs)
    // Algorithms with a model of the path have set their own rate (tcp_rcv_state_process).
    if (!algorithm.isModelBased) this.parts.pacing.update(socket)
    this.parts.buffers.tune(socket)
  }

  /** Makes a row ready for a connection in this state. */
  private renew(socket: number, state: number): void {
    const { sockets, parts } = this
    sockets.renew(socket)
    parts.buffers.renew(socket)
    parts.rtt.renew(socket)
    parts.recovery.renew(socket)
    parts.pacing.renew(socket)
    parts.sender.renew(socket)
    parts.receiver.renew(socket)
    parts.acks.renew(socket)
    sockets.state[socket] = state
    sockets.sndNxt[socket]++
  }

  /** Gives a connection whose client's SYN has this position its ports. */
  private beginPorts(socket: number, clientBase: number): void {
    const number = connectionNumber(clientBase)
    if (number > 0) this.parts.told.ports.renew(socket, number)
  }

  /** Flags of the answer to a SYN; ECN-Echo alone agrees to ECN. */
  private answerFlags(socket: number): number {
    return PACKET_FLAG.syn | PACKET_FLAG.ack | (this.sockets.usesEcn[socket] === 1 ? PACKET_FLAG.ece : 0)
  }

  private sendSyn(socket: number, flags: number, core: number, nowNs: number): void {
    const { maker, receiver, outlet, timers } = this.parts
    const packet = maker.make(socket, this.sockets.sndBase[socket], 0, 1, flags | PACKET_FLAG.control, nowNs)
    receiver.stamp(socket, packet)
    outlet.emit(packet, core, nowNs)
    timers.arm(socket, SEND_TIMER.retransmit, nowNs + this.sockets.rtoNs[socket], nowNs)
  }

  private algorithm(socket: number): CongestionAlgorithm {
    return this.parts.algorithms[this.sockets.congestion[socket]]
  }
}
