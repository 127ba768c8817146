import type { ProgressSlab } from '#shared/metrics/index'
import type { Engine } from '../engine/engine'

/**
 * Notes in a slab how far an engine is: the time that it has reached, its events and packet-hops and what was delivered,
 * and with them those of a partner that simulates the rest of the run, as it notes them in a slab of its own.
 */
export function noteProgress(slab: ProgressSlab, { eventCount, accounts }: Engine, reachedNs: number, partner?: ProgressSlab): void {
  slab.publish(reachedNs, eventCount + (partner?.events ?? 0), accounts.packetHops + (partner?.packetHops ?? 0))
  accounts.deliveredBytes.forEach((bytes, traffic) => slab.publishDelivered(traffic, bytes + (partner?.deliveredBytes(traffic) ?? 0)))
}
