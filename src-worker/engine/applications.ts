/**
 * The programs at the ends of flows, as netperf and iperf3 have them: writers, readers, requesters, responders, datagram
 * sources and sinks. Each end is a thread that runs on a core in steps (one call at a time) and sleeps when it has
 * nothing to do. On bare hosts calls cost nothing and happen at once.
 */

import { ARRIVALS, FLOW_KIND, type ApplicationCosts, type FlowTable, type HostTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from './event-queue'
import type { Cores, ThreadRunner } from './host/cores'
import type { EventLayout } from './layout'
import { PoissonGaps } from './poisson-gaps'
import { RANDOM_USE, RandomStream } from './random'
import type { Sockets } from './transport/sockets'
import type { Tcp, TcpListener } from './transport/tcp'
import type { TcpReceiver } from './transport/tcp-receiver'
import type { TcpSender } from './transport/tcp-sender'
import type { Udp } from './transport/udp'

const NONE = -1
/** iperf3's and netperf's receive calls ask for this much at most. */
const READ_BYTES = 131072
/** A blocked writer is woken when this share of its buffer is free (include/net/sock.h, sk_stream_min_wspace). */
const WRITABLE_SHARE = 1 / 3
/** A datagram sender is woken when less than half of its buffer is in use (sock_writeable). */
const DATAGRAM_WRITABLE_SHARE = 1 / 2

/** What a thread does next. */
const PHASE = { send: 0, receive: 1 } as const

export class Applications implements ThreadRunner, TcpListener {
  private readonly flows: FlowTable
  private readonly hosts: HostTable
  private readonly costs: ApplicationCosts
  private readonly sockets: Sockets
  private readonly accounts: Accounts
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly cores: Cores
  private readonly tcp: Tcp
  private readonly sender: TcpSender
  private readonly receiver: TcpReceiver
  private readonly udp: Udp
  private readonly gaps: (PoissonGaps | undefined)[]
  private readonly phase: Uint8Array
  private readonly stepBytes: Float64Array
  private readonly stepStartNs: Float64Array
  /** When the next paced call is due, ns; NONE before the first. */
  private readonly dueNs: Float64Array
  private readonly timerPending: Uint8Array
  private readonly started: Uint8Array
  /** 1 while a datagram sender sleeps because its send buffer is full. */
  private readonly blocked: Uint8Array

  constructor(parts: {
    flows: FlowTable
    hosts: HostTable
    costs: ApplicationCosts
    sockets: Sockets
    accounts: Accounts
    events: EventQueue
    layout: EventLayout
    cores: Cores
    tcp: Tcp
    sender: TcpSender
    receiver: TcpReceiver
    udp: Udp
    seed: number
  }) {
    this.flows = parts.flows
    this.hosts = parts.hosts
    this.costs = parts.costs
    this.sockets = parts.sockets
    this.accounts = parts.accounts
    this.events = parts.events
    this.layout = parts.layout
    this.cores = parts.cores
    this.tcp = parts.tcp
    this.sender = parts.sender
    this.receiver = parts.receiver
    this.udp = parts.udp
    const count = parts.sockets.count
    this.phase = new Uint8Array(count)
    this.stepBytes = new Float64Array(count)
    this.stepStartNs = new Float64Array(count)
    this.dueNs = new Float64Array(count)
    this.timerPending = new Uint8Array(count)
    this.started = new Uint8Array(count)
    this.blocked = new Uint8Array(count)
    this.gaps = Array.from(parts.flows.arrivals, (kind, flow) => {
      if (kind !== ARRIVALS.poisson) return undefined
      const drawn = new RandomStream(parts.seed, RANDOM_USE.arrivals, flow).uint32()
      const seed = parts.flows.arrivalSeed[flow] || drawn || 1
      return new PoissonGaps(seed, parts.flows.gapNs[flow], parts.flows.maxGapNs[flow])
    })
  }

  /** Schedules the first action of every flow. `delayNs` spreads the starts of processes on real hosts. */
  start(delayNs: (flow: number) => number): void {
    for (let flow = 0; flow < this.flows.count; flow++) {
      const client = flow * 2
      this.phase[client + 1] = PHASE.receive
      this.schedule(client, this.flows.startNs[flow] + delayNs(flow))
    }
  }

  /** A thread's timer fired: its flow starts, or a paced call is due. */
  onTimer(socket: number, nowNs: number): void {
    this.timerPending[socket] = 0
    const flow = socket >> 1
    if (nowNs >= this.flows.stopNs[flow]) return
    if (this.started[socket] === 0) {
      this.started[socket] = 1
      this.dueNs[socket] = nowNs
      if (this.flows.kind[flow] !== FLOW_KIND.udpStream) {
        this.tcp.connect(socket, this.sockets.threadCore[socket], nowNs)
        return
      }
    }
    this.wake(socket, NONE, nowNs)
  }

  /** {@link ThreadRunner.begin} */
  begin(thread: number, nowNs: number): number {
    const flow = thread >> 1
    const host = this.hostOf(thread)
    this.stepStartNs[thread] = nowNs
    const bytes = this.nextBytes(thread, flow)
    this.stepBytes[thread] = bytes
    const { costs } = this
    const sends = this.isSending(thread, flow)
    const perCall = sends ? costs.sendPerCall[host] : costs.receivePerCall[host]
    const perByte = sends ? costs.sendPerByte[host] : costs.receivePerByte[host]
    const costNs = (perCall + perByte * bytes) * this.hosts.nsPerCycle[host]
    this.accounts.call(host, sends ? CALL.send : CALL.receive, costNs, nowNs)
    return costNs
  }

  /** {@link ThreadRunner.finish} */
  finish(thread: number, core: number, nowNs: number): boolean {
    const flow = thread >> 1
    const isClient = (thread & 1) === 0
    switch (this.flows.kind[flow]) {
      case FLOW_KIND.tcpStream:
        return isClient ? this.finishWrite(thread, core, nowNs) : this.finishRead(thread, core, nowNs)
      case FLOW_KIND.udpStream:
        return isClient ? this.finishDatagram(thread, core, nowNs) : this.finishDatagramRead(thread, nowNs)
      default:
        return this.finishTransactionStep(thread, core, nowNs)
    }
  }

  /** {@link TcpListener.onEstablished} */
  onEstablished(socket: number, core: number, nowNs: number): void {
    this.dueNs[socket] = nowNs
    this.wake(socket, core, nowNs)
  }

  /** {@link TcpListener.onReadable} */
  onReadable(socket: number, _bytes: number, core: number, nowNs: number): void {
    if (this.flows.kind[socket >> 1] === FLOW_KIND.tcpRr) {
      this.phase[socket] = PHASE.receive
      if (this.sockets.unread[socket] < this.awaitedBytes(socket)) return
    }
    this.wake(socket, core, nowNs)
  }

  /** {@link TcpListener.onWritable} */
  onWritable(socket: number, core: number, nowNs: number): void {
    const flow = socket >> 1
    if (this.flows.kind[flow] !== FLOW_KIND.tcpStream || (socket & 1) === 1) return
    if (this.timerPending[socket] === 1 || nowNs >= this.flows.stopNs[flow]) return
    const room = this.sockets.sendRoom(socket)
    if (room >= this.flows.sendBufferBytes[flow] * WRITABLE_SHARE || core < 0) this.wake(socket, core, nowNs)
  }

  /** A datagram was queued at its socket. */
  onDatagram(socket: number, core: number, nowNs: number): void {
    this.wake(socket, core, nowNs)
  }

  /** The kernel stopped accounting for datagrams of a socket: a blocked sender may go on. */
  onDatagramReleased(socket: number, nowNs: number): void {
    if (this.blocked[socket] === 0) return
    const inUse = this.sockets.outputBytes[socket]
    if (inUse >= this.flows.sendBufferBytes[socket >> 1] * DATAGRAM_WRITABLE_SHARE) return
    this.blocked[socket] = 0
    this.wake(socket, NONE, nowNs)
  }

  private wake(socket: number, core: number, nowNs: number): void {
    const own = this.sockets.threadCore[socket]
    if (own < 0) {
      this.runBare(socket, nowNs)
      return
    }
    const host = this.hostOf(socket)
    this.cores.wake(socket, own, core, this.costs.wakeUp[host] * this.hosts.nsPerCycle[host], nowNs)
  }

  /** A thread on a bare host: all its steps at once. */
  private runBare(socket: number, nowNs: number): void {
    do {
      const flow = socket >> 1
      this.stepStartNs[socket] = nowNs
      this.stepBytes[socket] = this.nextBytes(socket, flow)
    } while (this.finish(socket, NONE, nowNs))
  }

  private hostOf(socket: number): number {
    return (socket & 1) === 0 ? this.flows.clientHost[socket >> 1] : this.flows.serverHost[socket >> 1]
  }

  private isSending(thread: number, flow: number): boolean {
    return this.flows.kind[flow] === FLOW_KIND.tcpRr ? this.phase[thread] === PHASE.send : (thread & 1) === 0
  }

  /** Bytes that the next call of a thread moves. */
  private nextBytes(thread: number, flow: number): number {
    const { flows, sockets } = this
    switch (flows.kind[flow]) {
      case FLOW_KIND.tcpStream:
        return (thread & 1) === 0
          ? Math.max(0, Math.min(flows.writeBytes[flow], sockets.sendRoom(thread)))
          : Math.min(READ_BYTES, sockets.unread[thread])
      case FLOW_KIND.udpStream:
        return flows.writeBytes[flow]
      default:
        return this.phase[thread] === PHASE.send ? this.answerBytes(thread) : this.awaitedBytes(thread)
    }
  }

  private awaitedBytes(socket: number): number {
    return (socket & 1) === 0 ? this.flows.responseBytes[socket >> 1] : this.flows.requestBytes[socket >> 1]
  }

  private answerBytes(socket: number): number {
    return (socket & 1) === 0 ? this.flows.requestBytes[socket >> 1] : this.flows.responseBytes[socket >> 1]
  }

  private finishWrite(thread: number, core: number, nowNs: number): boolean {
    const { sockets, flows } = this
    const flow = thread >> 1
    sockets.written[thread] += this.stepBytes[thread]
    this.sender.transmit(thread, core, nowNs)
    if (nowNs >= flows.stopNs[flow]) return false
    if (flows.gapNs[flow] > 0) return this.isNextDue(thread, nowNs)
    return sockets.sendRoom(thread) > 0
  }

  private finishRead(thread: number, core: number, nowNs: number): boolean {
    const { sockets } = this
    const bytes = this.stepBytes[thread]
    sockets.unread[thread] -= bytes
    this.accounts.receive(this.flows.traffic[thread >> 1], bytes, nowNs)
    if (core >= 0) this.receiver.onRead(thread, core, nowNs)
    return sockets.unread[thread] > 0
  }

  private finishDatagram(thread: number, core: number, nowNs: number): boolean {
    this.udp.send(thread, core, nowNs)
    const flow = thread >> 1
    if (this.flows.gapNs[flow] > 0 && !this.isNextDue(thread, nowNs)) return false
    if (nowNs >= this.flows.stopNs[flow]) return false
    if (this.udp.canSend(thread)) return true
    this.blocked[thread] = 1
    return false
  }

  private finishDatagramRead(thread: number, nowNs: number): boolean {
    const bytes = this.stepBytes[thread]
    this.udp.read(thread, bytes)
    this.accounts.receive(this.flows.traffic[thread >> 1], bytes, nowNs)
    return this.sockets.unread[thread] > 0
  }

  /** A request–response end sends, or has read a message: the client then counts, both then answer. */
  private finishTransactionStep(thread: number, core: number, nowNs: number): boolean {
    const { sockets, accounts } = this
    const flow = thread >> 1
    const traffic = this.flows.traffic[flow]
    const bytes = this.stepBytes[thread]
    if (this.phase[thread] === PHASE.send) {
      if ((thread & 1) === 0) this.dueNs[thread] = this.stepStartNs[thread]
      sockets.isPingPong[thread] = 1
      this.phase[thread] = PHASE.receive
      sockets.written[thread] += bytes
      this.sender.transmit(thread, core, nowNs)
      return sockets.unread[thread] >= this.awaitedBytes(thread)
    }
    sockets.unread[thread] -= bytes
    accounts.receive(traffic, bytes, nowNs)
    this.phase[thread] = PHASE.send
    if ((thread & 1) === 1) return true
    accounts.transaction(traffic, nowNs - this.dueNs[thread], nowNs)
    return nowNs < this.flows.stopNs[flow]
  }

  /** Moves a paced thread's schedule on; returns whether it is late already, else sets the timer. */
  private isNextDue(thread: number, nowNs: number): boolean {
    const flow = thread >> 1
    const gaps = this.gaps[flow]
    this.dueNs[thread] += gaps === undefined ? this.flows.gapNs[flow] : gaps.next()
    const due = Math.ceil(this.dueNs[thread])
    if (due <= nowNs) return true
    this.schedule(thread, due)
    return false
  }

  private schedule(socket: number, atNs: number): void {
    this.timerPending[socket] = 1
    this.events.schedule(this.layout.application + socket, atNs)
  }
}
