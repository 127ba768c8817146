/**
 * Packets that come to a host for an address which it does not have and has no route to but its default: it forwards them as
 * they are, one less in their time to live, to the router that sent them. That knows only the way back to the host.
 */

import { dropReasonId } from '#shared/plan/index'
import { ETHERNET } from '#shared/wire/index'
import type { Accounts } from '#worker/metrics/accounts'
import type { TransmitQueues } from '../host/transmit-queues'
import type { NodeErrors } from '../ip/node-errors'
import { lowerTimeToLive } from '../ip/time-to-live'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'

const TTL_EXPIRED = dropReasonId('ttl-expired')

export class Strays {
  private readonly pool: PacketPool
  private readonly queues: TransmitQueues
  private readonly accounts: Accounts
  private readonly errors: NodeErrors

  constructor(parts: { pool: PacketPool; queues: TransmitQueues; accounts: Accounts; errors: NodeErrors }) {
    this.pool = parts.pool
    this.queues = parts.queues
    this.accounts = parts.accounts
    this.errors = parts.errors
  }

  /** The host's program has ended: the packet leaves by the link that it came by. `localCore` is the host's core that sends. */
  sendBack(packet: number, localCore: number, nowNs: number): void {
    const { pool } = this
    if (!lowerTimeToLive(pool.header, headerAt(packet) + ETHERNET.length)) {
      this.errors.expired(packet, localCore, nowNs)
      this.accounts.drop(TTL_EXPIRED, pool.segments[packet], nowNs, pool.flow[packet])
      pool.release(packet)
      return
    }
    pool.flags[packet] |= PACKET_FLAG.stray
    this.queues.send(packet, pool.port[packet] ^ 1, localCore, nowNs)
  }
}
