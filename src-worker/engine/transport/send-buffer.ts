/**
 * The send buffer's growth with the congestion window (net/ipv4/tcp_input.c, tcp_sndbuf_expand): it holds two windows as
 * the kernel accounts for segments. Payload of large writes is accounted for at little more than its length.
 */

import type { CongestionAlgorithm } from './congestion/congestion-algorithm'
import type { Sockets } from './sockets'
import { INITIAL_WINDOW } from './tcp-constants'

/** include/net/tcp.h, MAX_TCP_HEADER, and the aligned sizes of skb_shared_info and sk_buff on x86-64. */
const HEADER_BYTES = 320
const SHARED_INFO_BYTES = 320
const SKB_BYTES = 256

/** Adapts a send buffer of a socket whose buffers are tuned; `mostBytes` is the most that it may have. */
export function expandSendBuffer(sockets: Sockets, socket: number, algorithm: CongestionAlgorithm, mostBytes: number): void {
  const content = sockets.mssBytes[socket] + HEADER_BYTES + SHARED_INFO_BYTES
  const perSegment = 2 ** Math.ceil(Math.log2(content)) + SKB_BYTES
  const flight = sockets.flight[socket]
  const segments = Math.max(INITIAL_WINDOW, Math.floor(sockets.cwnd[socket]), flight.rack.reordering + 1)
  const wanted = Math.min(mostBytes, algorithm.bufferFactor * segments * perSegment)
  if (wanted > sockets.sendBuffer[socket]) sockets.sendBuffer[socket] = wanted
}
