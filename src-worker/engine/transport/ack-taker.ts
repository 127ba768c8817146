/**
 * What an acknowledgement does to a sender (net/ipv4/tcp_input.c, tcp_ack): the scoreboard, round-trip times, losses, the
 * congestion window and the timers, in the kernel's order.
 */

import { PACKET_FLAG, type PacketPool, SACK_BLOCKS } from '../packet-pool'
import { AckSample } from './ack-sample'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import type { Flight } from './flight'
import type { LossProbe } from './loss-probe'
import { RESEND, type LossRecovery } from './loss-recovery'
import type { Pacing } from './pacing'
import type { RoundTripTimes } from './round-trip-time'
import { SEND_TIMER, type SendTimers } from './send-timers'
import type { SendWaits } from './send-waits'
import { LOSS_STATE, type Sockets } from './sockets'
import { REORDERING } from './tcp-constants'
import type { SenderParts, TcpSender } from './tcp-sender'
import { echoedNs } from './timestamp-clock'
import type { WindowUse } from './window-use'

export class AckTaker {
  private readonly sockets: Sockets
  private readonly pool: PacketPool
  private readonly algorithms: readonly CongestionAlgorithm[]
  private readonly recovery: LossRecovery
  private readonly timers: SendTimers
  private readonly waits: SendWaits
  private readonly probe: LossProbe
  private readonly use: WindowUse
  private readonly pacing: Pacing
  private readonly rtt: RoundTripTimes
  private readonly sender: TcpSender
  private readonly sample = new AckSample()
  /** Blocks of the packet in hand, sorted. */
  private readonly blocks = new Float64Array(SACK_BLOCKS * 2)
  private readonly duplicates: Int32Array

  constructor(parts: SenderParts & { rtt: RoundTripTimes; sender: TcpSender }) {
    this.sockets = parts.sockets
    this.pool = parts.pool
    this.algorithms = parts.algorithms
    this.recovery = parts.recovery
    this.timers = parts.timers
    this.waits = parts.waits
    this.probe = parts.probe
    this.use = parts.use
    this.pacing = parts.pacing
    this.rtt = parts.rtt
    this.sender = parts.sender
    this.duplicates = new Int32Array(parts.sockets.count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.duplicates[socket] = 0
  }

  /** Takes the acknowledgement that a packet carries. Returns the bytes it newly acknowledged. */
  take(socket: number, packet: number, core: number, nowNs: number): number {
    const { sockets, pool, sample } = this
    const flight = sockets.flight[socket]
    const una = sockets.sndUna[socket]
    const acknowledged = pool.acknowledged[packet]
    if (acknowledged > sockets.sndNxt[socket] || acknowledged < una) {
      if (acknowledged < una && pool.sackCount[packet] > 0 && flight.out > 0) this.takeOld(socket, packet, core, nowNs)
      return 0
    }
    const edge = acknowledged + pool.windowBytes[packet]
    const opens = edge > sockets.windowEdge[socket]
    if (opens) sockets.windowEdge[socket] = edge
    if (flight.out === 0) {
      if (opens && this.timers.kind[socket] === SEND_TIMER.windowProbe) this.timers.stop(socket)
      sockets.timeouts[socket] = 0
      return 0
    }
    sample.reset(una, flight.inNetwork)
    flight.beginAck()
    sample.advanced = acknowledged > una
    sample.isNoDuplicate = sample.advanced || opens || pool.payloadBytes[packet] > 0
    sample.echoesCongestion = sockets.usesEcn[socket] === 1 && (pool.flags[packet] & PACKET_FLAG.ece) !== 0
    this.process(socket, packet, flight, core, nowNs)
    return acknowledged - una
  }

  private takeOld(socket: number, packet: number, core: number, nowNs: number): void {
    const { sockets, sample } = this
    const flight = sockets.flight[socket]
    sample.reset(sockets.sndUna[socket], flight.inNetwork)
    flight.beginAck()
    this.takeBlocks(socket, packet, flight, nowNs)
    if (!sample.sackedNew) return
    this.finish(socket, this.pool.echoNs[packet], flight, core, nowNs)
  }

  private process(socket: number, packet: number, flight: Flight, core: number, nowNs: number): void {
    const { sockets, pool, sample } = this
    const acknowledged = pool.acknowledged[packet]
    const echoNs = pool.echoNs[packet]
    const outBefore = flight.out
    const sackedBefore = flight.sacked
    if (sample.advanced) {
      sockets.sndUna[socket] = acknowledged
      sockets.timeouts[socket] = 0
    }
    if (pool.sackCount[packet] > 0) this.takeBlocks(socket, packet, flight, nowNs)
    if (sample.advanced) {
      const point = this.recovery.point[socket]
      flight.acknowledge(acknowledged, echoNs, sockets.minRttNs[socket], point, nowNs, sample)
      // One segment, no news of others: the receiver may have waited for a second one.
      sample.mayBeDelayed = outBefore === 1 && flight.out === 0 && sackedBefore === 0
    }
    this.measure(socket, echoNs, nowNs)
    this.finish(socket, echoNs, flight, core, nowNs)
  }

  private finish(socket: number, echoNs: number, flight: Flight, core: number, nowNs: number): void {
    const { sockets, sample, recovery, sender } = this
    const mss = sockets.mssBytes[socket]
    if (sample.reorderedFrom < Infinity) flight.rack.noteReordering(sample.reorderedFrom, flight.highestSackStart, mss)
    flight.rack.adapt(sample.priorDelivered, flight.delivered + sample.delivered)
    const lostBefore = flight.lostTotal
    const isPureDuplicate = !sample.advanced && !sample.isNoDuplicate && !sample.sackedNew
    if (this.probe.onAck(socket, sockets.sndUna[socket], sample.probeDuplicated, isPureDuplicate)) {
      recovery.onProbeRepair(socket, nowNs)
    }
    let resend: number = RESEND.none
    if (this.isDubious(socket)) resend = recovery.onAck(socket, sample, echoNs, nowNs)
    this.setTimer(socket, flight, nowNs)
    flight.delivered += sample.delivered
    if (sample.echoesCongestion) flight.deliveredMarked += sample.delivered
    sample.lost = flight.lostTotal - lostBefore
    this.finishRate(socket, flight, nowNs)
    this.adaptWindow(socket, nowNs)
    if (resend === RESEND.none) return
    if (resend === RESEND.fresh) {
      const before = sockets.sndNxt[socket]
      sender.transmit(socket, core, nowNs)
      if (sockets.sndNxt[socket] > before) return
      recovery.stopTest(socket)
    }
    sender.sendLost(socket, core, nowNs)
  }

  /** tcp_ack_is_dubious. */
  private isDubious(socket: number): boolean {
    const { sample } = this
    return (
      !sample.isNoDuplicate ||
      sample.sackedNew ||
      sample.echoesCongestion ||
      sample.duplicateData ||
      this.sockets.lossState[socket] !== LOSS_STATE.open
    )
  }

  /** The first block may report data that came twice (RFC 2883); the others are taken in ascending order. */
  private takeBlocks(socket: number, packet: number, flight: Flight, nowNs: number): void {
    const { pool, blocks, sockets } = this
    const edges = pool.sackEdges
    const from = packet
    const count = pool.sackCount[packet]
    const start = edges[from]
    const end = edges[from + 1]
    const isBelow = start < pool.acknowledged[packet]
    const isInside = count > 1 && start >= edges[from + 2] && end <= edges[from + 3]
    let kept = 0
    if (isBelow || isInside) this.takeDuplicate(socket, start, end, flight)
    for (let block = isBelow || isInside ? 1 : 0; block < count; block++) {
      this.insertBlock(kept++, edges[from + block * 2], edges[from + block * 2 + 1])
    }
    const point = this.recovery.point[socket]
    const minRtt = sockets.minRttNs[socket]
    for (let block = 0; block < kept; block++) {
      flight.sack(blocks[block * 2], blocks[block * 2 + 1], minRtt, point, nowNs, this.sample)
    }
    flight.remember(blocks, kept)
  }

  private insertBlock(count: number, start: number, end: number): void {
    const { blocks } = this
    let at = count
    while (at > 0 && blocks[at * 2 - 2] > start) {
      blocks[at * 2] = blocks[at * 2 - 2]
      blocks[at * 2 + 1] = blocks[at * 2 - 1]
      at--
    }
    blocks[at * 2] = start
    blocks[at * 2 + 1] = end
  }

  /** tcp_dsack_seen. */
  private takeDuplicate(socket: number, start: number, end: number, flight: Flight): void {
    const { sample, sockets } = this
    const mss = sockets.mssBytes[socket]
    const segments = Math.max(1, Math.ceil((end - start) / mss))
    if (segments === 1 && this.probe.isEnd(socket, end)) sample.probeDuplicated = true
    this.duplicates[socket] += segments
    // More duplicates than retransmissions: the network makes them.
    if (this.duplicates[socket] > flight.sentAgainTotal) return
    if (!sample.probeDuplicated) flight.rack.noteDuplicate()
    sample.duplicateData = true
    this.recovery.evidence.noteDuplicate(socket, end, segments)
  }

  /** tcp_ack_update_rtt: from segments sent once; where there is none, from timestamps, which tick coarsely. */
  private measure(socket: number, echoNs: number, nowNs: number): void {
    const { sample, sockets } = this
    let rttNs = -1
    if (sample.firstAckedSentNs >= 0 && !sample.ackedSentAgain) {
      rttNs = nowNs - sample.firstAckedSentNs
      sample.rttNs = nowNs - sample.lastAckedSentNs
    }
    if (sample.firstSackedSentNs >= 0) {
      if (rttNs < 0) rttNs = nowNs - sample.firstSackedSentNs
      sample.rttNs = nowNs - sample.lastSackedSentNs
    }
    if (rttNs < 0 && sample.advanced && echoNs >= 0) {
      rttNs = echoedNs(echoNs, nowNs)
      sample.rttNs = rttNs
    }
    if (rttNs < 0) return
    if (sample.rttNs < sockets.minRttNs[socket]) sockets.minRttNs[socket] = sample.rttNs
    this.rtt.sample(socket, rttNs)
  }

  /** Something outstanding was acknowledged, or time is bought by news of what was sent after the head. */
  private setTimer(socket: number, flight: Flight, nowNs: number): void {
    const { sample, waits } = this
    if (sample.reorderTimerSet) {
      waits.armReordering(socket, this.recovery.reorderWaitNs, nowNs)
      return
    }
    if (!sample.advanced) {
      if (sample.firstSackedSentNs < 0 || flight.out === 0) return
      const { ring } = flight
      if (ring.sentNs[ring.head & ring.mask] <= sample.firstSackedSentNs) return
    }
    waits.onAck(socket, nowNs)
  }

  /** tcp_rate_gen: how fast segments were delivered, over the longer of the times they were sent and acknowledged in. */
  private finishRate(socket: number, flight: Flight, nowNs: number): void {
    const { sample } = this
    if (flight.appLimitedUntil > 0 && flight.delivered > flight.appLimitedUntil) flight.appLimitedUntil = 0
    if (sample.delivered > 0) flight.deliveredNs = nowNs
    if (sample.priorDelivered < 0) return
    const intervalNs = Math.max(sample.sendIntervalNs, nowNs - sample.priorDeliveredNs)
    sample.rateDelivered = flight.delivered - sample.priorDelivered
    if (intervalNs >= this.sockets.minRttNs[socket]) sample.rateIntervalNs = intervalNs
  }

  /** tcp_cong_control. */
  private adaptWindow(socket: number, nowNs: number): void {
    const { sockets, sample } = this
    const { reduction } = this.recovery
    const algorithm = this.algorithms[sockets.congestion[socket]]
    algorithm.onSample(socket, sample, nowNs)
    if (algorithm.isModelBased) {
      algorithm.control(socket, sample, nowNs)
      return
    }
    if (reduction.isUnderWay(socket)) {
      reduction.proceed(socket, sample.delivered, sample.lost, sample.advanced)
    } else if (this.mayGrow(socket) && this.use.isUsed(socket)) {
      algorithm.grow(socket, sample.delivered, nowNs)
    }
    this.pacing.update(socket)
  }

  /** tcp_may_raise_cwnd: on paths that reorder, what is sacked counts too. */
  private mayGrow(socket: number): boolean {
    const { sample } = this
    if (this.sockets.flight[socket].rack.reordering > REORDERING) return sample.advanced || sample.sackedNew
    return sample.ackedOriginal || sample.ackedSentAgain
  }
}
