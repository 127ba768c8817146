/**
 * Transactions over one kept connection, as netperf's TCP_RR: the client writes a request, the server answers once it has
 * read all of it, and the client counts once it has read all of the answer.
 */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { Sockets } from '../transport/sockets'
import type { Tcp } from '../transport/tcp'
import type { TcpReceiver } from '../transport/tcp-receiver'
import type { TcpSender } from '../transport/tcp-sender'
import { READ_BYTES, WRITABLE_SHARE, type Application, type ApplicationParts } from './application'
import type { Threads } from './threads'

/** What an end is at. */
const PHASE = { receive: 0, send: 1 } as const

export class RequestResponse implements Application {
  private readonly flows: FlowTable
  private readonly sockets: Sockets
  private readonly accounts: Accounts
  private readonly threads: Threads
  private readonly tcp: Tcp
  private readonly sender: TcpSender
  private readonly receiver: TcpReceiver
  private readonly phase: Uint8Array
  /** Bytes of the current message still to be written or read. */
  private readonly left: Float64Array
  /** When the client's transaction began, by flow, ns. */
  private readonly beganNs: Float64Array

  constructor(parts: ApplicationParts) {
    this.flows = parts.flows
    this.sockets = parts.sockets
    this.accounts = parts.accounts
    this.threads = parts.threads
    this.tcp = parts.tcp
    this.sender = parts.sender
    this.receiver = parts.receiver
    this.phase = new Uint8Array(parts.sockets.count)
    this.left = new Float64Array(parts.sockets.count)
    this.beganNs = new Float64Array(parts.flows.count)
  }

  /** {@link Application.start} */
  start(client: number, nowNs: number): void {
    this.tcp.connect(client, this.sockets.threadCore[client], nowNs)
  }

  /** {@link Application.onTimer} */
  onTimer(): void {}

  /** {@link Application.beginCall} */
  beginCall(thread: number, nowNs: number): void {
    const { sockets, threads, left } = this
    const sends = this.phase[thread] === PHASE.send
    threads.sends[thread] = sends ? 1 : 0
    threads.bytes[thread] = sends
      ? Math.max(0, Math.min(left[thread], sockets.sendRoom(thread)))
      : Math.min(READ_BYTES, left[thread], sockets.unread[thread])
    const isFirst = sends && (thread & 1) === 0 && left[thread] === this.flows.requestBytes[thread >> 1]
    if (isFirst) this.beganNs[thread >> 1] = nowNs
  }

  /** {@link Application.finishCall} */
  finishCall(thread: number, core: number, nowNs: number): boolean {
    return this.threads.sends[thread] === 1 ? this.finishWrite(thread, core, nowNs) : this.finishRead(thread, core, nowNs)
  }

  /** {@link Application.onEstablished} */
  onEstablished(socket: number, core: number, nowNs: number): void {
    const isClient = (socket & 1) === 0
    this.enter(socket, isClient ? PHASE.send : PHASE.receive)
    if (isClient) this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onReadable} */
  onReadable(socket: number, core: number, nowNs: number): void {
    if (this.phase[socket] === PHASE.receive) this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onWritable} */
  onWritable(socket: number, core: number, nowNs: number): void {
    if (this.phase[socket] !== PHASE.send || this.left[socket] === 0) return
    const room = this.sockets.sendRoom(socket)
    if (room >= this.flows.sendBufferBytes[socket >> 1] * WRITABLE_SHARE) this.threads.wake(socket, core, nowNs)
  }

  private enter(socket: number, phase: number): void {
    const flow = socket >> 1
    const isRequest = ((socket & 1) === 0) === (phase === PHASE.send)
    this.phase[socket] = phase
    this.left[socket] = isRequest ? this.flows.requestBytes[flow] : this.flows.responseBytes[flow]
  }

  private finishWrite(thread: number, core: number, nowNs: number): boolean {
    const { sockets, left } = this
    const bytes = this.threads.bytes[thread]
    left[thread] -= bytes
    const isWhole = left[thread] === 0
    // An answer can come back before the last segment of a bare host's request has left the function below.
    if (isWhole) this.enter(thread, PHASE.receive)
    sockets.isPingPong[thread] = 1
    sockets.written[thread] += bytes
    this.sender.transmit(thread, core, nowNs)
    return isWhole ? sockets.unread[thread] > 0 : sockets.sendRoom(thread) > 0
  }

  private finishRead(thread: number, core: number, nowNs: number): boolean {
    const { sockets, accounts, left } = this
    const flow = thread >> 1
    const bytes = this.threads.bytes[thread]
    sockets.unread[thread] -= bytes
    left[thread] -= bytes
    accounts.receive(this.flows.traffic[flow], bytes, nowNs)
    if (core >= 0) this.receiver.onRead(thread, core, nowNs)
    if (left[thread] > 0) return sockets.unread[thread] > 0
    this.enter(thread, PHASE.send)
    if ((thread & 1) === 1) return true
    accounts.transaction(this.flows.traffic[flow], nowNs - this.beganNs[flow], nowNs)
    return nowNs < this.flows.stopNs[flow]
  }
}
