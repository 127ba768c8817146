/**
 * Connection state of all sockets, as columns: socket 2f is the client's end of flow f, 2f + 1 the server's. Positions in
 * the stream start at 0 and never wrap. The sender's and the receiver's half live in one row, as they share one
 * connection; `TcpSender` and `TcpReceiver` each change their own columns.
 */

import { CONGESTION, type FlowTable } from '#shared/plan/index'
import { IntervalTable } from './interval-table'
import { INITIAL_RTO_NS, INITIAL_WINDOW, QUICK_ACKS } from './tcp-constants'

/** States of a connection. */
export const SOCKET_STATE = { closed: 0, synSent: 1, established: 2, failed: 3, synReceived: 4 } as const

/** Where a sender stands with losses (Linux tcp_ca_state, without disorder and CWR). */
export const LOSS_STATE = { open: 0, recovery: 1, timeout: 2 } as const

export class Sockets {
  readonly count: number
  readonly flows: FlowTable
  readonly state: Uint8Array
  readonly congestion: Uint8Array
  /** Core of the thread that owns the socket, and core that last sent for it; −1 on bare hosts. */
  readonly threadCore: Int32Array
  readonly sendCore: Int32Array

  // Sending half.
  readonly sndUna: Float64Array
  readonly sndNxt: Float64Array
  /** End of what the application has written. */
  readonly written: Float64Array
  /** End of the window that the peer advertised. */
  readonly windowEdge: Float64Array
  /** Congestion window and slow-start threshold, segments. */
  readonly cwnd: Float64Array
  readonly ssthresh: Float64Array
  readonly lossState: Uint8Array
  readonly sacked: IntervalTable
  readonly recoveryPoint: Float64Array
  /** End of what was sent again in this recovery. */
  readonly highRetransmit: Float64Array
  readonly prrDelivered: Float64Array
  readonly prrSent: Float64Array
  readonly recoveryFlight: Float64Array
  readonly smoothedRttNs: Float64Array
  readonly rttDeviationNs: Float64Array
  readonly minRttNs: Float64Array
  readonly rtoNs: Float64Array
  readonly timeouts: Int32Array
  readonly rtoDeadlineNs: Float64Array
  readonly rtoPending: Uint8Array
  /** Bytes below the socket: in the qdisc or before, not yet taken by the NIC or orphaned. */
  readonly outputBytes: Float64Array
  readonly throttled: Uint8Array
  readonly sending: Uint8Array
  readonly cwndLimited: Uint8Array
  readonly sentFirst: Uint8Array

  // Receiving half.
  readonly rcvNxt: Float64Array
  /** In-order bytes that the application has not read. */
  readonly unread: Float64Array
  readonly outOfOrder: IntervalTable
  readonly lastOutOfOrder: Int32Array
  readonly advertisedEdge: Float64Array
  readonly lastAcked: Float64Array
  readonly echoNs: Float64Array
  readonly quickAcks: Int32Array
  /** The application answers what it receives, so acknowledgements wait for the answer. */
  readonly isPingPong: Uint8Array
  readonly ackDeadlineNs: Float64Array
  readonly ackPending: Uint8Array

  constructor(flows: FlowTable) {
    const count = flows.count * 2
    this.count = count
    this.flows = flows
    this.state = new Uint8Array(count)
    this.congestion = Uint8Array.from({ length: count }, (_, socket) => flows.congestion[socket >> 1] ?? CONGESTION.cubic)
    this.threadCore = new Int32Array(count).fill(-1)
    this.sendCore = new Int32Array(count).fill(-1)
    this.sndUna = new Float64Array(count)
    this.sndNxt = new Float64Array(count)
    this.written = new Float64Array(count)
    this.windowEdge = new Float64Array(count)
    this.cwnd = new Float64Array(count).fill(INITIAL_WINDOW)
    this.ssthresh = new Float64Array(count).fill(Infinity)
    this.lossState = new Uint8Array(count)
    this.sacked = new IntervalTable(count)
    this.recoveryPoint = new Float64Array(count)
    this.highRetransmit = new Float64Array(count)
    this.prrDelivered = new Float64Array(count)
    this.prrSent = new Float64Array(count)
    this.recoveryFlight = new Float64Array(count)
    this.smoothedRttNs = new Float64Array(count)
    this.rttDeviationNs = new Float64Array(count)
    this.minRttNs = new Float64Array(count).fill(Infinity)
    this.rtoNs = new Float64Array(count).fill(INITIAL_RTO_NS)
    this.timeouts = new Int32Array(count)
    this.rtoDeadlineNs = new Float64Array(count).fill(Infinity)
    this.rtoPending = new Uint8Array(count)
    this.outputBytes = new Float64Array(count)
    this.throttled = new Uint8Array(count)
    this.sending = new Uint8Array(count)
    this.cwndLimited = new Uint8Array(count)
    this.sentFirst = new Uint8Array(count)
    this.rcvNxt = new Float64Array(count)
    this.unread = new Float64Array(count)
    this.outOfOrder = new IntervalTable(count)
    this.lastOutOfOrder = new Int32Array(count)
    this.advertisedEdge = new Float64Array(count)
    this.lastAcked = new Float64Array(count)
    this.echoNs = new Float64Array(count).fill(-1)
    this.quickAcks = new Int32Array(count).fill(QUICK_ACKS)
    this.isPingPong = new Uint8Array(count)
    this.ackDeadlineNs = new Float64Array(count).fill(Infinity)
    this.ackPending = new Uint8Array(count)
  }

  /** Room the receiver can advertise now, bytes. */
  receiveWindow(socket: number): number {
    const room = this.flows.receiveBufferBytes[socket >> 1] - this.unread[socket] - this.outOfOrder.total(socket)
    return Math.max(0, room)
  }

  /** Bytes the application can still write. */
  sendRoom(socket: number): number {
    return this.flows.sendBufferBytes[socket >> 1] - (this.written[socket] - this.sndUna[socket])
  }
}
