/**
 * Sends datagrams. One that is longer than its path's packets leaves in pieces (net/ipv4/ip_output.c, __ip_append_data):
 * each is a packet of its own from the socket on, pays its own way through the stack, and is put together with the others
 * where it arrives.
 */

import type { FlowTable } from '#shared/plan/index'
import { FRAGMENT_UNIT, IPV4, UDP } from '#shared/wire/index'
import { PacketLists } from '../host/packet-list'
import type { PathMtu } from '../ip/path-mtu'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import type { Sockets } from './sockets'

/** include/linux/skbuff.h, SKB_TRUESIZE: sk_buff 256 and skb_shared_info 320 bytes beside the data. */
export const SKB_OVERHEAD_BYTES = 576
/** UDP and ICMP alike have eight bytes of header, in the first piece. */
const HEADER_BYTES = UDP.length

export class DatagramSender {
  private readonly sockets: Sockets
  private readonly pool: PacketPool
  private readonly maker: PacketMaker
  private readonly outlet: Outlet
  private readonly paths: PathMtu
  private readonly pieces: PacketLists

  constructor(parts: {
    flows: FlowTable
    sockets: Sockets
    pool: PacketPool
    maker: PacketMaker
    outlet: Outlet
    paths: PathMtu
  }) {
    this.sockets = parts.sockets
    this.pool = parts.pool
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.paths = parts.paths
    this.pieces = new PacketLists(parts.pool, parts.flows.count * 2)
  }

  /**
   * Sends the datagram number `sequence` of a socket, which accounts for it where `owned`. `echoNs` is what its receiver is
   * to know of time, ns; −1: nothing.
   */
  send(socket: number, sequence: number, bytes: number, echoNs: number, owned: boolean, core: number, nowNs: number): void {
    const whole = this.paths.wholeDatagramBytes(socket)
    if (bytes <= whole) {
      this.outlet.emit(this.make(socket, sequence, bytes, 0, echoNs, owned, nowNs), core, nowNs)
      return
    }
    const dataBytes = HEADER_BYTES + bytes
    const step = Math.floor((HEADER_BYTES + whole) / FRAGMENT_UNIT) * FRAGMENT_UNIT
    for (let start = 0; start < dataBytes; start += step) {
      const more = start + step < dataBytes
      const data = Math.min(step, dataBytes - start)
      const payload = data - (start === 0 ? HEADER_BYTES : 0)
      const flags = PACKET_FLAG.fragment | (more ? PACKET_FLAG.moreFragments : 0)
      const piece = this.make(socket, sequence, payload, flags, echoNs, owned, nowNs)
      this.pool.fragmentStart[piece] = start
      // What stays on its host passes no NIC, which would tell.
      this.pool.ipBytes[piece] = IPV4.length + data
      this.pieces.push(socket, piece)
    }
    // The socket may send its next datagram while these leave: it accounts for all of them by now.
    for (let left = this.pieces.count[socket]; left > 0; left--) this.outlet.emit(this.pieces.shift(socket), core, nowNs)
  }

  private make(socket: number, sequence: number, bytes: number, flags: number, echoNs: number, owned: boolean, nowNs: number): number {
    const { pool, sockets } = this
    const packet = this.maker.make(socket, sequence, bytes, 1, flags | (owned ? PACKET_FLAG.owned : 0), nowNs)
    pool.echoNs[packet] = echoNs
    if (!owned) return packet
    const truesize = bytes + SKB_OVERHEAD_BYTES
    pool.ownedBytes[packet] = truesize
    sockets.outputBytes[socket] += truesize
    return packet
  }
}
