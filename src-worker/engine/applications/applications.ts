/**
 * Runs the programs at the ends of flows: hands each event to the application of the flow's kind, and runs its threads on
 * cores (or, on bare hosts, at once).
 */

import { FLOW_KIND, type ApplicationCosts, type FlowTable, type HostTable, type SizeTable } from '#shared/plan/index'
import { CALL, type Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { Cores } from '../host/cores'
import type { ThreadRunner } from '../host/thread-turns'
import type { EventLayout } from '../layout'
import type { Outlet } from '../transport/outlet'
import type { SocketLocks } from '../transport/socket-locks'
import type { Sockets } from '../transport/sockets'
import type { Tcp } from '../transport/tcp'
import type { TcpListener } from '../transport/tcp-listener'
import type { TcpReceiver } from '../transport/tcp-receiver'
import type { TcpSender } from '../transport/tcp-sender'
import type { DatagramListener, Udp } from '../transport/udp'
import type { Application, ApplicationParts } from './application'
import { DatagramExchange } from './datagram-exchange'
import { MessageDraws } from './message-draws'
import { Pace } from './pace'
import { RequestResponse } from './request-response'
import { TcpStream } from './tcp-stream'
import { Threads } from './threads'
import { UdpStream } from './udp-stream'
import { WorkPools } from './work-pools'

const NONE = -1

export class Applications implements ThreadRunner, TcpListener, DatagramListener {
  private readonly flows: FlowTable
  private readonly hosts: HostTable
  private readonly costs: ApplicationCosts
  private readonly sockets: Sockets
  private readonly accounts: Accounts
  private readonly cores: Cores
  private readonly threads: Threads
  /** The application of each flow. */
  private readonly ofFlow: Application[]
  private readonly started: Uint8Array
  private readonly locks: SocketLocks

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
    outlet: Outlet
    locks: SocketLocks
    sizes: SizeTable
    seed: number
  }) {
    const { flows, sockets, seed } = parts
    this.flows = flows
    this.hosts = parts.hosts
    this.costs = parts.costs
    this.sockets = sockets
    this.accounts = parts.accounts
    this.cores = parts.cores
    this.threads = new Threads(sockets.count, parts.events, parts.layout)
    this.threads.wake = (thread, core, nowNs) => this.wake(thread, core, nowNs)
    this.started = new Uint8Array(flows.count)
    this.locks = parts.locks
    const byKind = applicationsByKind({ ...parts, threads: this.threads }, new MessageDraws(flows, parts.sizes, seed))
    this.ofFlow = Array.from(flows.kind, (kind) => byKind[kind])
  }

  /** Schedules the first action of every flow. `delayNs` spreads the starts of processes on real hosts. */
  start(isOwn: (host: number) => boolean, delayNs: (flow: number) => number): void {
    for (let flow = 0; flow < this.flows.count; flow++) {
      // What carries another flow on has no application.
      if (this.flows.kind[flow] === FLOW_KIND.relay || !isOwn(this.flows.clientHost[flow])) continue
      this.threads.setTimer(flow * 2, this.flows.startNs[flow] + delayNs(flow))
    }
  }

  /** A thread's timer fired: the client's first one starts its flow; else what the application waited for is due. */
  onTimer(thread: number, nowNs: number): void {
    this.threads.timerFired(thread)
    const flow = thread >> 1
    if ((thread & 1) === 1 || this.started[flow] === 1) {
      this.ofFlow[flow].onTimer(thread, nowNs)
    } else if (nowNs < this.flows.stopNs[flow]) {
      this.started[flow] = 1
      this.ofFlow[flow].start(thread, nowNs)
    }
  }

  /** {@link ThreadRunner.begin} */
  begin(thread: number, nowNs: number): number {
    const flow = thread >> 1
    this.ofFlow[flow].beginCall(thread, nowNs)
    const { threads } = this
    const host = this.hostOf(thread)
    const call = threads.call[thread]
    const costNs = this.cyclesOf(call, flow, host, threads.bytes[thread]) * this.hosts.nsPerCycle[host]
    this.accounts.call(host, call, costNs, nowNs)
    if (call !== CALL.accept) this.locks.hold(thread)
    return costNs
  }

  /** {@link ThreadRunner.finish} */
  finish(thread: number, core: number, nowNs: number): boolean {
    this.locks.release(thread, core, nowNs)
    return this.ofFlow[thread >> 1].finishCall(thread, core, nowNs)
  }

  /** {@link TcpListener.onEstablished} */
  onEstablished(socket: number, core: number, nowNs: number): void {
    this.ofFlow[socket >> 1].onEstablished(socket, core, nowNs)
  }

  /** {@link TcpListener.onReadable}, {@link DatagramListener.onReadable} */
  onReadable(socket: number, _bytes: number, core: number, nowNs: number): void {
    this.ofFlow[socket >> 1].onReadable(socket, core, nowNs)
  }

  /** {@link TcpListener.onWritable}, {@link DatagramListener.onWritable} */
  onWritable(socket: number, core: number, nowNs: number): void {
    this.ofFlow[socket >> 1].onWritable(socket, core, nowNs)
  }

  /** {@link TcpListener.onEndOfStream} */
  onEndOfStream(socket: number, core: number, nowNs: number): void {
    this.ofFlow[socket >> 1].onEndOfStream(socket, core, nowNs)
  }

  /** {@link TcpListener.onClosed} Whoever closed has done with the connection already. */
  onClosed(): void {}

  /** {@link TcpListener.onReset} */
  onReset(socket: number, core: number, nowNs: number): void {
    this.ofFlow[socket >> 1].onReset(socket, core, nowNs)
  }

  /** Cycles of a system call that moves so many bytes. */
  private cyclesOf(call: number, flow: number, host: number, bytes: number): number {
    const { costs } = this
    switch (call) {
      case CALL.send:
        return costs.sendPerCall[host] + (this.flows.zeroCopy[flow] === 1 ? costs.sendfilePerByte : costs.sendPerByte)[host] * bytes
      case CALL.receive:
        return costs.receivePerCall[host] + costs.receivePerByte[host] * bytes
      case CALL.connect:
        return costs.connect[host]
      case CALL.accept:
        return costs.accept[host]
      default:
        return costs.close[host]
    }
  }

  private wake(thread: number, core: number, nowNs: number): void {
    const own = this.sockets.threadCore[thread]
    if (own < 0) {
      this.runBare(thread, nowNs)
      return
    }
    const host = this.hostOf(thread)
    this.cores.wake(thread, own, core, this.costs.wakeUp[host] * this.hosts.nsPerCycle[host], nowNs)
  }

  /** A thread on a bare host: all its calls at once. */
  private runBare(thread: number, nowNs: number): void {
    const application = this.ofFlow[thread >> 1]
    do application.beginCall(thread, nowNs)
    while (application.finishCall(thread, NONE, nowNs))
  }

  private hostOf(thread: number): number {
    return (thread & 1) === 0 ? this.flows.clientHost[thread >> 1] : this.flows.serverHost[thread >> 1]
  }
}

/** The application of each kind of flow, by the kind's number. */
function applicationsByKind(parts: ApplicationParts, draws: MessageDraws): Application[] {
  const pace = new Pace(parts.flows, parts.seed)
  const requests = new RequestResponse(parts, new WorkPools(parts.flows, parts.threads, pace), draws)
  const datagrams = new DatagramExchange(parts, pace)
  const byKind: Application[] = []
  byKind[FLOW_KIND.tcpStream] = new TcpStream(parts, pace)
  byKind[FLOW_KIND.udpStream] = new UdpStream(parts, pace)
  byKind[FLOW_KIND.tcpRr] = byKind[FLOW_KIND.tcpCrr] = byKind[FLOW_KIND.http] = requests
  byKind[FLOW_KIND.udpRr] = byKind[FLOW_KIND.icmp] = datagrams
  return byKind
}
