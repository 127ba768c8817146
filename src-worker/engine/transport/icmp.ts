/**
 * ICMP echo (RFC 792; net/ipv4/icmp.c): a request is answered by the receiving host's kernel in the context that delivered
 * it, with the request's payload, number and time; no thread wakes. An answer goes to the socket of ping.
 */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { PacketPool } from '../packet-pool'
import type { DatagramSender } from './datagram-sender'
import type { Udp } from './udp'

export class IcmpEcho {
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly accounts: Accounts
  private readonly datagrams: DatagramSender
  private readonly udp: Udp

  constructor(parts: {
    flows: FlowTable
    pool: PacketPool
    accounts: Accounts
    datagrams: DatagramSender
    udp: Udp
  }) {
    this.flows = parts.flows
    this.pool = parts.pool
    this.accounts = parts.accounts
    this.datagrams = parts.datagrams
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
    const sequence = pool.sequence[packet]
    const bytes = pool.payloadBytes[packet]
    const echoNs = pool.echoNs[packet]
    pool.release(packet)
    this.datagrams.send(server, sequence, bytes, echoNs, false, core, nowNs)
  }
}
