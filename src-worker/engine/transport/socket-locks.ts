/**
 * Who has a TCP socket. While its thread is in a system call, what reaches the socket waits until the call is over, and is
 * taken on the thread's core then (net/ipv4/tcp_ipv4.c, sock_owned_by_user and tcp_add_backlog; net/core/sock.c,
 * release_sock). So what acknowledgements let go leaves now by the core that they arrived on, now by the thread's.
 */

import { PacketLists } from '../host/packet-list'
import type { PacketPool } from '../packet-pool'

/** Who takes what reaches a socket. */
export interface PacketTaker {
  /** Takes a packet, and releases it. `core` −1 on a bare host. */
  receive(packet: number, core: number, nowNs: number): void
}

export class SocketLocks implements PacketTaker {
  private readonly pool: PacketPool
  private readonly taker: PacketTaker
  /** 1 while the socket's thread is in a call. */
  private readonly isHeld: Uint8Array
  private readonly backlog: PacketLists

  constructor(pool: PacketPool, sockets: number, taker: PacketTaker) {
    this.pool = pool
    this.taker = taker
    this.isHeld = new Uint8Array(sockets)
    this.backlog = new PacketLists(pool, sockets)
  }

  /** The socket's thread enters a call. */
  hold(socket: number): void {
    this.isHeld[socket] = 1
  }

  /** The call is over: what waited is taken on the thread's core. */
  release(socket: number, core: number, nowNs: number): void {
    this.isHeld[socket] = 0
    for (let packet = this.backlog.shift(socket); packet >= 0; packet = this.backlog.shift(socket)) {
      this.taker.receive(packet, core, nowNs)
    }
  }

  /** A packet reaches its socket. */
  receive(packet: number, core: number, nowNs: number): void {
    const socket = this.pool.rowOf(packet) ^ 1
    if (this.isHeld[socket] === 1) this.backlog.push(socket, packet)
    else this.taker.receive(packet, core, nowNs)
  }
}
