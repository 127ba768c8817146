/**
 * What sending hosts learn of the MTU of their paths (RFC 1191). An error about a packet that left as its transport made it
 * goes to the transport. An error about a tunnel's packet is the node's: it keeps the limit and refuses, with an error to
 * the transport, what comes next and would not fit inside (net/ipv4/ip_tunnel.c, tnl_update_pmtu).
 */

import { headerBytes, transportBytes, tunnelBytes, type FlowTable } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

/** net.ipv4.route.min_pmtu: no path is believed to carry less. */
export const LEAST_MTU = 552
const UNKNOWN = 0x7fffffff

/** Told what its path carries. */
export interface PathMtuListener {
  /** The largest IP packet of a socket that its path carries is of `ipBytes`, without what tunnels add. */
  onPathMtu(socket: number, ipBytes: number, nowNs: number): void
}

export class PathMtu {
  /** Set before the first packet. */
  listener!: PathMtuListener
  private readonly flows: FlowTable
  /** 1 for rows (2 × flow + direction) whose node refuses what is too big for its tunnel. */
  readonly isLimited: Uint8Array
  private readonly limit: Int32Array
  /** Largest datagram payload that goes in one packet, by row. */
  private readonly datagramBytes: Int32Array

  constructor(flows: FlowTable) {
    this.flows = flows
    this.isLimited = new Uint8Array(flows.count * 2)
    this.limit = new Int32Array(flows.count * 2).fill(UNKNOWN)
    this.datagramBytes = Int32Array.from({ length: flows.count * 2 }, (_, row) => flows.mssBytes[row >> 1])
  }

  /** A router told the sender of a row that packets of more than `mtuBytes` don't pass. */
  onError(row: number, mtuBytes: number, nowNs: number): void {
    const mtu = Math.max(LEAST_MTU, mtuBytes)
    if (tunnelBytes(this.flows, row) === 0) {
      this.tell(row, mtu, nowNs)
      return
    }
    this.limit[row] = Math.min(this.limit[row], mtu)
    this.isLimited[row] = 1
  }

  /** Whether a limited row's packet of `payloadBytes`, or a train's segment of it, would not pass: its socket is told. */
  refuses(row: number, payloadBytes: number, nowNs: number): boolean {
    if (headerBytes(this.flows, row) + payloadBytes <= this.limit[row]) return false
    this.tell(row, this.limit[row] - tunnelBytes(this.flows, row), nowNs)
    return true
  }

  /** Payload of a row's datagrams beyond which they leave in pieces. */
  wholeDatagramBytes(row: number): number {
    return this.datagramBytes[row]
  }

  private tell(row: number, ipBytes: number, nowNs: number): void {
    const payload = ipBytes - IPV4.length - transportBytes(this.flows, row)
    this.datagramBytes[row] = Math.min(this.datagramBytes[row], payload)
    this.listener.onPathMtu(row, ipBytes, nowNs)
  }
}
