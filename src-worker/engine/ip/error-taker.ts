/** What hosts make of ICMP errors that reach them: whoever sent the packet that an error is about learns of it. */

import { tunnelBytes, type FlowTable } from '#shared/plan/index'
import { ICMP_MESSAGE } from '#shared/wire/index'
import { ICMP_COUNTER, type Accounts } from '#worker/metrics/accounts'
import type { Relays } from '../network/relays'
import { PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { PathMtu } from './path-mtu'

export class ErrorTaker {
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly paths: PathMtu
  private readonly relays: Relays | undefined

  constructor(parts: { flows: FlowTable; pool: PacketPool; accounts: Accounts; paths: PathMtu; relays: Relays | undefined }) {
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.paths = parts.paths
    this.relays = parts.relays
  }

  /** Whether a packet is an error about one of a tunnel's packets, which the node itself takes. */
  isNodes(packet: number): boolean {
    return (this.pool.flags[packet] & PACKET_FLAG.icmpError) !== 0 && tunnelBytes(this.flows, this.aboutRow(packet)) > 0
  }

  /** Takes an error that reached a host, and releases it. */
  take(packet: number, host: number, nowNs: number): void {
    const { pool, accounts } = this
    const about = this.aboutRow(packet)
    const row = this.relays?.senderRow(about) ?? about
    const mtu = pool.windowBytes[packet]
    accounts.networkDelivered++
    accounts.icmp(host, pool.sequence[packet] === ICMP_MESSAGE.timeExceeded.type ? ICMP_COUNTER.inTimeExceeded : ICMP_COUNTER.inUnreachable)
    pool.release(packet)
    if (mtu > 0) this.paths.onError(row, mtu, nowNs)
  }

  private aboutRow(packet: number): number {
    return this.pool.flow[packet] * 2 + 1 - this.pool.direction[packet]
  }
}
