/**
 * Transactions over TCP: the client writes a request, the server answers once it has read all of it, and the client counts
 * once it has read all of the answer. Either over one kept connection (netperf's TCP_RR, HTTP with keep-alive), or over a
 * new one each (TCP_CRR): then the client closes after the answer, the server when it reads that end, and the transaction
 * ends when the client reads the server's.
 */

import { FLOW_KIND, type FlowTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { Sockets } from '../transport/sockets'
import type { Tcp } from '../transport/tcp'
import type { TcpReceiver } from '../transport/tcp-receiver'
import type { TcpSender } from '../transport/tcp-sender'
import { READ_BYTES, type Application, type ApplicationParts } from './application'
import type { MessageDraws } from './message-draws'
import type { Threads } from './threads'
import type { WorkPools } from './work-pools'

const NONE = -1

/** What an end is at. Asleep: it waits for work, a connection, or an answer to its call. */
const PHASE = { asleep: 0, connect: 1, accept: 2, send: 3, receive: 4, close: 5, readEnd: 6 } as const

const CALL_OF_PHASE: readonly number[] = [CALL.receive, CALL.connect, CALL.accept, CALL.send, CALL.receive, CALL.close, CALL.receive]

export class RequestResponse implements Application {
  private readonly flows: FlowTable
  private readonly sockets: Sockets
  private readonly accounts: Accounts
  private readonly threads: Threads
  private readonly tcp: Tcp
  private readonly sender: TcpSender
  private readonly receiver: TcpReceiver
  private readonly pools: WorkPools
  private readonly draws: MessageDraws
  private readonly phase: Uint8Array
  /** Bytes of the current message still to be written or read. */
  private readonly left: Float64Array
  /** When the client's transaction began, by flow, ns; NONE: with its next call. */
  private readonly beganNs: Float64Array
  /** Size of the answer that the client reads, by flow. */
  private readonly answerBytes: Float64Array

  constructor(parts: ApplicationParts, pools: WorkPools, draws: MessageDraws) {
    this.flows = parts.flows
    this.sockets = parts.sockets
    this.accounts = parts.accounts
    this.threads = parts.threads
    this.tcp = parts.tcp
    this.sender = parts.sender
    this.receiver = parts.receiver
    this.pools = pools
    this.draws = draws
    this.phase = new Uint8Array(parts.sockets.count)
    this.left = new Float64Array(parts.sockets.count)
    this.beganNs = new Float64Array(parts.flows.count)
    this.answerBytes = new Float64Array(parts.flows.count)
  }

  /** {@link Application.start} */
  start(client: number, nowNs: number): void {
    if (this.connectsAnew(client)) {
      if (!this.takeWork(client, nowNs)) return
    } else {
      this.phase[client] = PHASE.connect
    }
    this.threads.wake(client, NONE, nowNs)
  }

  /** {@link Application.onTimer} Work of the thread's pool is due. */
  onTimer(thread: number, nowNs: number): void {
    const pool = this.flows.pool[thread >> 1]
    for (let flow = this.pools.dispatch(pool, nowNs); flow >= 0; flow = this.pools.dispatch(pool, nowNs)) {
      this.beginWork(flow * 2, this.pools.dispatchedDueNs)
      this.threads.wake(flow * 2, NONE, nowNs)
    }
  }

  /** {@link Application.beginCall} */
  beginCall(thread: number, nowNs: number): void {
    const { threads, left, sockets } = this
    const phase = this.phase[thread]
    threads.call[thread] = CALL_OF_PHASE[phase]
    if (phase === PHASE.send) threads.bytes[thread] = Math.max(0, Math.min(left[thread], sockets.sendRoom(thread)))
    else if (phase === PHASE.receive) threads.bytes[thread] = Math.min(READ_BYTES, left[thread], sockets.unread[thread])
    else threads.bytes[thread] = 0
    if ((thread & 1) === 0 && this.beganNs[thread >> 1] === NONE) this.beganNs[thread >> 1] = nowNs
  }

  /** {@link Application.finishCall} */
  finishCall(thread: number, core: number, nowNs: number): boolean {
    switch (this.phase[thread]) {
      case PHASE.connect:
        this.phase[thread] = PHASE.asleep
        this.tcp.connect(thread, core, nowNs)
        return false
      case PHASE.accept:
        this.expect(thread, this.draws.nextRequest(thread))
        return this.sockets.unread[thread] > 0
      case PHASE.send:
        return this.finishWrite(thread, core, nowNs)
      case PHASE.receive:
        return this.finishRead(thread, core, nowNs)
      case PHASE.close:
        return this.finishClose(thread, core, nowNs)
      case PHASE.readEnd:
        return this.complete(thread, nowNs)
      default:
        return false
    }
  }

  /** {@link Application.onEstablished} */
  onEstablished(socket: number, core: number, nowNs: number): void {
    if ((socket & 1) === 1) this.phase[socket] = PHASE.accept
    else if (this.connectsAnew(socket)) this.beginRequest(socket)
    else if (!this.takeWork(socket, nowNs)) return
    this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onReadable} */
  onReadable(socket: number, core: number, nowNs: number): void {
    if (this.phase[socket] === PHASE.receive) this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onWritable} */
  onWritable(socket: number, core: number, nowNs: number): void {
    if (this.phase[socket] !== PHASE.send || this.left[socket] === 0) return
    if (this.sockets.isWritable(socket)) this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onEndOfStream} */
  onEndOfStream(socket: number, core: number, nowNs: number): void {
    if ((socket & 1) === 1) this.phase[socket] = PHASE.close
    else if (this.phase[socket] !== PHASE.readEnd) return
    this.threads.wake(socket, core, nowNs)
  }

  /** {@link Application.onReset} A transaction over a new connection starts over; a kept connection stays lost. */
  onReset(socket: number, core: number, nowNs: number): void {
    const startsOver = (socket & 1) === 0 && this.connectsAnew(socket) && nowNs < this.flows.stopNs[socket >> 1]
    this.phase[socket] = startsOver ? PHASE.connect : PHASE.asleep
    if (startsOver) this.threads.wake(socket, core, nowNs)
  }

  private connectsAnew(thread: number): boolean {
    return this.flows.kind[thread >> 1] === FLOW_KIND.tcpCrr
  }

  /** Gives the client its next transaction; false where it has to wait for one. */
  private takeWork(client: number, nowNs: number): boolean {
    const due = this.pools.take(client >> 1, nowNs)
    if (due < 0) {
      this.phase[client] = PHASE.asleep
      return false
    }
    this.beginWork(client, due)
    return true
  }

  private beginWork(client: number, dueNs: number): void {
    const flow = client >> 1
    this.beganNs[flow] = this.pools.isPaced(flow) ? dueNs : NONE
    if (this.connectsAnew(client)) this.phase[client] = PHASE.connect
    else this.beginRequest(client)
  }

  private beginRequest(client: number): void {
    this.phase[client] = PHASE.send
    this.left[client] = this.draws.nextRequest(client)
  }

  private expect(thread: number, bytes: number): void {
    this.phase[thread] = PHASE.receive
    this.left[thread] = bytes
  }

  private finishWrite(thread: number, core: number, nowNs: number): boolean {
    const { sockets, left } = this
    const bytes = this.threads.bytes[thread]
    left[thread] -= bytes
    const isWhole = left[thread] === 0
    if (isWhole) this.expectAfterWrite(thread)
    sockets.isPingPong[thread] = 1
    sockets.written[thread] += bytes
    this.sender.push(thread, core, nowNs)
    return isWhole ? sockets.unread[thread] > 0 : sockets.sendRoom(thread) > 0
  }

  private expectAfterWrite(thread: number): void {
    if ((thread & 1) === 1) {
      this.expect(thread, this.draws.nextRequest(thread))
      return
    }
    const bytes = this.draws.nextResponse(thread)
    this.answerBytes[thread >> 1] = bytes
    this.expect(thread, bytes)
  }

  private finishRead(thread: number, core: number, nowNs: number): boolean {
    const { sockets, left } = this
    const bytes = this.threads.bytes[thread]
    sockets.unread[thread] -= bytes
    left[thread] -= bytes
    this.accounts.receive(this.flows.traffic[thread >> 1], bytes, nowNs)
    if (core >= 0) this.receiver.onRead(thread, core, nowNs)
    if (left[thread] > 0) return sockets.unread[thread] > 0
    if ((thread & 1) === 1) {
      this.phase[thread] = PHASE.send
      left[thread] = this.draws.nextResponse(thread)
      return true
    }
    if (!this.connectsAnew(thread)) return this.complete(thread, nowNs)
    this.phase[thread] = PHASE.close
    return true
  }

  private finishClose(thread: number, core: number, nowNs: number): boolean {
    this.phase[thread] = (thread & 1) === 0 ? PHASE.readEnd : PHASE.asleep
    this.tcp.close(thread, core, nowNs)
    return this.phase[thread] === PHASE.readEnd && this.sockets.endOfStream[thread] === 1
  }

  /** The client has its answer; returns whether it goes on at once. */
  private complete(client: number, nowNs: number): boolean {
    const flow = client >> 1
    const traffic = this.flows.traffic[flow]
    const latencyNs = nowNs - this.beganNs[flow]
    this.accounts.transaction(traffic, latencyNs, nowNs)
    if (this.flows.kind[flow] === FLOW_KIND.http) this.recordCompletion(flow, latencyNs, nowNs)
    return this.takeWork(client, nowNs)
  }

  private recordCompletion(flow: number, latencyNs: number, nowNs: number): void {
    const { flows, accounts } = this
    const bytes = this.answerBytes[flow]
    const leastNs = flows.leastNs[flow] + flows.leastNsPerByte[flow] * bytes
    accounts.completions.record(flows.traffic[flow], bytes, latencyNs, leastNs, nowNs)
  }
}
