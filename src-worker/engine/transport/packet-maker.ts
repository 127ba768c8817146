/** Makes the packets that sockets send, with the columns both halves of a connection share. */

import type { FlowTable } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { ECN, PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { Sockets } from './sockets'

export class PacketMaker {
  private readonly pool: PacketPool
  private readonly flows: FlowTable
  private readonly sockets: Sockets
  private readonly accounts: Accounts

  constructor(pool: PacketPool, flows: FlowTable, sockets: Sockets, accounts: Accounts) {
    this.pool = pool
    this.flows = flows
    this.sockets = sockets
    this.accounts = accounts
  }

  /** A packet of `segments` segments and `bytes` of payload from `sequence` on. */
  make(socket: number, sequence: number, bytes: number, segments: number, flags: number, nowNs: number): number {
    const { pool, sockets, accounts } = this
    const packet = pool.allocate()
    const flow = socket >> 1
    const isFirst = sockets.sentFirst[socket] === 0
    sockets.sentFirst[socket] = 1
    pool.flow[packet] = flow
    pool.direction[packet] = socket & 1
    pool.flags[packet] = flags | (isFirst ? PACKET_FLAG.first : 0)
    pool.segments[packet] = segments
    pool.segmentsSent[packet] = 0
    pool.payloadBytes[packet] = bytes
    pool.segmentBytes[packet] = sockets.mssBytes[socket]
    pool.ownedBytes[packet] = 0
    pool.sequence[packet] = sequence
    pool.acknowledged[packet] = sockets.rcvNxt[socket]
    pool.windowBytes[packet] = 0
    pool.createdNs[packet] = nowNs
    pool.echoNs[packet] = -1
    pool.ecn[packet] = ECN.notCapable
    pool.departNs[packet] = 0
    pool.sackCount[packet] = 0
    accounts.sent[this.flows.traffic[flow]] += segments
    return packet
  }
}
