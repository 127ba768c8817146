/**
 * Send buffers and their growth with the congestion window (net/ipv4/tcp_input.c, tcp_sndbuf_expand): a tuned one holds two
 * windows as the kernel accounts for segments. Payload of large writes is accounted for at little more than its length.
 */

import { AUTOTUNED, type FlowTable } from '#shared/plan/index'
import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import type { Sockets } from './sockets'
import { INITIAL_WINDOW } from './tcp-constants'

/** net/ipv4/tcp.c, tcp_wmem: default. */
const INITIAL_BYTES = 16_384
/** include/net/tcp.h, MAX_TCP_HEADER, and the aligned sizes of skb_shared_info and sk_buff on x86-64. */
const HEADER_BYTES = 320
const SHARED_INFO_BYTES = 320
const SKB_BYTES = 256

export class SendBuffers {
  private readonly sockets: Sockets
  private readonly flows: FlowTable
  private readonly algorithms: readonly CongestionAlgorithm[]

  constructor(parts: { sockets: Sockets; flows: FlowTable; algorithms: readonly CongestionAlgorithm[] }) {
    this.sockets = parts.sockets
    this.flows = parts.flows
    this.algorithms = parts.algorithms
  }

  /** Gives a connection the buffer that it begins with. */
  renew(socket: number): void {
    const most = this.flows.sendBufferBytes[socket >> 1]
    this.sockets.sendBuffer[socket] = this.isTuned(socket) ? Math.min(INITIAL_BYTES, most) : most
  }

  /** Lets a tuned buffer grow with the window. */
  tune(socket: number): void {
    if (!this.isTuned(socket)) return
    const { sockets } = this
    const content = sockets.mssBytes[socket] + HEADER_BYTES + SHARED_INFO_BYTES
    const perSegment = 2 ** Math.ceil(Math.log2(content)) + SKB_BYTES
    const flight = sockets.flight[socket]
    const segments = Math.max(INITIAL_WINDOW, Math.floor(sockets.cwnd[socket]), flight.rack.reordering + 1)
    const { bufferFactor } = this.algorithms[sockets.congestion[socket]]
    const wanted = Math.min(this.flows.sendBufferBytes[socket >> 1], bufferFactor * segments * perSegment)
    if (wanted > sockets.sendBuffer[socket]) sockets.sendBuffer[socket] = wanted
  }

  private isTuned(socket: number): boolean {
    return (this.flows.autotuned[socket >> 1] & AUTOTUNED.send) !== 0
  }
}
