/**
 * The sending half of a TCP connection: windows, trains, loss detection by selective acknowledgements (RFC 6675),
 * proportional rate reduction (RFC 6937), retransmission timeout (RFC 6298 with Linux's bounds).
 */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { EventQueue } from '../event-queue'
import type { EventLayout } from '../layout'
import { PACKET_FLAG, SACK_BLOCKS, type PacketPool } from '../packet-pool'
import type { CongestionControl } from './congestion'
import { LossRecovery } from './loss-recovery'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import { LOSS_STATE, SOCKET_STATE, type Sockets } from './sockets'
import {
  MAX_RTO_NS,
  MAX_SYN_TIMEOUTS,
  MAX_TIMEOUTS,
  MIN_RTO_NS,
  OUTPUT_LIMIT_BYTES,
  PACING_RATIO,
  PACING_SHIFT,
  RTT_GAIN,
  TSO_RTT_SHIFT,
  TSO_WINDOW_DIVISOR,
} from './tcp-constants'

const SECOND_NS = 1e9
const MICROSECOND_NS = 1000
/** Bytes of a full-sized train in the kernel's accounts (gso_max_size). */
const GSO_MAX_BYTES = 65536

/** What a sender needs of the receiving half of its socket. */
export interface AckState {
  /** Fills in acknowledgement, window and echo of a packet that leaves, and takes note that they went. */
  stamp(socket: number, packet: number): void
}

export class TcpSender {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly events: EventQueue
  private readonly layout: EventLayout
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: Outlet
  private readonly congestion: CongestionControl
  private readonly recovery: LossRecovery
  /** Set once by the engine. */
  ackState!: AckState

  constructor(parts: {
    sockets: Sockets
    flows: FlowTable
    pool: PacketPool
    events: EventQueue
    layout: EventLayout
    accounts: Accounts
    maker: PacketMaker
    outlet: Outlet
    congestion: CongestionControl
  }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.pool = parts.pool
    this.events = parts.events
    this.layout = parts.layout
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.congestion = parts.congestion
    this.recovery = new LossRecovery(parts.sockets, parts.flows, parts.congestion)
  }

  /** Sends whatever the windows, the queue limit and the application allow. */
  transmit(socket: number, core: number, nowNs: number): void {
    const { sockets } = this
    if (sockets.sending[socket] === 1) {
      sockets.throttled[socket] = 1
      return
    }
    sockets.sending[socket] = 1
    sockets.sendCore[socket] = core
    do {
      sockets.throttled[socket] = 0
      while (this.sendNext(socket, core, nowNs));
      // A train that left meanwhile may have made room.
    } while (sockets.throttled[socket] === 1 && sockets.outputBytes[socket] < this.outputLimit(socket))
    sockets.sending[socket] = 0
  }

  /** The NIC or another network namespace took `bytes` over: a throttled socket goes on. */
  released(socket: number, bytes: number, nowNs: number): void {
    const { sockets } = this
    sockets.outputBytes[socket] -= bytes
    if (sockets.throttled[socket] === 1) this.transmit(socket, sockets.sendCore[socket], nowNs)
  }

  /**
   * Takes the acknowledgement of a packet from the peer. Returns the bytes it newly acknowledged.
   */
  onAck(socket: number, packet: number, nowNs: number): number {
    const { sockets, pool } = this
    const edge = pool.acknowledged[packet] + pool.windowBytes[packet]
    if (edge > sockets.windowEdge[socket]) sockets.windowEdge[socket] = edge
    const acked = Math.max(0, pool.acknowledged[packet] - sockets.sndUna[socket])
    const sackedBefore = sockets.sacked.total(socket)
    this.takeBlocks(socket, packet)
    if (acked === 0 && sockets.sacked.total(socket) === sackedBefore) return 0
    const rttNs = acked > 0 && pool.echoNs[packet] >= 0 ? nowNs - pool.echoNs[packet] : -1
    if (rttNs >= 0) this.sampleRtt(socket, rttNs)
    this.noteUse(socket)
    if (acked > 0) {
      sockets.sndUna[socket] += acked
      sockets.sacked.trim(socket, sockets.sndUna[socket])
      sockets.timeouts[socket] = 0
    }
    const wasInRecovery = sockets.lossState[socket] === LOSS_STATE.recovery
    this.recovery.onAck(socket, acked + sockets.sacked.total(socket) - sackedBefore)
    if (!wasInRecovery && sockets.lossState[socket] !== LOSS_STATE.recovery && acked > 0) {
      this.congestion.onAck(socket, acked / this.flows.mssBytes[socket >> 1], rttNs, nowNs)
    }
    this.rearm(socket, nowNs)
    return acked
  }

  /** Starts the timer anew: something is outstanding, or nothing is. */
  rearm(socket: number, nowNs: number): void {
    const { sockets } = this
    const waits = sockets.sndNxt[socket] > sockets.sndUna[socket]
    sockets.rtoDeadlineNs[socket] = waits ? Math.round(nowNs + sockets.rtoNs[socket]) : Infinity
    if (!waits || sockets.rtoPending[socket] === 1) return
    sockets.rtoPending[socket] = 1
    this.events.schedule(this.layout.retransmit + socket, sockets.rtoDeadlineNs[socket])
  }

  /**
   * The timer's event fired: returns whether the time is really out. The event stays where it was first scheduled while
   * acknowledgements move the deadline on.
   */
  isTimedOut(socket: number, nowNs: number): boolean {
    const { sockets } = this
    const deadline = sockets.rtoDeadlineNs[socket]
    sockets.rtoPending[socket] = 0
    if (deadline === Infinity) return false
    if (deadline <= nowNs) return true
    sockets.rtoPending[socket] = 1
    this.events.schedule(this.layout.retransmit + socket, deadline)
    return false
  }

  /** Retransmission timeout: everything not acknowledged counts as lost, and the window falls to one segment. */
  onTimeout(socket: number, nowNs: number): void {
    const { sockets } = this
    this.recovery.enterTimeout(socket)
    this.transmit(socket, sockets.threadCore[socket], nowNs)
    this.rearm(socket, nowNs)
  }

  /** Doubles the timeout; false when the connection is given up. */
  backOff(socket: number): boolean {
    const { sockets } = this
    const isOpening = sockets.state[socket] <= SOCKET_STATE.synReceived
    if (++sockets.timeouts[socket] > (isOpening ? MAX_SYN_TIMEOUTS : MAX_TIMEOUTS)) return false
    sockets.rtoNs[socket] = Math.min(MAX_RTO_NS, sockets.rtoNs[socket] * 2)
    return true
  }

  /** Round-trip time estimator (RFC 6298; tcp_rtt_estimator): RTO = SRTT + max(200 ms, 4 × deviation). */
  sampleRtt(socket: number, rttNs: number): void {
    const { sockets } = this
    sockets.minRttNs[socket] = Math.min(sockets.minRttNs[socket], rttNs)
    if (sockets.smoothedRttNs[socket] === 0) {
      sockets.smoothedRttNs[socket] = rttNs
      sockets.rttDeviationNs[socket] = rttNs / 2
    } else {
      const error = rttNs - sockets.smoothedRttNs[socket]
      sockets.smoothedRttNs[socket] += error * RTT_GAIN.smoothed
      sockets.rttDeviationNs[socket] += (Math.abs(error) - sockets.rttDeviationNs[socket]) * RTT_GAIN.deviation
    }
    const margin = Math.max(MIN_RTO_NS, 4 * sockets.rttDeviationNs[socket])
    sockets.rtoNs[socket] = Math.min(MAX_RTO_NS, sockets.smoothedRttNs[socket] + margin)
  }

  private sendNext(socket: number, core: number, nowNs: number): boolean {
    const { sockets } = this
    if (sockets.outputBytes[socket] >= this.outputLimit(socket)) {
      sockets.throttled[socket] = 1
      sockets.cwndLimited[socket] = 0
      return false
    }
    const mss = this.flows.mssBytes[socket >> 1]
    const room = Math.floor(sockets.cwnd[socket]) * mss - this.recovery.bytesInFlight(socket)
    if (sockets.lossState[socket] !== LOSS_STATE.open) {
      const hole = this.recovery.nextHole(socket)
      if (hole >= 0) return room >= mss && this.sendAgain(socket, hole, core, nowNs)
    }
    const bytes = this.newDataAllowed(socket, room, mss)
    const end = sockets.sndNxt[socket] + bytes
    const hasFin = end === sockets.sndFin[socket]
    if (bytes <= 0 && !hasFin) return false
    this.send(socket, sockets.sndNxt[socket], bytes, hasFin ? PACKET_FLAG.fin : 0, core, nowNs)
    sockets.sndNxt[socket] = hasFin ? end + 1 : end
    if (sockets.rtoDeadlineNs[socket] === Infinity) this.rearm(socket, nowNs)
    return true
  }

  private sendAgain(socket: number, hole: number, core: number, nowNs: number): boolean {
    const { sockets, accounts, flows } = this
    const end = hole + this.recovery.holeBytes(socket, hole)
    const hasFin = end >= sockets.sndFin[socket] && sockets.sndNxt[socket] > sockets.sndFin[socket]
    const bytes = Math.min(end, sockets.sndFin[socket]) - hole
    this.send(socket, hole, bytes, PACKET_FLAG.retransmission | (hasFin ? PACKET_FLAG.fin : 0), core, nowNs)
    sockets.highRetransmit[socket] = hasFin ? sockets.sndFin[socket] + 1 : end
    accounts.retransmits[flows.traffic[socket >> 1]]++
    return true
  }

  private send(socket: number, from: number, bytes: number, flags: number, core: number, nowNs: number): void {
    const { sockets, pool } = this
    const segments = Math.max(1, Math.ceil(bytes / this.flows.mssBytes[socket >> 1]))
    const kind = bytes > 0 ? PACKET_FLAG.owned : PACKET_FLAG.control
    const packet = this.maker.make(socket, from, bytes, segments, flags | PACKET_FLAG.ack | kind, nowNs)
    pool.ownedBytes[packet] = bytes
    sockets.outputBytes[socket] += bytes
    if (sockets.lossState[socket] === LOSS_STATE.recovery) sockets.prrSent[socket] += bytes
    this.ackState.stamp(socket, packet)
    this.outlet.emit(packet, core, nowNs)
  }

  /** Bytes of new data that may go as one train now: a multiple of the segment size unless it is all there is. */
  private newDataAllowed(socket: number, room: number, mss: number): number {
    const { sockets } = this
    const available = sockets.written[socket] - sockets.sndNxt[socket]
    const window = sockets.windowEdge[socket] - sockets.sndNxt[socket]
    sockets.cwndLimited[socket] = room < available && room <= window ? 1 : 0
    const allowed = Math.min(room, window)
    if (available <= 0 || allowed <= 0) return 0
    const train = this.trainBytes(socket, mss)
    const bytes = Math.min(available, allowed, train)
    if (bytes === available) return this.nagleHolds(socket, bytes, mss) ? 0 : bytes
    const whole = Math.floor(bytes / mss) * mss
    if (whole < Math.min(train, available) && this.shouldDefer(socket, whole)) return 0
    return whole
  }

  /** Nagle (RFC 1122, section 4.2.3.4): a short segment waits while a full window's worth is on its way. */
  private nagleHolds(socket: number, bytes: number, mss: number): boolean {
    const { sockets } = this
    return bytes < mss && sockets.sndNxt[socket] > sockets.sndUna[socket] && sockets.sndFin[socket] === Infinity
  }

  /** tcp_tso_should_defer: a small part of the window waits for the acknowledgements that will make it larger. */
  private shouldDefer(socket: number, bytes: number): boolean {
    const { sockets } = this
    const mss = this.flows.mssBytes[socket >> 1]
    const inFlight = sockets.sndNxt[socket] > sockets.sndUna[socket]
    return inFlight && bytes < (sockets.cwnd[socket] * mss) / TSO_WINDOW_DIVISOR && sockets.lossState[socket] === LOSS_STATE.open
  }

  /** tcp_tso_autosize: a millisecond's worth at the pacing rate, more on short paths, at most the device's limit. */
  private trainBytes(socket: number, mss: number): number {
    const { sockets } = this
    const most = this.flows.gsoSegments[socket >> 1] * mss
    const shift = Math.floor(sockets.minRttNs[socket] / MICROSECOND_NS / 2 ** TSO_RTT_SHIFT)
    const extra = shift < 32 ? GSO_MAX_BYTES / 2 ** shift : 0
    const bytes = Math.min(most, this.pacingRate(socket) / 2 ** PACING_SHIFT + extra)
    return Math.max(Math.min(most, 2 * mss), Math.floor(bytes / mss) * mss)
  }

  /** Pacing rate as the kernel keeps it for its limits, bytes per second. */
  private pacingRate(socket: number): number {
    const { sockets } = this
    const mss = this.flows.mssBytes[socket >> 1]
    const ratio = sockets.cwnd[socket] < sockets.ssthresh[socket] / 2 ? PACING_RATIO.slowStart : PACING_RATIO.avoidance
    const rtt = sockets.smoothedRttNs[socket]
    return rtt > 0 ? (ratio * sockets.cwnd[socket] * mss * SECOND_NS) / rtt : 0
  }

  /** TCP small queues: bytes that may lie below the socket. */
  private outputLimit(socket: number): number {
    const mss = this.flows.mssBytes[socket >> 1]
    const train = this.flows.gsoSegments[socket >> 1] * mss
    return Math.min(OUTPUT_LIMIT_BYTES, Math.max(2 * train, this.pacingRate(socket) / 2 ** PACING_SHIFT))
  }

  /** tcp_is_cwnd_limited: in slow start a window counts as used when half of it was. */
  private noteUse(socket: number): void {
    const { sockets } = this
    if (sockets.cwnd[socket] >= sockets.ssthresh[socket]) return
    const inFlight = sockets.sndNxt[socket] - sockets.sndUna[socket]
    if (sockets.cwnd[socket] * this.flows.mssBytes[socket >> 1] < 2 * inFlight) sockets.cwndLimited[socket] = 1
  }

  private takeBlocks(socket: number, packet: number): void {
    const { sockets, pool } = this
    const blocks = pool.sackCount[packet]
    for (let block = 0; block < blocks; block++) {
      const at = (packet * SACK_BLOCKS + block) * 2
      const start = Math.max(pool.sackEdges[at], sockets.sndUna[socket])
      const end = Math.min(pool.sackEdges[at + 1], sockets.sndNxt[socket])
      if (end > start) sockets.sacked.insert(socket, start, end)
    }
  }
}
