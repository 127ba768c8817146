/**
 * Transactions over datagrams: netperf's UDP_RR, where a server's thread answers, and ping, where its kernel does. At a
 * pace requests leave when they are due, whatever has become of earlier ones; else each follows the answer to the one
 * before, or the time a client waits for it. A request carries the time it counts from, and its answer brings it back.
 */

import { FLOW_KIND, type FlowTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { Udp } from '../transport/udp'
import type { Application, ApplicationParts } from './application'
import type { Pace } from './pace'
import type { Threads } from './threads'

const NONE = -1

export class DatagramExchange implements Application {
  private readonly flows: FlowTable
  private readonly accounts: Accounts
  private readonly threads: Threads
  private readonly udp: Udp
  private readonly pace: Pace
  /** What the client's next request counts from, or the one it waits for an answer to, by flow, ns. */
  private readonly beganNs: Float64Array
  /** When the client gives up waiting, by flow, ns; NONE: it does not wait. */
  private readonly deadlineNs: Float64Array
  /** 1 where the client's next request is the one before again, by flow. */
  private readonly isAgain: Uint8Array
  /** What the server's next answer brings back, by flow, ns; NONE: it has none to send. */
  private readonly answersNs: Float64Array

  constructor(parts: ApplicationParts, pace: Pace) {
    this.flows = parts.flows
    this.accounts = parts.accounts
    this.threads = parts.threads
    this.udp = parts.udp
    this.pace = pace
    const { count } = parts.flows
    this.beganNs = new Float64Array(count)
    this.deadlineNs = new Float64Array(count).fill(NONE)
    this.isAgain = new Uint8Array(count)
    this.answersNs = new Float64Array(count).fill(NONE)
  }

  /** {@link Application.start} */
  start(client: number, nowNs: number): void {
    this.pace.dueNs[client >> 1] = nowNs
    this.threads.wake(client, NONE, nowNs)
  }

  /** {@link Application.onTimer} A request is due, or an answer is late: then it is sent again; ping goes on to the next. */
  onTimer(thread: number, nowNs: number): void {
    const flow = thread >> 1
    if (nowNs >= this.flows.stopNs[flow]) return
    if (!this.pace.isPaced(flow)) {
      const deadline = this.deadlineNs[flow]
      if (deadline === NONE) return
      if (deadline > nowNs) {
        this.threads.setTimer(thread, deadline)
        return
      }
      this.deadlineNs[flow] = NONE
      this.isAgain[flow] = this.isPing(flow) ? 0 : 1
    }
    this.threads.wake(thread, NONE, nowNs)
  }

  /** {@link Application.beginCall} */
  beginCall(thread: number, nowNs: number): void {
    const { threads, udp } = this
    const flow = thread >> 1
    const isClient = (thread & 1) === 0
    const receives = isClient ? udp.waitingAt(thread) > 0 : this.answersNs[flow] === NONE
    threads.call[thread] = receives ? CALL.receive : CALL.send
    if (receives) {
      threads.bytes[thread] = udp.firstBytes(thread)
      return
    }
    threads.bytes[thread] = isClient ? this.requestBytes(flow) : this.flows.responseBytes[flow]
    if (!isClient) return
    if (this.isAgain[flow] === 0) this.beganNs[flow] = this.countsFrom(flow, nowNs)
    this.isAgain[flow] = 0
  }

  /** {@link Application.finishCall} */
  finishCall(thread: number, core: number, nowNs: number): boolean {
    const sends = this.threads.call[thread] === CALL.send
    if ((thread & 1) === 1) return sends ? this.finishAnswer(thread, core, nowNs) : this.finishTaking(thread, nowNs)
    return sends ? this.finishRequest(thread, core, nowNs) : this.finishReading(thread, nowNs)
  }

  /** {@link Application.onEstablished} Datagrams need no connection. */
  onEstablished(): void {}

  /** {@link Application.onReadable} */
  onReadable(socket: number, core: number, nowNs: number): void {
    this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onWritable} A request is never larger than the send buffer, and the last one has left it. */
  onWritable(): void {}

  /** {@link Application.onEndOfStream} */
  onEndOfStream(): void {}

  /** {@link Application.onReset} */
  onReset(): void {}

  private requestBytes(flow: number): number {
    return this.isPing(flow) ? this.flows.writeBytes[flow] : this.flows.requestBytes[flow]
  }

  private isPing(flow: number): boolean {
    return this.flows.kind[flow] === FLOW_KIND.icmp
  }

  /** A paced transaction counts from when it was due; ping, and unpaced ones, from the call that sends. */
  private countsFrom(flow: number, nowNs: number): number {
    return this.pace.isPaced(flow) && !this.isPing(flow) ? this.pace.dueTime(flow) : nowNs
  }

  private finishRequest(thread: number, core: number, nowNs: number): boolean {
    const flow = thread >> 1
    this.udp.send(thread, this.threads.bytes[thread], this.beganNs[flow], core, nowNs)
    if (this.pace.isPaced(flow)) {
      this.pace.advance(flow)
      return this.goesOn(thread, nowNs)
    }
    this.deadlineNs[flow] = nowNs + this.flows.timeoutNs[flow]
    if (!this.threads.hasTimer(thread)) this.threads.setTimer(thread, this.deadlineNs[flow])
    return this.udp.waitingAt(thread) > 0
  }

  /** The client has read an answer: late ones to requests given up count for nothing. */
  private finishReading(thread: number, nowNs: number): boolean {
    const flow = thread >> 1
    const beganNs = this.udp.readFirst(thread)
    const isPaced = this.pace.isPaced(flow)
    const isAwaited = isPaced || (this.deadlineNs[flow] !== NONE && beganNs === this.beganNs[flow])
    if (isAwaited) {
      const traffic = this.flows.traffic[flow]
      this.deadlineNs[flow] = NONE
      this.accounts.receive(traffic, this.threads.bytes[thread], nowNs)
      this.accounts.transaction(traffic, nowNs - beganNs, nowNs)
    }
    if (isPaced) return this.goesOn(thread, nowNs)
    return this.udp.waitingAt(thread) > 0 || (this.deadlineNs[flow] === NONE && nowNs < this.flows.stopNs[flow])
  }

  /** Whether a paced client has something to do now; else its timer is set. */
  private goesOn(thread: number, nowNs: number): boolean {
    const flow = thread >> 1
    if (this.udp.waitingAt(thread) > 0) return true
    const due = this.pace.dueTime(flow)
    if (due >= this.flows.stopNs[flow]) return false
    if (due <= nowNs) return true
    if (!this.threads.hasTimer(thread)) this.threads.setTimer(thread, due)
    return false
  }

  private finishTaking(thread: number, nowNs: number): boolean {
    const flow = thread >> 1
    this.answersNs[flow] = this.udp.readFirst(thread)
    this.accounts.receive(this.flows.traffic[flow], this.threads.bytes[thread], nowNs)
    return true
  }

  private finishAnswer(thread: number, core: number, nowNs: number): boolean {
    const flow = thread >> 1
    this.udp.send(thread, this.threads.bytes[thread], this.answersNs[flow], core, nowNs)
    this.answersNs[flow] = NONE
    return this.udp.waitingAt(thread) > 0
  }
}
