/**
 * ICMP echo (RFC 792; net/ipv4/icmp.c): a request is answered by the receiving host's kernel in the context that delivered
 * it, with the request's payload, number and time; no thread wakes. An answer goes to the socket of ping.
 */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { PacketPool } from '../packet-pool'
import type { Outlet } from './outlet'
import type { PacketMaker } from './packet-maker'
import type { Udp } from './udp'

export class IcmpEcho {
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly maker: PacketMaker
  private readonly outlet: Outlet
  private readonly udp: Udp

  constructor(parts: {
    flows: FlowTable
    pool: PacketPool
    accounts: Accounts
    maker: PacketMaker
    outlet: Outlet
    udp: Udp
  }) {
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.maker = parts.maker
    this.outlet = parts.outlet
    this.udp = parts.udp
  }

  /** Takes a message that reached its host, and releases it or leaves it at the socket of ping. */
  receive(packet: number, core: number, nowNs: number): void {
    const { pool } = this
    if (pool.direction[packet] === 1) {
      this.udp.receive(packet, core, nowNs)
      return
    }
    const flow = pool.flow[packet]
    this.accounts.delivered[this.flows.traffic[flow]]++
    const server = flow * 2 + 1
    const answer = this.maker.make(server, pool.sequence[packet], pool.payloadBytes[packet], 1, 0, nowNs)
    pool.echoNs[answer] = pool.echoNs[packet]
    pool.release(packet)
    this.outlet.emit(answer, core, nowNs)
  }
}
