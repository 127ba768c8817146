/**
 * Connection state of all sockets, as columns: socket 2f is the client's end of flow f, 2f + 1 the server's. A row holds one
 * connection at a time; positions in its streams never wrap, and connection n starts at or above n × 2^32. As on the wire,
 * SYN and FIN take a position each. The sender's and the receiver's half live in one row, as they share one connection;
 * `TcpSender` and `TcpReceiver` each change their own columns. Only a socket's own host reads or writes its row.
 */

import { CONGESTION, type FlowTable } from '#shared/plan/index'
import { Flight } from './flight'
import { IntervalTable } from './interval-table'
import { INITIAL_WINDOW, MAX_QUICK_ACKS } from './tcp-constants'

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

/** Where a sender stands with losses and marks (Linux enum tcp_ca_state; `reduced` is CWR, `timeout` is Loss). */
export const LOSS_STATE = { open: 0, disorder: 1, reduced: 2, recovery: 3, timeout: 4 } as const

/** Stands where a row has had no connection yet. */
const NO_FLIGHT = new Flight()

/** Positions between the beginnings of two connections of a row, so that what is left of one is known from its sequence. */
const CONNECTION_STRIDE = 0x1_0000_0000

/** A blocked writer is woken when this share of its buffer is free (include/net/sock.h, sk_stream_min_wspace). */
const WRITABLE_SHARE = 1 / 3

export class Sockets {
  readonly count: number
  readonly flows: FlowTable
  readonly state: Uint8Array
  /** The row's connection before had a socket still when the row went on to its next. */
  readonly leftOpen: Uint8Array
  readonly congestion: Uint8Array
  /** Core of the thread that owns the socket, and core that last sent for it; −1 on bare hosts. */
  readonly threadCore: Int32Array
  readonly sendCore: Int32Array
  /** Both ends have agreed on ECN. */
  readonly usesEcn: Uint8Array
  /** Who paces it, of `PACES` in `pacing.ts`. */
  readonly paces: Uint8Array
  /** Payload of a full segment; shrinks where the path's MTU turns out smaller. */
  readonly mssBytes: Int32Array
  /** Short segments go at once (TCP_NODELAY). */
  readonly noDelay: Uint8Array
  /** Least that the retransmission timeout adds to the round-trip time, ns. */
  readonly minRtoNs: Float64Array

  // Sending half.
  /** What is in the network; there from a row's first connection on. */
  readonly flight: Flight[]
  /** Position of the SYN. */
  readonly sndBase: Float64Array
  readonly sndUna: Float64Array
  readonly sndNxt: Float64Array
  /** End of what the application has written, and the FIN's position once it has closed; Infinity before. */
  readonly written: Float64Array
  readonly sndFin: Float64Array
  /** Send buffer, bytes of payload. */
  readonly sendBuffer: Float64Array
  /** End of the window that the peer advertised. */
  readonly windowEdge: Float64Array
  /** Congestion window and slow-start threshold, segments. */
  readonly cwnd: Float64Array
  readonly ssthresh: Float64Array
  readonly lossState: Uint8Array
  /** Rate that the congestion control allows, bytes of payload a second; 0: unknown yet. */
  readonly pacingRate: Float64Array
  /** When pacing lets the next segment go, and when the last one went, ns. */
  readonly nextDepartureNs: Float64Array
  readonly lastSentNs: Float64Array
  readonly smoothedRttNs: Float64Array
  readonly minRttNs: Float64Array
  readonly rtoNs: Float64Array
  /** Timeouts in a row. */
  readonly timeouts: Int32Array
  /** Bytes below the socket: in the qdisc or before, not yet taken by the NIC or orphaned. */
  readonly outputBytes: Float64Array
  readonly throttled: Uint8Array
  readonly sending: Uint8Array
  /** The window was used to the full lately (tcp_is_cwnd_limited). */
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
  /** Receive buffer, bytes of payload that it can announce. */
  readonly receiveBuffer: Float64Array
  readonly outOfOrder: IntervalTable
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
    this.leftOpen = new Uint8Array(count)
    this.congestion = Uint8Array.from({ length: count }, (_, socket) => flows.congestion[socket >> 1] ?? CONGESTION.cubic)
    this.threadCore = new Int32Array(count).fill(-1)
    this.sendCore = new Int32Array(count).fill(-1)
    this.usesEcn = new Uint8Array(count)
    this.paces = new Uint8Array(count)
    this.mssBytes = Int32Array.from({ length: count }, (_, socket) => flows.mssBytes[socket >> 1])
    this.minRtoNs = Float64Array.from({ length: count }, (_, socket) => flows.minRtoNs[socket >> 1])
    this.noDelay = Uint8Array.from({ length: count }, (_, socket) => flows.noDelay[socket >> 1])
    this.flight = Array.from({ length: count }, () => NO_FLIGHT)
    this.sndBase = new Float64Array(count)
    this.sndUna = new Float64Array(count)
    this.sndNxt = new Float64Array(count)
    this.written = new Float64Array(count)
    this.sndFin = new Float64Array(count).fill(Infinity)
    this.sendBuffer = Float64Array.from({ length: count }, (_, socket) => flows.sendBufferBytes[socket >> 1])
    this.windowEdge = new Float64Array(count)
    this.cwnd = new Float64Array(count).fill(INITIAL_WINDOW)
    this.ssthresh = new Float64Array(count).fill(Infinity)
    this.lossState = new Uint8Array(count)
    this.pacingRate = new Float64Array(count)
    this.nextDepartureNs = new Float64Array(count)
    this.lastSentNs = new Float64Array(count)
    this.smoothedRttNs = new Float64Array(count)
    this.minRttNs = new Float64Array(count).fill(Infinity)
    this.rtoNs = new Float64Array(count)
    this.timeouts = new Int32Array(count)
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
    this.receiveBuffer = Float64Array.from({ length: count }, (_, socket) => flows.receiveBufferBytes[socket >> 1])
    this.outOfOrder = new IntervalTable(count)
    this.advertisedEdge = new Float64Array(count)
    this.lastAcked = new Float64Array(count)
    this.echoNs = new Float64Array(count).fill(-1)
    this.quickAcks = new Int32Array(count)
    this.isPingPong = new Uint8Array(count)
    this.ackDeadlineNs = new Float64Array(count).fill(Infinity)
    this.ackPending = new Uint8Array(count)
  }

  /** Makes a socket ready for its next connection. What is below the socket or pending as an event stays. */
  renew(socket: number): void {
    const isFirst = this.sndNxt[socket] === 0
    const base = isFirst ? 0 : (Math.floor(this.sndNxt[socket] / CONNECTION_STRIDE) + 1) * CONNECTION_STRIDE
    if (this.flight[socket] === NO_FLIGHT) this.flight[socket] = new Flight()
    this.flight[socket].renew(base + 1)
    this.leftOpen[socket] = this.state[socket] >= SOCKET_STATE.timeWait ? 1 : 0
    this.usesEcn[socket] = 0
    this.sndBase[socket] = base
    this.sndUna[socket] = base
    this.sndNxt[socket] = base
    this.written[socket] = base + 1
    this.sndFin[socket] = Infinity
    this.windowEdge[socket] = base
    this.cwnd[socket] = INITIAL_WINDOW
    this.ssthresh[socket] = Infinity
    this.lossState[socket] = LOSS_STATE.open
    this.pacingRate[socket] = 0
    this.lastSentNs[socket] = 0
    this.timeouts[socket] = 0
    this.throttled[socket] = 0
    this.cwndLimited[socket] = 0
    this.sentFirst[socket] = 0
    this.rcvBase[socket] = 0
    this.rcvFin[socket] = Infinity
    this.endOfStream[socket] = 0
    this.rcvNxt[socket] = 0
    this.unread[socket] = 0
    this.outOfOrder.clear(socket)
    this.advertisedEdge[socket] = 0
    this.lastAcked[socket] = 0
    this.echoNs[socket] = -1
    this.quickAcks[socket] = MAX_QUICK_ACKS
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

  /** Room in the receive buffer, bytes. */
  receiveRoom(socket: number): number {
    return Math.max(0, this.receiveBuffer[socket] - this.unread[socket] - this.outOfOrder.total(socket))
  }

  /** Bytes the application can still write. */
  sendRoom(socket: number): number {
    return this.sendBuffer[socket] - (this.written[socket] - this.sndUna[socket])
  }

  /** Whether a writer that found no room is to be woken. */
  isWritable(socket: number): boolean {
    return this.sendRoom(socket) >= this.sendBuffer[socket] * WRITABLE_SHARE
  }
}

/** Number, from 0, of the row's connection whose client's SYN has this position: both ends can tell it. */
export function connectionNumber(clientBase: number): number {
  return Math.floor(clientBase / CONNECTION_STRIDE)
}
