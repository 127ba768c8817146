/** Datagrams at a pace, or as fast as the sender can, and a reader that takes them one call each. */

import type { FlowTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { Sockets } from '../transport/sockets'
import type { Udp } from '../transport/udp'
import { DATAGRAM_WRITABLE_SHARE, type Application, type ApplicationParts } from './application'
import type { Pace } from './pace'
import type { Threads } from './threads'

const NONE = -1

export class UdpStream implements Application {
  private readonly flows: FlowTable
  private readonly sockets: Sockets
  private readonly accounts: Accounts
  private readonly threads: Threads
  private readonly udp: Udp
  private readonly pace: Pace
  /** 1 while a sender sleeps because its send buffer is full, by flow. */
  private readonly blocked: Uint8Array

  constructor(parts: ApplicationParts, pace: Pace) {
    this.flows = parts.flows
    this.sockets = parts.sockets
    this.accounts = parts.accounts
    this.threads = parts.threads
    this.udp = parts.udp
    this.pace = pace
    this.blocked = new Uint8Array(parts.flows.count)
  }

  /** {@link Application.start} */
  start(client: number, nowNs: number): void {
    this.pace.dueNs[client >> 1] = nowNs
    this.threads.wake(client, NONE, nowNs)
  }

  /** {@link Application.onTimer} */
  onTimer(thread: number, nowNs: number): void {
    if (nowNs < this.flows.stopNs[thread >> 1]) this.threads.wake(thread, NONE, nowNs)
  }

  /** {@link Application.beginCall} */
  beginCall(thread: number): void {
    this.threads.call[thread] = (thread & 1) === 0 ? CALL.send : CALL.receive
    this.threads.bytes[thread] = this.flows.writeBytes[thread >> 1]
  }

  /** {@link Application.finishCall} */
  finishCall(thread: number, core: number, nowNs: number): boolean {
    return (thread & 1) === 0 ? this.finishSend(thread, core, nowNs) : this.finishRead(thread, nowNs)
  }

  /** {@link Application.onEstablished} Datagrams need no connection. */
  onEstablished(): void {}

  /** {@link Application.onReadable} */
  onReadable(socket: number, core: number, nowNs: number): void {
    this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onWritable} */
  onWritable(socket: number, _core: number, nowNs: number): void {
    const flow = socket >> 1
    if (this.blocked[flow] === 0) return
    if (this.sockets.outputBytes[socket] >= this.flows.sendBufferBytes[flow] * DATAGRAM_WRITABLE_SHARE) return
    this.blocked[flow] = 0
    this.threads.wake(socket, NONE, nowNs)
  }

  /** {@link Application.onEndOfStream} */
  onEndOfStream(): void {}

  /** {@link Application.onReset} */
  onReset(): void {}

  private finishSend(thread: number, core: number, nowNs: number): boolean {
    const { pace } = this
    const flow = thread >> 1
    this.udp.send(thread, this.threads.bytes[thread], NONE, core, nowNs)
    if (pace.isPaced(flow)) {
      pace.advance(flow)
      const due = pace.dueTime(flow)
      if (due > nowNs) {
        this.threads.setTimer(thread, due)
        return false
      }
    }
    if (nowNs >= this.flows.stopNs[flow]) return false
    if (this.udp.canSend(thread)) return true
    this.blocked[flow] = 1
    return false
  }

  private finishRead(thread: number, nowNs: number): boolean {
    const bytes = this.threads.bytes[thread]
    this.udp.read(thread, bytes)
    this.accounts.receive(this.flows.traffic[thread >> 1], bytes, nowNs)
    return this.sockets.unread[thread] > 0
  }
}
