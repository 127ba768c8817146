/**
 * A stream over one connection, as iperf3 has it: one end writes all it may, or at a pace, the other reads all that comes.
 * The client opens the connection; in reverse the server writes.
 */

import type { FlowTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { Outlet } from '../transport/outlet'
import type { Sockets } from '../transport/sockets'
import type { Tcp } from '../transport/tcp'
import type { TcpReceiver } from '../transport/tcp-receiver'
import type { TcpSender } from '../transport/tcp-sender'
import { READ_BYTES, type Application, type ApplicationParts } from './application'
import type { Pace } from './pace'
import type { Threads } from './threads'

const NONE = -1

export class TcpStream implements Application {
  private readonly flows: FlowTable
  private readonly sockets: Sockets
  private readonly accounts: Accounts
  private readonly threads: Threads
  private readonly tcp: Tcp
  private readonly sender: TcpSender
  private readonly receiver: TcpReceiver
  private readonly pace: Pace
  private readonly outlet: Outlet

  constructor(parts: ApplicationParts, pace: Pace) {
    this.flows = parts.flows
    this.sockets = parts.sockets
    this.accounts = parts.accounts
    this.threads = parts.threads
    this.tcp = parts.tcp
    this.sender = parts.sender
    this.receiver = parts.receiver
    this.pace = pace
    this.outlet = parts.outlet
  }

  /** {@link Application.start} */
  start(client: number, nowNs: number): void {
    this.tcp.connect(client, this.sockets.threadCore[client], nowNs)
  }

  /** {@link Application.onTimer} */
  onTimer(thread: number, nowNs: number): void {
    if (nowNs < this.flows.stopNs[thread >> 1]) this.threads.wake(thread, NONE, nowNs)
  }

  /** {@link Application.beginCall} */
  beginCall(thread: number): void {
    const { sockets, threads } = this
    const writes = this.isWriter(thread)
    threads.call[thread] = writes ? CALL.send : CALL.receive
    threads.bytes[thread] = writes
      ? Math.max(0, Math.min(this.flows.writeBytes[thread >> 1], sockets.sendRoom(thread)))
      : Math.min(READ_BYTES, sockets.unread[thread])
  }

  /** {@link Application.finishCall} */
  finishCall(thread: number, core: number, nowNs: number): boolean {
    return this.isWriter(thread) ? this.finishWrite(thread, core, nowNs) : this.finishRead(thread, core, nowNs)
  }

  /** {@link Application.onEstablished} */
  onEstablished(socket: number, core: number, nowNs: number): void {
    if (this.isWriter(socket)) this.beginWriting(socket, core, nowNs)
  }

  /** {@link Application.onReadable} */
  onReadable(socket: number, core: number, nowNs: number): void {
    this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onWritable} */
  onWritable(socket: number, core: number, nowNs: number): void {
    const flow = socket >> 1
    if (!this.isWriter(socket)) return
    if (this.threads.hasTimer(socket) || nowNs >= this.flows.stopNs[flow]) return
    const hasRoom = this.sockets.isWritable(socket) || (core < 0 && this.sockets.sendRoom(socket) > 0)
    if (hasRoom) this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onEndOfStream} Neither end of a stream closes it. */
  onEndOfStream(): void {}

  /** {@link Application.onReset} A connection that nobody answers any more stays silent. */
  onReset(): void {}

  private isWriter(thread: number): boolean {
    return (thread & 1) === this.flows.reversed[thread >> 1]
  }

  private beginWriting(socket: number, core: number, nowNs: number): void {
    this.pace.dueNs[socket >> 1] = nowNs
    this.threads.wake(socket, core, nowNs)
  }

  private finishWrite(thread: number, core: number, nowNs: number): boolean {
    const { sockets, flows, pace } = this
    const flow = thread >> 1
    sockets.written[thread] += this.threads.bytes[thread]
    this.sender.push(thread, core, nowNs)
    if (nowNs >= flows.stopNs[flow]) return false
    if (!pace.isPaced(flow)) return sockets.sendRoom(thread) > 0 && !this.isLocked(thread, core)
    pace.advance(flow)
    const due = pace.dueTime(flow)
    if (due <= nowNs) return true
    this.threads.setTimer(thread, due)
    return false
  }

  private isLocked(thread: number, core: number): boolean {
    return core >= 0 && this.outlet.mustWait(thread, core)
  }

  private finishRead(thread: number, core: number, nowNs: number): boolean {
    const { sockets } = this
    const bytes = this.threads.bytes[thread]
    sockets.unread[thread] -= bytes
    this.accounts.receive(this.flows.traffic[thread >> 1], bytes, nowNs)
    if (core >= 0) this.receiver.onRead(thread, core, nowNs)
    return sockets.unread[thread] > 0
  }
}
