/**
 * When segments may leave: the pacing rate (sk_pacing_rate), and who keeps to it: the socket with a timer of its own, or
 * the fq qdisc by each packet's time of departure (net/ipv4/tcp_output.c, tcp_update_skb_after_send).
 */

import { DISCIPLINE, type RunPlan } from '#shared/plan/index'
import { SECOND_NS } from '#shared/units/index'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import type { PacketPool } from '../packet-pool'
import type { Sockets } from './sockets'
import { INITIAL_WINDOW, PACING_RATIO } from './tcp-constants'

/** Who paces a socket (sk_pacing_status). */
export const PACES = { no: 0, socket: 1, queue: 2 } as const

/** Who paces each socket from the start: the fq qdisc of its host's NIC does, by the departure times of packets. */
export function pacedByQueues({ flows, hosts, disciplines }: Pick<RunPlan, 'flows' | 'hosts' | 'disciplines'>): Uint8Array {
  return Uint8Array.from({ length: flows.count * 2 }, (_, socket) => {
    const flow = socket >> 1
    const host = (socket & 1) === 0 ? flows.clientHost[flow] : flows.serverHost[flow]
    const qdisc = hosts.qdisc[host]
    const isLocal = flows.clientHost[flow] === flows.serverHost[flow]
    return !isLocal && qdisc >= 0 && disciplines.kind[qdisc] === DISCIPLINE.fq ? PACES.queue : PACES.no
  })
}

export class Pacing {
  private readonly sockets: Sockets
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly pending: Uint8Array
  private readonly sent: Float64Array

  constructor(parts: { sockets: Sockets; pool: PacketPool; events: EventQueue; layout: EventLayout }) {
    this.sockets = parts.sockets
    this.pool = parts.pool
    this.events = parts.events
    this.layout = parts.layout
    this.pending = new Uint8Array(parts.sockets.count)
    this.sent = new Float64Array(parts.sockets.count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.sockets.nextDepartureNs[socket] = 0
    this.sent[socket] = 0
  }

  /** tcp_pacing_check: whether a socket that paces itself must wait; its timer then runs. */
  mustWait(socket: number, nowNs: number): boolean {
    const { sockets } = this
    if (sockets.paces[socket] !== PACES.socket || sockets.nextDepartureNs[socket] <= nowNs) return false
    if (this.pending[socket] === 0) {
      this.pending[socket] = 1
      this.events.schedule(this.layout.pacing + socket, Math.ceil(sockets.nextDepartureNs[socket]))
    }
    return true
  }

  /** The pacing timer fired. */
  onTimer(socket: number): void {
    this.pending[socket] = 0
  }

  /** Notes that a packet leaves, and when the next may. The first ten segments are not paced, as fq never did. */
  depart(socket: number, packet: number, segments: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.paces[socket] === PACES.no) return
    const before = sockets.nextDepartureNs[socket]
    const departs = Math.max(before, nowNs)
    if (sockets.paces[socket] === PACES.queue) this.pool.departNs[packet] = Math.ceil(departs)
    const rate = sockets.pacingRate[socket]
    let lengthNs = 0
    if (rate > 0 && this.sent[socket] >= INITIAL_WINDOW) {
      lengthNs = (this.pool.payloadBytes[packet] * SECOND_NS) / rate
      // What a late timer cost is made up for, by half a packet's time at most.
      lengthNs -= Math.min(lengthNs / 2, departs - before)
    }
    this.sent[socket] += segments
    sockets.nextDepartureNs[socket] = departs + lengthNs
  }

  /** tcp_update_pacing_rate: twice the window a round trip in slow start, 1.2 times later. */
  update(socket: number): void {
    const { sockets } = this
    const rtt = sockets.smoothedRttNs[socket]
    if (rtt === 0) return
    const cwnd = sockets.cwnd[socket]
    const ratio = cwnd < sockets.ssthresh[socket] / 2 ? PACING_RATIO.slowStart : PACING_RATIO.avoidance
    const window = Math.max(cwnd, sockets.flight[socket].out)
    sockets.pacingRate[socket] = (ratio * window * sockets.mssBytes[socket] * SECOND_NS) / rtt
  }
}
