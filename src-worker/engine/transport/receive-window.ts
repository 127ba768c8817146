/**
 * The receive window: what a socket announces, and how its buffer grows with what the application reads in a round trip
 * (dynamic right-sizing; net/ipv4/tcp_input.c, tcp_rcv_space_adjust and tcp_grow_window). Buffers are counted in payload:
 * of the kernel's buffer half is announced (tcp_adv_win_scale 1).
 */

import { AUTOTUNED, type FlowTable } from '#shared/plan/index'
import type { Sockets } from './sockets'
import { INITIAL_WINDOW } from './tcp-constants'
import { echoedNs } from './timestamp-clock'

/** net/ipv4/tcp.c, tcp_rmem: default 131072, half of which is announced; a SYN's window is not scaled. */
const INITIAL_BUFFER_BYTES = 65_536
const MAX_SYN_WINDOW = 65_535
/** tcp_rcv_space_adjust: room for 16 segments beside twice what was read. */
const SPARE_SEGMENTS = 16
const RTT_GAIN = 1 / 8

export class ReceiveWindow {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  /** Most that is announced yet (rcv_ssthresh), bytes. */
  private readonly limit: Float64Array
  /** Round-trip time as the receiver sees it, ns; 0: unknown. */
  private readonly rttNs: Float64Array
  /** The measurement under way: since when, from which position, and what the last one read. */
  private readonly sinceNs: Float64Array
  private readonly from: Float64Array
  private readonly space: Float64Array

  constructor(sockets: Sockets, flows: FlowTable) {
    const { count } = sockets
    this.sockets = sockets
    this.flows = flows
    this.limit = new Float64Array(count)
    this.rttNs = new Float64Array(count)
    this.sinceNs = new Float64Array(count)
    this.from = new Float64Array(count)
    this.space = new Float64Array(count)
  }

  /** A row is to begin a connection. */
  renew(socket: number): void {
    const { sockets } = this
    const most = this.flows.receiveBufferBytes[socket >> 1]
    const mss = sockets.mssBytes[socket]
    sockets.receiveBuffer[socket] = this.isTuned(socket) ? Math.min(most, INITIAL_BUFFER_BYTES) : most
    const first = Math.min(sockets.receiveBuffer[socket], MAX_SYN_WINDOW)
    this.limit[socket] = this.isTuned(socket) ? Math.max(mss, Math.floor(first / mss) * mss) : most
    this.rttNs[socket] = 0
    this.space[socket] = Math.min(this.limit[socket], INITIAL_WINDOW * mss)
  }

  /** The connection is established: reading is measured from here on. */
  begin(socket: number, nowNs: number): void {
    this.sinceNs[socket] = nowNs
    this.from[socket] = this.sockets.rcvNxt[socket]
  }

  /** Bytes to announce (__tcp_select_window): nothing where less than a segment is free. */
  bytes(socket: number): number {
    const { sockets } = this
    // A bare host's reader takes what arrives in the same instant, if after the acknowledgement of it was made.
    const taken = sockets.threadCore[socket] < 0 ? sockets.unread[socket] : 0
    const room = sockets.receiveRoom(socket) + taken
    return room < sockets.mssBytes[socket] ? 0 : Math.min(room, this.limit[socket])
  }

  /** In-order payload arrived: more may be announced, twice what came (tcp_grow_window). */
  grow(socket: number, payloadBytes: number): void {
    const { sockets, limit } = this
    const most = Math.min(sockets.receiveBuffer[socket], sockets.receiveRoom(socket))
    if (limit[socket] >= most) return
    limit[socket] += Math.min(most - limit[socket], Math.max(2 * payloadBytes, 2 * sockets.mssBytes[socket]))
  }

  /** A full segment echoes a timestamp: the receiver's own round-trip time (tcp_rcv_rtt_measure_ts). */
  sampleRtt(socket: number, echoNs: number, nowNs: number): void {
    if (!this.isTuned(socket)) return
    const sample = echoedNs(echoNs, nowNs)
    const { rttNs } = this
    rttNs[socket] = rttNs[socket] === 0 ? sample : rttNs[socket] + (sample - rttNs[socket]) * RTT_GAIN
  }

  /** The application has read: once a round trip the buffer follows what it reads. */
  adjust(socket: number, nowNs: number): void {
    const rtt = this.rttNs[socket]
    if (rtt === 0 || nowNs - this.sinceNs[socket] < rtt) return
    const { sockets, space } = this
    const position = sockets.rcvNxt[socket] - sockets.unread[socket]
    const copied = position - this.from[socket]
    if (copied > space[socket]) {
      if (this.isTuned(socket)) this.enlarge(socket, copied)
      space[socket] = copied
    }
    this.from[socket] = position
    this.sinceNs[socket] = nowNs
  }

  private enlarge(socket: number, copied: number): void {
    const { sockets, space } = this
    const twice = 2 * copied + SPARE_SEGMENTS * sockets.mssBytes[socket]
    const growth = (twice * (copied - space[socket])) / space[socket]
    const wanted = Math.min(Math.floor(twice + 2 * growth), this.flows.receiveBufferBytes[socket >> 1])
    if (wanted > sockets.receiveBuffer[socket]) sockets.receiveBuffer[socket] = wanted
  }

  private isTuned(socket: number): boolean {
    return (this.flows.autotuned[socket >> 1] & AUTOTUNED.receive) !== 0
  }
}
