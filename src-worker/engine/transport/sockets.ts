/**
 * Connection state of all sockets, as columns: socket 2f is the client's end of flow f, 2f + 1 the server's. A row holds one
 * connection at a time; positions in its streams never wrap, and connection n starts at or above n × 2^32. As on the wire,
 * SYN and FIN take a position each. The sender's and the receiver's half live in one row, as they share one connection;
 * `TcpSender` and `TcpReceiver` each change their own columns.
 */

import { CONGESTION, type FlowTable } from '#shared/plan/index'
import { IntervalTable } from './interval-table'
import { INITIAL_RTO_NS, INITIAL_WINDOW, QUICK_ACKS } from './tcp-constants'

/**
 * States of a connection (RFC 9293, section 3.3.2). From `established` on both ends know each other's sequence numbers;
 * a connection that rests in `timeWait` does not hold its row.
 */
export const SOCKET_STATE = {
  closed: 0,
  failed: 1,
  timeWait: 2,
  synSent: 3,
  synReceived: 4,
  established: 5,
  finWait1: 6,
  finWait2: 7,
  closing: 8,
  closeWait: 9,
  lastAck: 10,
} as const

/** Positions between the beginnings of two connections of a row, so that what is left of one is known from its sequence. */
const CONNECTION_STRIDE = 0x1_0000_0000

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
  /** Position of the SYN. */
  readonly sndBase: Float64Array
  readonly sndUna: Float64Array
  readonly sndNxt: Float64Array
  /** End of what the application has written, and the FIN's position once it has closed; Infinity before. */
  readonly written: Float64Array
  readonly sndFin: Float64Array
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
  /** Positions of the peer's SYN and FIN; the FIN's is Infinity until it is known. */
  readonly rcvBase: Float64Array
  readonly rcvFin: Float64Array
  /** The peer's FIN has been reached: nothing follows what is unread. */
  readonly endOfStream: Uint8Array
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
    this.sndBase = new Float64Array(count)
    this.sndUna = new Float64Array(count)
    this.sndNxt = new Float64Array(count)
    this.written = new Float64Array(count)
    this.sndFin = new Float64Array(count).fill(Infinity)
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
    this.rcvBase = new Float64Array(count)
    this.rcvFin = new Float64Array(count).fill(Infinity)
    this.endOfStream = new Uint8Array(count)
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

  /** Makes a socket ready for its next connection. What is below the socket or pending as an event stays. */
  renew(socket: number): void {
    const isFirst = this.sndNxt[socket] === 0
    const base = isFirst ? 0 : (Math.floor(this.sndNxt[socket] / CONNECTION_STRIDE) + 1) * CONNECTION_STRIDE
    this.sndBase[socket] = base
    this.sndUna[socket] = base
    this.sndNxt[socket] = base
    this.written[socket] = base + 1
    this.sndFin[socket] = Infinity
    this.windowEdge[socket] = base
    this.cwnd[socket] = INITIAL_WINDOW
    this.ssthresh[socket] = Infinity
    this.lossState[socket] = LOSS_STATE.open
    this.sacked.clear(socket)
    this.smoothedRttNs[socket] = 0
    this.minRttNs[socket] = Infinity
    this.rtoNs[socket] = INITIAL_RTO_NS
    this.timeouts[socket] = 0
    this.rtoDeadlineNs[socket] = Infinity
    this.cwndLimited[socket] = 0
    this.sentFirst[socket] = 0
    this.rcvBase[socket] = 0
    this.rcvFin[socket] = Infinity
    this.endOfStream[socket] = 0
    this.rcvNxt[socket] = 0
    this.unread[socket] = 0
    this.outOfOrder.clear(socket)
    this.lastOutOfOrder[socket] = 0
    this.advertisedEdge[socket] = 0
    this.lastAcked[socket] = 0
    this.echoNs[socket] = -1
    this.quickAcks[socket] = QUICK_ACKS
    this.isPingPong[socket] = 0
    this.ackDeadlineNs[socket] = Infinity
  }

  /** Takes the peer's SYN: its stream begins behind it. */
  beginReceiving(socket: number, synPosition: number): void {
    this.rcvBase[socket] = synPosition
    this.rcvNxt[socket] = synPosition + 1
    this.lastAcked[socket] = synPosition + 1
    this.advertisedEdge[socket] = synPosition + 1
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

/** Number, from 0, of the row's connection whose client's SYN has this position: both ends can tell it. */
export function connectionNumber(clientBase: number): number {
  return Math.floor(clientBase / CONNECTION_STRIDE)
}
