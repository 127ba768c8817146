/**
 * Connections that a node between their ends forwards. Their packets reach the node as any packet does and run its receive
 * program, which ends at the NIC: from there on they belong to the flow that carries theirs on, whose rows have the headers,
 * programs and ways of the legs behind the node. At the socket they are their own flow's again.
 */

import type { FlowTable, RelayTable } from '#shared/plan/index'
import { ETHERNET, IPV4, readUint16 } from '#shared/wire/index'
import type { TransmitQueues } from '../host/transmit-queues'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { HeaderWriter } from './header-writer'
import type { Uplinks } from './uplinks'

export class Relays {
  private readonly table: RelayTable
  private readonly flows: FlowTable
  private readonly pool: PacketPool
  private readonly headers: HeaderWriter
  private readonly uplinks: Uplinks
  private readonly queues: TransmitQueues

  constructor(
    table: RelayTable,
    parts: { flows: FlowTable; pool: PacketPool; headers: HeaderWriter; uplinks: Uplinks; queues: TransmitQueues },
  ) {
    this.table = table
    this.flows = parts.flows
    this.pool = parts.pool
    this.headers = parts.headers
    this.uplinks = parts.uplinks
    this.queues = parts.queues
    for (let flow = 0; flow < parts.flows.count; flow++) {
      if (table.behind[flow] < 0) continue
      this.renew(flow * 2, 0)
      this.renew(flow * 2 + 1, 0)
      this.renewBehind(flow, 0)
    }
  }

  /** Whether a packet that is on a host is to be forwarded by it: on the node, and not on its sender. */
  isToForward(packet: number, host: number): boolean {
    const flow = this.pool.flow[packet]
    const behind = this.table.behind[flow]
    return behind >= 0 && this.table.host[behind] === host && (this.pool.direction[packet] === 0 || this.table.answers[flow] === 1)
  }

  /** The program of the node has ended: the packet leaves by its NIC. `localCore` is the node's core that sends. */
  forward(packet: number, localCore: number, nowNs: number): void {
    const { pool } = this
    const flow = pool.flow[packet]
    const behind = this.table.behind[flow]
    const isOpening = (pool.flags[packet] & PACKET_FLAG.syn) !== 0 && pool.direction[packet] === 0
    if (isOpening) this.renewBehind(flow, this.headers.connectionNumber(flow, this.sourcePort(packet)))
    pool.flow[packet] = isOpening && this.table.opening[flow] >= 0 ? this.table.opening[flow] : behind
    // A time of departure is for the sender's own queue (skb_clear_tstamp).
    pool.departNs[packet] = 0
    this.queues.send(packet, this.uplinks.port[pool.rowOf(packet)], localCore, nowNs)
  }

  /** Makes a packet that reached its socket one of the socket's flow. */
  deliver(packet: number): void {
    const own = this.table.carries[this.pool.flow[packet]]
    if (own >= 0) this.pool.flow[packet] = own
  }

  /** The row of the sender's own leg for one behind the node. */
  senderRow(row: number): number {
    const own = this.table.carries[row >> 1]
    return own < 0 ? row : own * 2 + (row & 1)
  }

  /** A row begins connection `number`; false where the row is of no flow that is forwarded. */
  renew(row: number, number: number): boolean {
    const flow = row >> 1
    const behind = this.table.behind[flow]
    if (behind < 0) return false
    if ((row & 1) === 0) this.setPorts(row, this.headers.clientPort(flow, number), this.flows.serverPort[flow])
    else if (this.table.answers[flow] === 1) this.setPorts(row, this.flows.serverPort[behind], this.portAtNode(flow, number))
    else this.setPorts(row, this.flows.serverPort[flow], this.headers.clientPort(flow, number))
    return true
  }

  /** The rows behind the node begin connection `number`. */
  private renewBehind(flow: number, number: number): void {
    const behind = this.table.behind[flow]
    this.setPorts(behind * 2, this.portAtNode(flow, number), this.flows.serverPort[behind])
    this.setPorts(behind * 2 + 1, this.flows.serverPort[flow], this.headers.clientPort(flow, number))
    const opening = this.table.opening[flow]
    if (opening >= 0) this.setPorts(opening * 2, this.portAtNode(flow, number), this.flows.serverPort[opening])
  }

  /** The client's port as the server sees it: the client's own, or one of the node's (MASQUERADE --random-fully). */
  private portAtNode(flow: number, number: number): number {
    const behind = this.table.behind[flow]
    return this.headers.clientPort(this.table.ownPort[behind] === 1 ? behind : flow, number)
  }

  private setPorts(row: number, sourcePort: number, destinationPort: number): void {
    this.headers.setPorts(row, sourcePort, destinationPort)
    this.uplinks.choose(row)
  }

  private sourcePort(packet: number): number {
    return readUint16(this.pool.header, headerAt(packet) + ETHERNET.length + IPV4.length)
  }
}
