/**
 * Limits of what pods send to other nodes, as Cilium's bandwidth manager keeps them: a program on the NIC gives every packet
 * a time to leave at, later than the packet before by what that takes at the pod's rate; fq lets it go then (bpf/lib/edt.h,
 * edt_sched_departure). All of a pod's flows share its limit, acknowledgements included.
 */

import { dropReasonId, headerBytes, type EgressLimits, type FlowTable } from '#shared/plan/index'
import { ETHERNET } from '#shared/wire/index'
import type { PacketPool } from '../packet-pool'
import type { TransmitQueues } from './transmit-queues'

const EDT_HORIZON = dropReasonId('edt-horizon')
/** A packet that could leave so much later only is dropped (pkg/datapath/linux/bandwidth, DefaultDropHorizon). */
const HORIZON_NS = 2e9
const NS_BITS_PER_BYTE = 8e9

/** Spaces what limited pods send from now on; call it before the run begins. */
export function limitEgress({ of, bitsPerSecond }: EgressLimits, parts: { queues: TransmitQueues; pool: PacketPool; flows: FlowTable }): void {
  const { queues, pool, flows } = parts
  const lastNs = new Float64Array(bitsPerSecond.length)
  const send = queues.send.bind(queues)
  queues.send = (packet, port, core, nowNs) => {
    const row = pool.rowOf(packet)
    const limit = of[row]
    if (limit >= 0) {
      const asked = Math.max(nowNs, pool.departNs[packet])
      const departs = lastNs[limit] + (trainBytes(pool, flows, packet, row) * NS_BITS_PER_BYTE) / bitsPerSecond[limit]
      if (departs - nowNs >= HORIZON_NS) {
        queues.discard(packet, EDT_HORIZON, nowNs)
        return
      }
      lastNs[limit] = Math.max(departs, asked)
      if (departs > asked) pool.departNs[packet] = Math.ceil(departs)
    }
    send(packet, port, core, nowNs)
  }
}

/** Bytes of all frames that a train will be. */
function trainBytes(pool: PacketPool, flows: FlowTable, packet: number, row: number): number {
  return (headerBytes(flows, row) + ETHERNET.length) * pool.segments[packet] + pool.payloadBytes[packet]
}
