/** NewReno (RFC 5681, RFC 6582; net/ipv4/tcp_cong.c). */

import { CongestionAlgorithm, MIN_WINDOW } from './congestion-algorithm'

export class Reno extends CongestionAlgorithm {
  override threshold(socket: number, _nowNs: number): number {
    return Math.max(MIN_WINDOW, Math.floor(this.sockets.cwnd[socket] / 2))
  }

  override grow(socket: number, acked: number, _nowNs: number): void {
    const left = this.slowStart(socket, acked)
    if (left > 0) this.sockets.cwnd[socket] += left / this.sockets.cwnd[socket]
  }
}
